#!/usr/bin/env bash
# Generates the Python stubs of the contracts into generated/, with the Python given (by default that of .venv).
set -euo pipefail
cd "$(dirname "$0")"
python=${1:-.venv/bin/python}
proto=../../proto

mkdir -p generated
"$python" -m grpc_tools.protoc --proto_path="$proto" --python_out=generated --pyi_out=generated --grpc_python_out=generated \
  "$proto"/broker.proto "$proto"/waybill/v1/*.proto "$proto"/google/rpc/*.proto
