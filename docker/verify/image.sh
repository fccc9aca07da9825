#!/usr/bin/env bash
# Sourced by docker/verify.sh: what is in the image, and how one container of it behaves.
# shellcheck disable=SC2154

# Runs a program of the image as root, to see everything.
in_image() {
  docker run --rm --user 0 --network none --entrypoint "$1" "$image" "${@:2}"
}

image_field() {
  docker image inspect -f "$1" "$image"
}

verify_image_content() {
  check 'the image runs as user 1000' equals 1000:1000 image_field '{{.Config.User}}'
  check 'its health check needs no shell' equals 'CMD /usr/local/bin/node /app/dist/main.js health --admin' \
    image_field '{{join .Config.Healthcheck.Test " "}}'
  check 'it stops by SIGTERM' equals SIGTERM image_field '{{.Config.StopSignal}}'
  check 'its labels tell version and revision' equals 'verify abcdef' \
    image_field '{{index .Config.Labels "org.opencontainers.image.version"}} {{index .Config.Labels "org.opencontainers.image.revision"}}'
  check 'nothing in it changes the user' nothing in_image find / -xdev -type f -perm /6000
  check 'nothing in it can be written by everybody, but for sticky folders' \
    nothing in_image find / -xdev -perm -0002 ! -type l ! -perm -1000
  check 'user 1000 owns nothing but its data' equals /data in_image find / -xdev -user 1000
  check 'no package manager of Node is left' \
    nothing in_image find / -xdev \( -name npm -o -name npx -o -name yarn -o -name corepack \) -path '*bin*'
  check 'it holds no keys, and no settings of registries' \
    nothing in_image find /app /data /root /home -xdev \( -name '*.key' -o -name '*.pem' -o -name .npmrc -o -name '.env*' \)
  check 'it holds no sources, tests and binaries for other systems' \
    nothing in_image find /app -xdev \( -name '*.ts' -o -name '*.map' -o -name '*.musl.node' -o -path '/app/test*' \)
}

run_container() {
  docker run --detach --name "$container" --read-only --cap-drop ALL --security-opt no-new-privileges \
    --memory 256m --pids-limit 128 --user 1000 --env WAYBILL_AUTH=off --volume "$container:/data" "$image" "$@"
}

waybill() {
  docker exec "$container" waybill "$@"
}

health_status() {
  docker inspect -f '{{.State.Health.Status}}' "$container"
}

exit_code() {
  docker inspect -f '{{.State.ExitCode}}' "$container"
}

count_messages() {
  waybill list kept --count 1000 --json | wc -l
}

# Stops while a subscriber is being served.
stop_while_subscribed() {
  docker exec --detach "$container" waybill subscribe kept --from earliest
  docker stop --time 20 "$container"
  equals 0 exit_code
}

verify_container() {
  container=waybill-verify-$$
  check 'without a word about who may call it does not start, and says what to set' \
    fails_with 'set auth to required' docker run --rm "$image"
  check 'it starts with a read-only root, without capabilities, in 256 MiB' run_container
  check 'it becomes healthy' eventually 60 equals healthy health_status
  check 'it takes messages' waybill publish kept body --count 500
  check 'and gives them back' equals 500 count_messages
  check 'it uses less than its memory' equals false docker inspect -f '{{.State.OOMKilled}}' "$container"
  check 'killed' docker kill --signal KILL "$container"
  check 'and started again' docker start "$container"
  check 'it becomes healthy' eventually 60 waybill health --admin
  check 'with every message' equals 500 count_messages
  check 'it stops by SIGTERM in order, also with a subscriber' stop_while_subscribed
  docker rm --force --volumes "$container" >/dev/null
  docker volume rm "$container" >/dev/null

  check 'with a storage that cannot be reached it starts' \
    run_container serve --storage postgres --postgres-url postgres://127.0.0.1:1/none
  check 'and is not healthy' eventually 20 fails_with NOT_SERVING waybill health --admin
  docker rm --force --volumes "$container" >/dev/null
  docker volume rm "$container" >/dev/null
}
