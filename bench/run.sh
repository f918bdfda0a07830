#!/usr/bin/env bash
# Measures Lachan beside nginx, and its cleaner beside other readers of HTML, on
# this machine: bench/run.sh [-rounds N] [-seconds N]
set -euo pipefail
cd "$(dirname "$0")/.."
bench/install.sh
make -s build
go run ./bench -lachan bin/lachan "$@"

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
echo
go test -c -o "$out/reading" ./bench/reading
(cd bench/reading && GOMAXPROCS=1 taskset -c 0 "$out/reading" -test.run '^$' -test.bench . -test.benchtime 300ms) | tee "$out/reading.txt"
go run ./bench -reading "$out/reading.txt"
