#!/usr/bin/env bash
# The API server that the manifests of k8s/ are checked by, and its client.
set -euo pipefail
. "$(dirname "$0")/kubernetes-program.sh"

kubernetes_program kube-apiserver
kubernetes_program kubectl
