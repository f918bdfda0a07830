#!/bin/sh
# Installs what this example's test asks about the unit: systemd's own programs.
# Nothing is started or enabled. Prints and changes nothing where they are there
# already.
set -eu

missing=
command -v systemd-analyze >/dev/null || missing="$missing systemd"
command -v systemd-sysusers >/dev/null || missing="$missing systemd"
command -v strace >/dev/null || missing="$missing strace"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" -ne 0 ]; then
	echo "install-test-tools.sh: must run as root to install:$missing" >&2
	exit 1
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
	DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 || {
		cat "$log" >&2
		exit 1
	}
}
apt update
# shellcheck disable=SC2086 # a list of packages
apt install --no-install-recommends $missing
