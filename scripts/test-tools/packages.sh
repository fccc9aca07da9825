#!/usr/bin/env bash
# Programs that Debian has.
set -euo pipefail
. "$(dirname "$0")/debian.sh"

need redis-server redis-server
need /usr/lib/postgresql/15/bin/postgres postgresql-15
need java openjdk-17-jre-headless
need mvn maven
need pgbouncer pgbouncer
need nc netcat-openbsd
need prometheus prometheus
need chromium chromium
need etcd etcd-server
need openssl openssl
install_needed
