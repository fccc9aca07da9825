#!/usr/bin/env bash
# Jaeger 2.13.0, whose Go module counts on as 1.76.0. Without the web pages, which are no part of the module.
set -euo pipefail
. "$(dirname "$0")/go-program.sh"

go_program jaeger github.com/jaegertracing/jaeger v1.76.0 cmd/jaeger
