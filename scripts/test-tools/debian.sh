#!/usr/bin/env bash
# Sourced: need PROGRAM PACKAGE … then install_needed.
packages=()

# The package that has the program, unless it is there.
need() {
  [ -n "$(command -v "$1")" ] || packages+=("$2")
}

# Waits for whoever else installs something.
apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 "$@"
}

install_needed() {
  ((${#packages[@]} > 0)) || return 0
  if [ "$(id -u)" != 0 ] || [ -z "$(command -v apt-get)" ]; then
    echo "Please install: ${packages[*]} (the names of Debian's packages)" >&2
    return 1
  fi
  apt_get update || true
  # At this run level nothing is started: the tests start their own.
  RUNLEVEL=1 apt_get install -y --no-install-recommends "${packages[@]}" >/dev/null
}
