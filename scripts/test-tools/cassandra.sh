#!/usr/bin/env bash
# Cassandra's jars by Maven, of the two releases that are tested.
set -euo pipefail

copy_dependencies=org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies
for version in 4.1.9 5.0.9; do
  folder=.cache/cassandra-${version%.*}
  [ ! -f "$folder/lib/cassandra-all-$version.jar" ] || continue
  rm -rf "$folder"
  mkdir -p "$folder"
  mvn -q -B -f test/support/services/cassandra/pom.xml "-Dcassandra.version=$version" "$copy_dependencies" \
    -DincludeScope=runtime "-DoutputDirectory=$PWD/$folder/new"
  mv "$folder/new" "$folder/lib"
done
