#!/usr/bin/env bash
# Brings Waybill up in the cluster of the current context. Can be repeated; what is there already is kept or updated.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

usage() {
  cat <<'HELP'
Usage: k8s/up.sh [OPTION]... [STORAGE] [monitoring]

STORAGE is embedded (the default: one broker with a volume), postgres, cassandra or redis
(three brokers or more). It comes with one server of that storage, for trying out.
With monitoring come Prometheus, Grafana and Jaeger.

  --own-storage       without that server: postgres and redis need the Secret waybill-STORAGE with
                      the key url, cassandra --set WAYBILL_CASSANDRA_CONTACT_POINTS=HOST:PORT,…
  --tls               clients speak TLS, with the certificate of the Secret waybill-tls
  --image NAME[:TAG]  image of the broker (default: waybill:0.1.0)
  --set NAME=VALUE    a setting of the brokers, such as WAYBILL_DEFAULT_TTL=3d; may be repeated
  --print             write what would be applied, and do nothing
  --no-wait           return when the API server has accepted everything
  --timeout TIME      longest wait for each part to be ready (default: 10m)
  --help

Secrets that are not there are made with random contents. docs/operations/kubernetes.md tells more.
HELP
}

fail() {
  echo "$1" >&2
  exit 1
}

storage=''
monitoring=false
own_storage=false
tls=false
image=''
settings=()
print=false
wait=true
timeout=10m
while (($# > 0)); do
  case $1 in
    embedded | postgres | cassandra | redis)
      [ -z "$storage" ] || fail "One storage, please: $storage or $1."
      storage=$1
      ;;
    monitoring) monitoring=true ;;
    --own-storage) own_storage=true ;;
    --tls) tls=true ;;
    --image) image=${2:?--image needs a name} && shift ;;
    --set) settings+=("${2:?--set needs NAME=VALUE}") && shift ;;
    --print) print=true ;;
    --no-wait) wait=false ;;
    --timeout) timeout=${2:?--timeout needs a time} && shift ;;
    --help | -h)
      usage
      exit
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
  shift
done
storage=${storage:-embedded}

[ -n "$(command -v kubectl)" ] || fail 'Please install kubectl.'

in_namespace() {
  kubectl --namespace waybill "$@"
}

exists() {
  [ -n "$(in_namespace get "$1" "$2" --ignore-not-found --output name)" ]
}

# Creates the Secret NAME with what standard input has as stringData. Values are on no command line, where everybody sees them.
create_secret() {
  {
    printf 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\nstringData:\n' "$1"
    sed 's/^/  /'
  } | in_namespace create --filename -
}

random_text() {
  openssl rand -hex 24
}

# As `waybill clients hash` does it.
scrypt_hash() {
  local salt hex
  salt=$(openssl rand -base64 16)
  hex=$(openssl base64 -d <<<"$salt" | od -An -tx1 | tr -d ' \n')
  # shellcheck disable=SC2016 # the dollars belong to the format
  printf '$scrypt$ln=15,r=8,p=1$%s$%s' "${salt%%=*}" "$(
    openssl kdf -keylen 32 -kdfopt "pass:$1" -kdfopt "hexsalt:$hex" -kdfopt n:32768 -kdfopt r:8 -kdfopt p:1 \
      -binary SCRYPT | openssl base64 -A | tr -d =
  )"
}

secrets() {
  local password
  if ! exists secret waybill-clients; then
    openssl kdf -help 2>/dev/null ||
      fail 'Please install OpenSSL 3, or create the Secret waybill-clients yourself (docs/operations/kubernetes.md).'
    password=$(random_text)
    local hash
    hash=$(scrypt_hash "$password")
    create_secret waybill-clients <<<"clients.yaml: |
  clients:
    - id: admin
      secretHash: $hash"
    exists secret waybill-admin || create_secret waybill-admin <<<"username: admin
password: $password"
  fi
  if [ "$storage" = postgres ] || [ "$storage" = redis ]; then
    if ! exists secret "waybill-$storage"; then
      ! $own_storage || fail "Please create the Secret waybill-$storage with the key url (docs/operations/kubernetes.md)."
      password=$(random_text)
      if [ "$storage" = postgres ]; then
        create_secret waybill-postgres <<<"password: $password
url: postgres://waybill:$password@postgres:5432/waybill"
      else
        create_secret waybill-redis <<<"password: $password
url: redis://:$password@redis:6379
redis.conf: requirepass $password"
      fi
    fi
  fi
  ! $tls || exists secret waybill-tls ||
    fail 'Please create the Secret waybill-tls with tls.crt and tls.key (docs/operations/kubernetes.md).'
  if $monitoring && ! exists secret grafana-admin; then
    create_secret grafana-admin <<<"password: $(random_text)"
  fi
}

