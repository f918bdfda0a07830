#!/bin/sh
# Installs what the test sends messages to: rsyslog with TLS, and syslog-ng,
# from the configured package mirror only. Safe to run any number of times: with
# both present it prints nothing and changes nothing.
#
# Either package would take the place of the machine's own system log, and of the
# other. So they are only unpacked, below /usr/local/lib/lachan-soc; the libraries
# they need are installed as packages. No service is installed, started or stopped.
#
#   sudo examples/soc/install.sh
set -eu

tools=/usr/local/lib/lachan-soc
packages="rsyslog rsyslog-gnutls syslog-ng-core"

present() {
	"$tools/usr/sbin/rsyslogd" -v >/dev/null 2>&1 &&
		LD_LIBRARY_PATH=$tools/usr/lib/syslog-ng "$tools/usr/sbin/syslog-ng" --version >/dev/null 2>&1
}

present && exit 0

if [ "$(id -u)" -ne 0 ]; then
	echo "install.sh: must run as root to unpack: $packages" >&2
	exit 1
fi
if ! command -v apt-get >/dev/null; then
	echo "install.sh: needs Debian or Ubuntu (apt-get not found)" >&2
	exit 1
fi

log=$(mktemp)
work=$(mktemp -d)
trap 'rm -rf "$log" "$work"' EXIT
apt() {
	if ! DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1; then
		cat "$log" >&2
		echo "install.sh: apt-get $1 failed" >&2
		exit 1
	fi
}

echo "install.sh: unpacking $packages" >&2
apt update
libraries=$(apt-cache depends --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances $packages |
	sed -n 's/^  Depends: \(lib[^ ]*\|zlib1g\)$/\1/p' | sort -u)
apt install --no-install-recommends $libraries
cd "$work"
apt download -o APT::Sandbox::User=root $packages
for package in ./*.deb; do
	dpkg-deb -x "$package" unpacked
done
rm -rf "$tools"
mv unpacked "$tools"
chmod 0755 "$tools"
present || { echo "install.sh: $tools does not run" >&2; exit 1; }
