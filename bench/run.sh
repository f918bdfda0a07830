#!/usr/bin/env bash
# Measures Lachan beside nginx, beside ModSecurity and bare coraza, with many
# sites, its audit trail, and its cleaner beside other readers of HTML, on this
# machine:
# bench/run.sh [-quick] [-rounds N] [-seconds N]
set -euo pipefail
cd "$(dirname "$0")/.."
bench/install.sh
make -s build
each=100ms times=5
[[ " $* " != *" -quick "* ]] || each=30ms times=1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
go build -o "$out/bench" ./bench
for part in proxying rules sites; do
  "$out/bench" "$part" "$@"
done
GOMAXPROCS=1 taskset -c 0 "$out/bench" trail "$@"

echo
go test -c -o "$out/reading" ./bench/reading
# Several times through all, as a machine that others share is slow for seconds on end.
(cd bench/reading && for _ in $(seq $times); do
  GOMAXPROCS=1 taskset -c 0 "$out/reading" -test.run '^$' -test.bench . -test.benchtime $each
done) | tee "$out/reading.txt"
"$out/bench" reading "$out/reading.txt"
