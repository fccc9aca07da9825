#!/usr/bin/env bash
# Docker Compose 2, for docker/verify.sh. Without the linker's flag it calls itself "dev".
set -euo pipefail
. "$(dirname "$0")/go-program.sh"

version=v2.40.3
go_ldflags="-X github.com/docker/compose/v2/internal.Version=$version"
go_program docker-compose github.com/docker/compose/v2 "$version" cmd
