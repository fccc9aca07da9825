#!/usr/bin/env bash
# Installs what the end-to-end tests use besides Node into .cache/ of this checkout: grpcurl by Go, and the gRPC
# packages of Python in an environment of their own. Does nothing when they are there. test/support/tools.ts finds them.
# The Go examples are built here too, so that their tests find the modules and the compiler's cache filled.
set -euo pipefail
cd "$(dirname "$0")/.."

grpcurl_version=v1.9.4
requirements=examples/python/requirements.txt
status=0

mkdir -p .cache/bin
if [ ! -x .cache/bin/grpcurl ]; then
  GOBIN="$PWD/.cache/bin" go install "github.com/fullstorydev/grpcurl/cmd/grpcurl@$grpcurl_version" || status=1
fi

if ! cmp -s "$requirements" .cache/venv/requirements.txt; then
  python3 -m venv .cache/venv &&
    .cache/venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$requirements" &&
    cp "$requirements" .cache/venv/requirements.txt || status=1
fi

examples/go/build.sh || status=1

exit "$status"
