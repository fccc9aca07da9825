#!/usr/bin/env bash
# stand-in-k6.sh IMAGE: Debian with the k6 that the tests use.
set -euo pipefail
cd "$(dirname "$0")/../.."
. docker/verify/debian-root.sh

scripts/install-test-tools.sh k6
root=$(debian_root k6)
install -m 755 .cache/bin/k6 "$root/usr/bin/k6"
import_root "$root" "$1" -c 'USER 12345' -c 'ENTRYPOINT ["k6"]'
