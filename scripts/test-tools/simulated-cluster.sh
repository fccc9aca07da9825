#!/usr/bin/env bash
# What rolls out in a cluster whose nodes are pretended, for `npm run verify:kubernetes`. Not among the tools of the tests.
set -euo pipefail
"$(dirname "$0")/kubernetes.sh"
. "$(dirname "$0")/kubernetes-program.sh"

kubernetes_program kube-controller-manager
kubernetes_program kube-scheduler
# shellcheck disable=SC2034 # for go_program
go_ldflags='' go_replace='p;d'
go_program kwok sigs.k8s.io/kwok v0.8.0 cmd/kwok
