#!/usr/bin/env bash
# stand-in-redis.sh IMAGE: Debian 12 with its own Redis, which is 7.0.
set -euo pipefail
cd "$(dirname "$0")/../.."
. docker/verify/debian-root.sh

root=$(debian_root redis redis-server)
chroot "$root" install -d -o redis -g redis /data
import_root "$root" "$1" -c 'VOLUME /data' -c 'WORKDIR /data' -c 'CMD ["redis-server"]'
