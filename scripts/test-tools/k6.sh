#!/usr/bin/env bash
# Runs the scripts of loadtest/.
set -euo pipefail
. "$(dirname "$0")/go-program.sh"

go_program k6 go.k6.io/k6 v1.8.1 .
