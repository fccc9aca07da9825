#!/usr/bin/env bash
# Sourced by docker/verify.sh: the compose files, started as they are.
# shellcheck disable=SC2154

compose() {
  "${compose_command[@]}" --project-name "$project" --file "docker-compose-$storage.yaml" "$@"
}

cli() {
  compose run --rm --no-deps -T cli "$@" 2>/dev/null
}

# Services whose image can be had, without those of profiles.
startable_services() {
  local service needed
  for service in $(compose config --services); do
    needed=$(compose config --format json | jq -r --arg name "$service" '.services[$name].image')
    if docker image inspect "$needed" >/dev/null 2>&1; then echo "$service"; fi
  done
}

load_test_image() {
  compose --profile loadtest config --format json | jq -r .services.loadtest.image
}

# How many brokers Prometheus sees.
brokers_up() {
  local query='count(up{job="waybill"}==1)'
  curl --silent --get --data-urlencode "query=$query" "http://$(compose port prometheus 9090)/api/v1/query" |
    jq -r '.data.result[0].value[1]'
}

envoy_up() {
  curl --silent --get --data-urlencode 'query=up{job="envoy"}' "http://$(compose port prometheus 9090)/api/v1/query" |
    jq -r '.data.result[0].value[1]'
}

count_stored() {
  cli list kept --count 1000 --json | wc -l
}

wrong_secret() {
  cli publish kept x --client-id operator --client-secret wrong
}

# The secrets of the project in what the engine tells about its containers.
secrets_in_clear() {
  local file secrets everything
  secrets=("$(compose run --rm --no-deps -T --entrypoint cat cli /run/waybill/client-secret 2>/dev/null)")
  for file in postgres-url redis-url cassandra-password; do
    secrets+=("$(compose exec -T waybill cat "/run/waybill/$file" | sed -E 's/^.*:([^@]*)@.*$/\1/')")
  done
  everything=$(compose ps --all --quiet | xargs docker inspect; compose logs --no-color)
  for file in "${secrets[@]}"; do
    if [ -z "$file" ]; then echo 'a secret could not be read'; fi
    if grep -qF -- "$file" <<<"$everything"; then echo 'a secret stands in clear'; fi
  done
}

kill_one_broker() {
  docker kill --signal KILL "$(compose ps --quiet waybill | head -1)" && cli publish kept body --count 100
}

verify_compose() {
  local services replicas
  storage=$1
  project=waybill-verify-$storage-$$
  # Whatever ports are free.
  export WAYBILL_PORT=0 WAYBILL_TCP_PORT=0 PROMETHEUS_PORT=0 GRAFANA_PORT=0 JAEGER_PORT=0
  mapfile -t services < <(startable_services)
  replicas=$(compose config --format json | jq -r '.services.waybill.deploy.replicas // 1')
  check "$storage: ${services[*]} start and become healthy" compose up --detach --wait --no-build "${services[@]}"
  check "$storage: messages go through Envoy" cli publish kept body --count 400
  check "$storage: and come back" equals 400 count_stored
  check "$storage: a wrong secret is refused" fails_with '' wrong_secret
  check "$storage: no secret stands in clear" nothing secrets_in_clear
  check "$storage: Prometheus sees $replicas brokers" eventually 60 equals "$replicas" brokers_up
  check "$storage: and Envoy" eventually 60 equals 1 envoy_up
  if docker image inspect "$(load_test_image)" >/dev/null 2>&1; then
    check "$storage: k6's smoke test passes through Envoy" compose --profile loadtest run --rm --no-deps -T loadtest
  fi
  if ((replicas > 1)); then
    check "$storage: with one broker killed, messages still go through" kill_one_broker
    check "$storage: and all are there" equals 500 count_stored
    check "$storage: it stops" compose down
    check "$storage: it starts again" compose up --detach --wait --no-build "${services[@]}"
    check "$storage: with all messages" equals 500 count_stored
  fi
  if ((failed > 0)); then compose logs --no-color --tail 15 >"$reports/compose-$storage.log" 2>&1; fi
  check "$storage: it goes without a trace" compose --profile cli down --volumes
}
