#!/bin/sh
# Installs what the test of clean pages drives: the web host with WordPress,
# MediaWiki and DokuWiki. With everything present it prints nothing and changes
# nothing.
#
#   sudo clean/pages/install.sh
set -eu
exec sh "$(dirname "$0")/../../internal/cmstest/install.sh" mediawiki dokuwiki php-sqlite3
