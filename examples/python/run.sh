#!/usr/bin/env bash
# Runs an example: ./run.sh publish_and_fetch.py orders.eu tea. The first run installs gRPC into .venv.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
program=$1
shift

if ! cmp -s "$folder/requirements.txt" "$folder/.venv/requirements.txt"; then
  python3 -m venv "$folder/.venv"
  "$folder/.venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$folder/requirements.txt"
  cp "$folder/requirements.txt" "$folder/.venv/requirements.txt"
fi
"$folder/generate.sh"
exec "$folder/.venv/bin/python" "$folder/$program" "$@"