# The overlay with components and the image, as a kustomization. Inside k8s/, because kustomize wants relative paths.
composition() {
  printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: waybill\n'
  printf 'resources: [../overlays/%s]\n' "$storage"
  local components=()
  [ "$storage" = embedded ] || $own_storage || components+=("$storage")
  ! $tls || components+=(tls)
  if ((${#components[@]} > 0)); then
    printf 'components:\n'
    printf '  - ../components/%s\n' "${components[@]}"
  fi
  if ((${#settings[@]} > 0)); then
    printf 'configMapGenerator:\n  - name: waybill\n    behavior: merge\n    literals:\n'
    # Quoted as YAML does it.
    printf "      - '%s'\n" "${settings[@]//\'/\'\'}"
  fi
  [ -n "$image" ] || return 0
  local name=${image%@*} key=newTag version=''
  if [ "$name" != "$image" ]; then
    key=digest version=${image#*@}
  elif [[ ${image##*/} == *:* ]]; then
    name=${image%:*} version=${image##*:}
  fi
  printf 'images:\n  - name: waybill\n    newName: "%s"\n' "$name"
  [ -z "$version" ] || printf '    %s: "%s"\n' "$key" "$version"
}

work=$(mktemp -d "$here/.up-XXXXXX")
trap 'rm -rf "$work"' EXIT
composition >"$work/kustomization.yaml"

if $print; then
  ! $monitoring || kubectl kustomize "$here/overlays/monitoring"
  ! $monitoring || echo ---
  kubectl kustomize "$work"
  exit
fi

kubectl get --raw /version >/dev/null || fail 'The cluster of the current context does not answer.'
other=$(in_namespace get deployments,statefulsets --ignore-not-found \
  --selector "app.kubernetes.io/name=waybill,storage,storage!=$storage" \
  --output 'jsonpath={.items[*].metadata.labels.storage}')
[ -z "$other" ] || fail "Waybill runs on $other here. Messages do not move with it; k8s/down.sh first."

kubectl apply --server-side --filename "$here/base/namespace.yaml"
secrets

restart=false
if $monitoring; then
  # Brokers read at their start whether to trace.
  exists configmap waybill-tracing || restart=true
  kubectl apply --server-side --kustomize "$here/overlays/monitoring"
fi

workload=deployment
[ "$storage" != embedded ] || workload=statefulset
exists "$workload" waybill || restart=false

kubectl apply --server-side --kustomize "$work"
! $restart || in_namespace rollout restart "$workload/waybill"

if $wait; then
  parts=("$workload/waybill" deployment/envoy)
  [ "$storage" = embedded ] || $own_storage || parts=("statefulset/$storage" "${parts[@]}")
  ! $monitoring || parts+=(statefulset/prometheus deployment/grafana deployment/jaeger)
  for part in "${parts[@]}"; do
    in_namespace rollout status "$part" --timeout "$timeout"
  done
fi

cat <<REACH

Waybill on $storage:
  in the cluster  envoy.waybill:50043 (gRPC and gRPC-Web), envoy.waybill:8080 (TCP event bus)
  from here       kubectl -n waybill port-forward service/gateway 50043 8080
REACH
if exists secret waybill-admin; then
  echo "  client admin    kubectl -n waybill get secret waybill-admin -o 'go-template={{.data.password | base64decode}}'"
fi
if $monitoring; then
  cat <<REACH
  Grafana         kubectl -n waybill port-forward service/grafana 3000 (traces are there too)
  its password    kubectl -n waybill get secret grafana-admin -o 'go-template={{.data.password | base64decode}}'
REACH
fi
