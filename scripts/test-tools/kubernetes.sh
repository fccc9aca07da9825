#!/usr/bin/env bash
# The API server that the manifests of k8s/ are checked by, and its client.
set -euo pipefail
. "$(dirname "$0")/go-program.sh"

version=1.36.3
package=k8s.io/component-base/version
go_ldflags="-X $package.gitVersion=v$version -X $package.gitMajor=1 -X $package.gitMinor=36"
# The modules of its own repository have versions that follow its own.
go_replace='s#^\t(k8s.io/[a-z-]+) => \./staging.*#\t\1 => \1 v0.36.3#'
go_program kube-apiserver k8s.io/kubernetes "v$version" cmd/kube-apiserver
go_program kubectl k8s.io/kubernetes "v$version" cmd/kubectl
