#!/usr/bin/env bash
# Sourced by the scripts that make stand-ins for images.

# Makes a fresh folder with Debian 12 and the packages given, and tells where: debian_root NAME PACKAGE…
# The bare system is made once and copied.
debian_root() {
  local name=$1 cache=$PWD/.cache/docker/debian work
  shift
  if [ ! -d "$cache" ]; then
    mkdir -p "$PWD/.cache/docker"
    rm -rf "$cache.new"
    debootstrap --variant=minbase --include=ca-certificates,libstdc++6 bookworm "$cache.new" >"$cache.log" 2>&1
    # The authorities that this machine trusts, so that package registries are reached from builds as from here.
    cp /etc/ssl/certs/ca-certificates.crt "$cache.new/etc/ssl/certs/ca-certificates.crt"
    mv "$cache.new" "$cache"
  fi
  work=$(mktemp -d "$PWD/.cache/docker/$name.XXXXXX")
  cp -a "$cache" "$work/root"
  if (($# > 0)); then
    cp /etc/resolv.conf "$work/root/etc/resolv.conf"
    cp /etc/apt/apt.conf.d/* "$work/root/etc/apt/apt.conf.d/"
    DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 chroot "$work/root" \
      sh -c 'apt-get -qq update && apt-get -qq install -y --no-install-recommends "$@"' sh "$@" >"$work/apt.log" 2>&1
  fi
  echo "$work/root"
}

# Imports the folder as an image and removes it: import_root FOLDER IMAGE [-c CHANGE]…
import_root() {
  local root=$1 image=$2
  shift 2
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  tar -C "$root" -c . |
    docker import -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
      -c 'LABEL waybill.stand-in=true' "$@" - "$image" >/dev/null
  rm -rf "$(dirname "$root")"
}
