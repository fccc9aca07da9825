#!/usr/bin/env bash
# stand-in-cassandra.sh IMAGE: Debian 12 with Java 17, Cassandra's jars of the tests and their small settings, and as much of
# the official image's way to start as the compose file uses: JVM_EXTRA_OPTS, MAX_HEAP_SIZE and the folder of the data.
set -euo pipefail
cd "$(dirname "$0")/../.."
. docker/verify/debian-root.sh

scripts/install-test-tools.sh cassandra
root=$(debian_root cassandra openjdk-17-jre-headless)
install -d "$root/opt/cassandra" "$root/etc/cassandra"
cp -r .cache/cassandra-5.0/lib "$root/opt/cassandra/lib"
cp test/support/services/cassandra/{jvm.options,logback.xml,cassandra.yaml} "$root/etc/cassandra/"
cat >>"$root/etc/cassandra/cassandra.yaml" <<'SETTINGS'
# As in Cassandra's own file.
commitlog_sync: periodic
commitlog_sync_period: 10000ms
initial_token: '0'
rpc_address: 0.0.0.0
SETTINGS
cat >"$root/usr/local/bin/docker-entrypoint.sh" <<'ENTRYPOINT'
#!/bin/bash
set -euo pipefail
own=$(hostname -i | cut -d' ' -f1)
settings=/tmp/cassandra.yaml
cp /etc/cassandra/cassandra.yaml "$settings"
cat >>"$settings" <<SETTINGS
listen_address: $own
broadcast_rpc_address: $own
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters: [{ seeds: '$own' }]
SETTINGS
# What the settings of the tests fix gives way to the variables.
sed "/^-Xm[sxn]/d" /etc/cassandra/jvm.options >/tmp/jvm.options
# shellcheck disable=SC2086 # a list of options
exec /usr/lib/jvm/java-17-openjdk-*/bin/java @/tmp/jvm.options "-Xms$MAX_HEAP_SIZE" "-Xmx$MAX_HEAP_SIZE" ${JVM_EXTRA_OPTS:-} \
  -javaagent:"$(ls /opt/cassandra/lib/jamm-*.jar)" -Dcassandra.config=file://$settings \
  -Dcassandra.storagedir=/var/lib/cassandra -Djava.io.tmpdir=/tmp -Dcassandra-foreground=yes \
  -Dlogback.configurationFile=file:/etc/cassandra/logback.xml \
  -cp '/opt/cassandra/lib/*' org.apache.cassandra.service.CassandraDaemon
ENTRYPOINT
chmod 755 "$root/usr/local/bin/docker-entrypoint.sh"
chroot "$root" sh -c 'groupadd -r cassandra --gid=999 && useradd -r -g cassandra --uid=999 cassandra &&
  install -d -o cassandra -g cassandra /var/lib/cassandra'
import_root "$root" "$1" -c 'VOLUME /var/lib/cassandra' -c 'ENTRYPOINT ["docker-entrypoint.sh"]' -c 'CMD ["cassandra", "-f"]'
