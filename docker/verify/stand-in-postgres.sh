#!/usr/bin/env bash
# stand-in-postgres.sh IMAGE: Debian 12 with its own PostgreSQL, which is 15, and as much of the official image's way to
# start as the compose file uses: POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD_FILE and the folder of the data.
set -euo pipefail
cd "$(dirname "$0")/../.."
. docker/verify/debian-root.sh

root=$(debian_root postgres postgresql-15)
ln -s /usr/lib/postgresql/15/bin/{postgres,initdb,pg_ctl} "$root/usr/local/bin/"
cat >"$root/usr/local/bin/docker-entrypoint.sh" <<'ENTRYPOINT'
#!/bin/bash
set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb -D "$PGDATA" -U "$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" --auth-host=scram-sha-256 --auth-local=trust
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
  createdb -h /var/run/postgresql -U "$POSTGRES_USER" -O "$POSTGRES_USER" "$POSTGRES_DB"
  pg_ctl -D "$PGDATA" -m fast -w stop
fi
exec "$@" -c listen_addresses='*'
ENTRYPOINT
chmod 755 "$root/usr/local/bin/docker-entrypoint.sh"
chroot "$root" install -d -o postgres -g postgres -m 1777 /var/lib/postgresql/data
chroot "$root" install -d -o postgres -g postgres -m 3777 /var/run/postgresql
import_root "$root" "$1" -c 'ENV PGDATA=/var/lib/postgresql/data' -c 'VOLUME /var/lib/postgresql/data' \
  -c 'ENTRYPOINT ["docker-entrypoint.sh"]' -c 'CMD ["postgres"]'
