#!/usr/bin/env bash
# Generates the Go code of the contracts into gen/, with the plugins that go.mod pins, and builds the examples into bin/.
set -euo pipefail
cd "$(dirname "$0")"
../../node_modules/.bin/buf generate
go build -o bin/ ./...
