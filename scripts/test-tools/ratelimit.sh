#!/usr/bin/env bash
# Envoy's service for global rate limits. It has no releases; this is a commit of January 2026.
set -euo pipefail
. "$(dirname "$0")/go-program.sh"

go_program ratelimit github.com/envoyproxy/ratelimit v1.4.1-0.20260122083618-3fb702589d36 src/service_cmd
