#!/usr/bin/env bash
set -euo pipefail
. "$(dirname "$0")/go-program.sh"

go_program grpcurl github.com/fullstorydev/grpcurl v1.9.4 cmd/grpcurl
