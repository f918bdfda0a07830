#!/bin/sh
# Installs what the cleaner is held against: Debian's Chromium, from the
# configured package mirror only. Safe to run any number of times: with it
# present this prints nothing and changes nothing.
#
#   sudo clean/browser/install.sh
set -eu

packages='chromium'

missing() {
	for p in $packages; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || printf '%s ' "$p"
	done
}

[ -z "$(missing)" ] && exit 0

if [ "$(id -u)" -ne 0 ]; then
	echo "install.sh: must run as root to install: $(missing)" >&2
	exit 1
fi
if ! command -v apt-get >/dev/null; then
	echo "install.sh: needs Debian or Ubuntu (apt-get not found)" >&2
	exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
	if ! DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1; then
		cat "$log" >&2
		echo "install.sh: apt-get $1 failed" >&2
		exit 1
	fi
}

echo "install.sh: installing $(missing)" >&2
apt update
apt install --no-install-recommends $(missing)
