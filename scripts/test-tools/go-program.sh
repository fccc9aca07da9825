#!/usr/bin/env bash
# Sourced: go_program NAME MODULE VERSION PACKAGE builds .cache/bin/NAME, unless this version of it is there.
#
# `go install MODULE@VERSION` refuses modules that replace or exclude others. So a throw-away module requires the
# program's module, repeats those lines (changed by the sed script in go_replace) and borrows its checksums. go_ldflags
# go to the linker.
go_ldflags=''
go_replace='p;d'

go_program() {
  local name=$1 module=$2 version=$3 package=$4
  local out=$PWD/.cache/bin/$name stamp=$PWD/.cache/bin/.$name-$version
  [ ! -x "$out" ] || [ ! -e "$stamp" ] || return 0
  if [ -z "$(command -v go)" ]; then
    echo "Please install Go 1.26 or later, which builds $name." >&2
    return 1
  fi
  mkdir -p .cache/bin
  (
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    source=$(go mod download -json "$module@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
    {
      printf 'module tool\n\ngo 1.26\n\nrequire %s %s\n' "$module" "$version"
      sed -n '/^exclude (/,/^)/p;/^replace (/,/^)/p;/^exclude [a-z]/p;/^replace [a-z]/p' "$source/go.mod" |
        sed -E "$go_replace"
    } >go.mod
    install -m 644 "$source/go.sum" go.sum
    CGO_ENABLED=0 GOFLAGS='-mod=mod -buildvcs=false' \
      go build -trimpath -ldflags "-s -w $go_ldflags" -o "$out" "$(package_path)"
  ) || return 1
  rm -f "$PWD/.cache/bin/.$name-"*
  touch "$stamp"
}

package_path() {
  if [ "$package" = . ]; then echo "$module"; else echo "$module/$package"; fi
}
