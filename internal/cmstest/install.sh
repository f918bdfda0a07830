#!/bin/sh
# Installs what a private web host needs, Debian's WordPress, PHP-FPM, MariaDB and
# nginx, and the packages named besides, from the configured package mirror only.
# Safe to run any number of times: with everything present it prints nothing and
# changes nothing.
#
# The packages' own services are neither started nor enabled. The test runs its
# own copies on free localhost ports, and a machine that only runs tests should
# not answer on ports 80 and 3306 afterwards. A service that was there before is
# left exactly as it was.
#
#   sudo internal/cmstest/install.sh [PACKAGE…]
set -eu

packages="wordpress wordpress-l10n wordpress-theme-twentytwentyone wordpress-theme-twentytwentythree
php php-fpm php-cli php-mysql php-gd php-imagick php-xml php-mbstring php-curl php-intl php-zip
mariadb-server mariadb-client nginx-light $*"

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

# Two test packages may call this at the same moment.
exec 9>/run/lock/lachan-cms-install
flock 9
missing=$(missing)
[ -z "$missing" ] && exit 0

policy=/usr/sbin/policy-rc.d
saved=$policy.before-lachan
restore() {
	rm -f "$policy"
	if [ -e "$saved" ] || [ -L "$saved" ]; then mv "$saved" "$policy"; fi
}
trap restore EXIT
trap 'exit 130' INT TERM
# A run that was killed half-way left its own policy in place and the machine's
# aside: the saved one is then the real one and must not be overwritten.
if [ ! -e "$saved" ] && [ -e "$policy" ]; then mv "$policy" "$saved"; fi
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 0755 "$policy"

log=$(mktemp)
apt() {
	if ! DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		echo "install.sh: apt-get $1 failed" >&2
		exit 1
	fi
}

echo "install.sh: installing $missing" >&2
apt update
# nginx and FPM first: they satisfy what "wordpress" and "php" want of a web
# server, for which apt would otherwise choose Apache.
apt install --no-install-recommends nginx-light php-fpm
apt install --no-install-recommends $missing
rm -f "$log"

# "systemctl disable" only removes links, so it works in a container as well.
if command -v systemctl >/dev/null; then
	fpm=$(cd /lib/systemd/system && ls -d php*-fpm.service 2>/dev/null || true)
	for unit in nginx.service mariadb.service $fpm; do
		case "$missing" in
		*nginx-light*) ;;
		*) [ "$unit" = nginx.service ] && continue ;;
		esac
		case "$missing" in
		*mariadb-server*) ;;
		*) [ "$unit" = mariadb.service ] && continue ;;
		esac
		case "$missing" in
		*php-fpm*) ;;
		*) case "$unit" in php*) continue ;; esac ;;
		esac
		systemctl --quiet disable "$unit" 2>/dev/null || true
	done
fi
