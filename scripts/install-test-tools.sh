#!/usr/bin/env bash
# Installs what the tests use besides Node, and does nothing when it is there. Into .cache/ of this checkout: grpcurl by
# Go, the gRPC packages of Python in an environment of their own, Cassandra by Maven. From Debian, when root: Redis,
# PostgreSQL 15 (18 comes with npm), PgBouncer, nc, Java and Maven; elsewhere it says what is missing. test/support/tools.ts and
# test/support/services find them. The Go examples are built here too, so that their tests find the modules and the
# compiler's cache filled.
set -euo pipefail
cd "$(dirname "$0")/.."

grpcurl_version=v1.9.4
requirements=examples/python/requirements.txt
cassandra_versions=(4.1.9 5.0.9)
copy_dependencies=org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies
status=0

mkdir -p .cache/bin
if [ ! -x .cache/bin/grpcurl ]; then
  GOBIN="$PWD/.cache/bin" go install "github.com/fullstorydev/grpcurl/cmd/grpcurl@$grpcurl_version" || status=1
fi

if ! cmp -s "$requirements" .cache/venv/requirements.txt; then
  python3 -m venv .cache/venv &&
    .cache/venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$requirements" &&
    cp "$requirements" .cache/venv/requirements.txt || status=1
fi

examples/go/build.sh || status=1

packages=()

# need PROGRAM PACKAGE: the package that has the program, unless it is there.
need() {
  [ -n "$(command -v "$1")" ] || packages+=("$2")
}

need redis-server redis-server
need /usr/lib/postgresql/15/bin/postgres postgresql-15
need java openjdk-17-jre-headless
need mvn maven
need pgbouncer pgbouncer
need nc netcat-openbsd

# Waits for whoever else installs something.
apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 "$@"
}

if ((${#packages[@]} > 0)); then
  if [ "$(id -u)" = 0 ] && [ -n "$(command -v apt-get)" ]; then
    apt_get update || true
    # At this run level nothing is started: the tests start their own.
    RUNLEVEL=1 apt_get install -y --no-install-recommends "${packages[@]}" >/dev/null || status=1
  else
    echo "Please install: ${packages[*]} (the names of Debian's packages)" >&2
    status=1
  fi
fi

for version in "${cassandra_versions[@]}"; do
  folder=.cache/cassandra-${version%.*}
  [ ! -f "$folder/lib/cassandra-all-$version.jar" ] || continue
  rm -rf "$folder"
  mkdir -p "$folder"
  mvn -q -B -f test/support/services/cassandra/pom.xml "-Dcassandra.version=$version" "$copy_dependencies" \
    -DincludeScope=runtime "-DoutputDirectory=$PWD/$folder/new" &&
    mv "$folder/new" "$folder/lib" || status=1
done

exit "$status"
