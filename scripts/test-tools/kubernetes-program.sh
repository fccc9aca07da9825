#!/usr/bin/env bash
# Sourced: kubernetes_program NAME builds .cache/bin/NAME of one version of Kubernetes.
# shellcheck disable=SC2034 # go_… are for go_program
. "$(dirname "$0")/go-program.sh"

kubernetes_version=1.36.3
package=k8s.io/component-base/version
go_ldflags="-X $package.gitVersion=v$kubernetes_version -X $package.gitMajor=1 -X $package.gitMinor=36"
# The modules of its own repository have versions that follow its own.
go_replace='s#^\t(k8s.io/[a-z-]+) => \./staging.*#\t\1 => \1 v0.36.3#'

kubernetes_program() {
  go_program "$1" k8s.io/kubernetes "v$kubernetes_version" "cmd/$1"
}
