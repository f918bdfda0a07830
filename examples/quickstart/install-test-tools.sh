#!/bin/sh
# Installs Python, whose static server stands for the origin in this example.
# Prints and changes nothing where it is there already.
set -eu
command -v python3 >/dev/null && exit 0
[ "$(id -u)" -eq 0 ] || { echo "install-test-tools.sh: must run as root to install python3" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o DPkg::Lock::Timeout=300 update >&2
apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends python3 >&2
