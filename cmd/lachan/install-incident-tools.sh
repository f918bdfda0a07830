#!/bin/sh
# Installs what bundles of incidents are tested with: LibreOffice, which opens the
# documents, and Python and OpenSSL, which check the proof as a stranger would.
# Prints and changes nothing where they are there already.
set -eu

missing=
command -v soffice >/dev/null || missing="$missing libreoffice-writer-nogui"
command -v python3 >/dev/null || missing="$missing python3-minimal"
command -v openssl >/dev/null || missing="$missing openssl"
command -v unzip >/dev/null || missing="$missing unzip"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" -ne 0 ]; then
	echo "install-incident-tools.sh: must run as root to install:$missing" >&2
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
