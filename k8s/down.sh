#!/usr/bin/env bash
# Removes what up.sh has brought up from the cluster of the current context. Volumes and Secrets stay unless asked for.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: k8s/down.sh [OPTION]...

Stops Waybill and everything that up.sh brought up with it. Volumes and Secrets stay,
so that up.sh goes on with the same data and credentials.

  --delete-data  also the namespace waybill with all volumes and Secrets in it
  --no-wait      return before the pods have ended
  --help
HELP
}

delete_data=false
wait=true
while (($# > 0)); do
  case $1 in
    --delete-data) delete_data=true ;;
    --no-wait) wait=false ;;
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

if [ -z "$(command -v kubectl)" ]; then
  echo 'Please install kubectl.' >&2
  exit 1
fi

delete_all() {
  kubectl --namespace waybill delete "$1" --selector app.kubernetes.io/part-of=waybill "${@:2}"
}

# Foreground: until the pods have drained and gone.
how=(--cascade=foreground)
$wait || how=(--wait=false)
delete_all horizontalpodautoscalers,deployments,statefulsets "${how[@]}"
# After them, so that nothing that still runs is opened or cut off.
delete_all poddisruptionbudgets,services,configmaps,networkpolicies,serviceaccounts

if $delete_data; then
  kubectl delete namespace waybill --ignore-not-found "--wait=$wait"
else
  echo 'Volumes and Secrets are kept (--delete-data removes them).'
fi
