#!/usr/bin/env bash
# docker/verify.sh [STORAGE…]: builds the image by the real engine, looks into it, runs it hardened, kills and stops it,
# and starts the compose files of the storages named, by default of all. Says each result on a line, ends with their
# number, and with 1 when one failed. docs/operations/docker.md tells what it needs.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
. docker/verify/engine.sh
. docker/verify/checks.sh
. docker/verify/image.sh
. docker/verify/compose.sh
. docker/verify/inventory.sh

storages=("$@")
if ((${#storages[@]} == 0)); then storages=(memory postgres redis cassandra); fi
reports=$PWD/.cache/docker/reports
mkdir -p "$reports"

cleaned=''
clean_up() {
  [ -z "$cleaned" ] || return
  cleaned=yes
  if [ -n "${container:-}" ]; then
    docker rm --force --volumes "$container" >/dev/null 2>&1
    docker volume rm "$container" >/dev/null 2>&1
  fi
  if [ -n "${project:-}" ]; then compose --profile cli down --volumes >/dev/null 2>&1; fi
  stop_engine
}
trap clean_up EXIT
trap 'exit 130' INT TERM

start_engine || exit 1
find_compose || exit 1
echo "engine $(docker version -f '{{.Server.Version}}'), compose $("${compose_command[@]}" version --short)"

if [ -n "$(command -v hadolint)" ]; then check 'hadolint has nothing to say' nothing hadolint docker/Dockerfile; fi
for file in docker-compose-*.yaml; do
  check "$file is valid" "${compose_command[@]}" --file "$file" --profile cli --profile loadtest config --quiet
done

base=$(sed -n 's/^ARG NODE_IMAGE=//p' docker/Dockerfile)
have_image "$base" || exit 1
export WAYBILL_VERSION=verify
image=waybill:$WAYBILL_VERSION
check 'the image builds' docker build --quiet --file docker/Dockerfile --tag "$image" \
  --build-arg VERSION=verify --build-arg REVISION=abcdef .
docker image inspect "$image" >/dev/null || exit 1
echo "size  $(($(docker image inspect -f '{{.Size}}' "$image") / 1000000)) MB, of which Node and Waybill $(in_image du --summarize --total --block-size=1MB /usr/local /app | tail -1 | cut -f1) MB"

verify_image_content
verify_inventory
verify_container

for storage in "${storages[@]}"; do
  for needed in $("${compose_command[@]}" --file "docker-compose-$storage.yaml" --profile loadtest config --images | sort -u); do
    [ "$needed" = "$image" ] || have_image "$needed"
  done
  verify_compose "$storage"
done

echo "$passed passed, $failed failed"
((failed == 0))
