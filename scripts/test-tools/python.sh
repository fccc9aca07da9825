#!/usr/bin/env bash
# The gRPC packages of Python, in an environment of their own.
set -euo pipefail

requirements=examples/python/requirements.txt
if ! cmp -s "$requirements" .cache/venv/requirements.txt; then
  python3 -m venv .cache/venv
  .cache/venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$requirements"
  cp "$requirements" .cache/venv/requirements.txt
fi
