#!/usr/bin/env bash
# stand-in-jaeger.sh IMAGE: Debian with the Jaeger that the tests use, which has no web pages.
set -euo pipefail
cd "$(dirname "$0")/../.."
. docker/verify/debian-root.sh

scripts/install-test-tools.sh jaeger
root=$(debian_root jaeger)
install -D -m 755 .cache/bin/jaeger "$root/cmd/jaeger/jaeger-linux"
import_root "$root" "$1" -c 'USER 10001' -c 'ENTRYPOINT ["/cmd/jaeger/jaeger-linux"]'
