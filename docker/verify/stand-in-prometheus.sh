#!/usr/bin/env bash
# stand-in-prometheus.sh IMAGE: Debian with this machine's Prometheus (2.42 in Debian 12), as nobody, with busybox' wget.
set -euo pipefail
cd "$(dirname "$0")/../.."
. docker/verify/debian-root.sh

program=$(command -v prometheus)
root=$(debian_root prometheus busybox)
install -m 755 "$program" "$root/usr/local/bin/prometheus"
ln -s /bin/busybox "$root/usr/local/bin/wget"
install -d -o 65534 -g 65534 "$root/prometheus"
import_root "$root" "$1" -c 'USER 65534' -c 'ENTRYPOINT ["/usr/local/bin/prometheus"]'
