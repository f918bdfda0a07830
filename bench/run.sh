#!/usr/bin/env bash
# Measures Lachan beside nginx on this machine: bench/run.sh [-rounds N] [-seconds N]
set -euo pipefail
cd "$(dirname "$0")/.."
bench/install.sh
make -s build
exec go run ./bench -lachan bin/lachan "$@"
