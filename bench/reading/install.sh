#!/bin/sh
# Installs the readers of npm beside which the cleaner is measured into a cache
# folder, at fixed versions, and prints the folder. Does nothing where they are.
set -eu
packages='workerd@1.20261117.1 html-rewriter-wasm@0.4.1'
folder=${XDG_CACHE_HOME:-$HOME/.cache}/lachan-bench
mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9
if [ "$(cat "$folder/installed" 2>/dev/null)" != "$packages" ]; then
	command -v npm >/dev/null || { echo "bench/reading/install.sh: needs node and npm" >&2; exit 1; }
	# shellcheck disable=SC2086 # a list of packages
	npm install --prefix "$folder" --silent --no-audit --no-fund --save-exact $packages >&2
	printf '%s\n' "$packages" >"$folder/installed"
fi
printf '%s\n' "$folder"
