#!/usr/bin/env bash
# Runs an example: ./run.sh publish-and-fetch orders.eu tea
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
program=$1
shift

"$folder/build.sh"
exec "$folder/bin/$program" "$@"
