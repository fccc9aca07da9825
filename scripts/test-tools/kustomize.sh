#!/usr/bin/env bash
set -euo pipefail
. "$(dirname "$0")/go-program.sh"

go_program kustomize sigs.k8s.io/kustomize/kustomize/v5 v5.8.1 .
