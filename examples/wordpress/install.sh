#!/bin/sh
# Installs what the WordPress test drives: the web host with WordPress, and
# Chromium. With everything present it prints nothing and changes nothing.
#
#   sudo examples/wordpress/install.sh
set -eu
exec sh "$(dirname "$0")/../../internal/cmstest/install.sh" chromium fonts-dejavu-core
