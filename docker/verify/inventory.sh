#!/usr/bin/env bash
# Sourced by docker/verify.sh: what the image is made of, and what is known to be wrong with that. A scanner is used when
# the machine has one; it needs its database of vulnerabilities from the internet.
# shellcheck disable=SC2154

write_sbom() {
  npm sbom --package-lock-only --omit=dev --sbom-format=cyclonedx >"$reports/packages.cdx.json" &&
    jq -e '.components | length > 0' "$reports/packages.cdx.json" &&
    in_image dpkg-query --show >"$reports/debian-packages.txt"
}

# Packages in the image that the lock file does not name in this version.
packages_beside_the_lock_file() {
  # shellcheck disable=SC2016 # read by Node
  docker run --rm --interactive --network none --entrypoint node "$image" -e '
    const { existsSync, globSync, readFileSync } = require("node:fs");
    const { packages } = JSON.parse(readFileSync(0, "utf8"));
    for (const [path, { version, dev, optional }] of Object.entries(packages)) {
      if (path === "" ) continue;
      const file = `/app/${path}/package.json`;
      if (!existsSync(file)) { if (!dev && !optional) console.log(`${path} is missing`); continue; }
      if (dev) console.log(`${path} is for development`);
      const actual = JSON.parse(readFileSync(file, "utf8")).version;
      if (actual !== version) console.log(`${path} is ${actual} instead of ${version}`);
    }
    for (const file of globSync("/app/node_modules/{*,@*/*}/package.json")) {
      const path = file.slice("/app/".length, -"/package.json".length);
      if (packages[path] === undefined) console.log(`${path} is in no lock file`);
    }' <package-lock.json
}

verify_inventory() {
  check "its packages are listed in ${reports#"$PWD/"}" write_sbom
  check 'its packages are those of the lock file, without those for development' nothing packages_beside_the_lock_file
  if npm audit --omit=dev --json >"$reports/audit.json" 2>/dev/null || jq -e .vulnerabilities "$reports/audit.json" >/dev/null 2>&1; then
    check 'no known vulnerability of level high in its packages' npm audit --omit=dev --audit-level=high
  else
    echo 'note: the registry does not answer questions about vulnerabilities'
  fi
  if [ -n "$(command -v trivy)" ]; then
    check 'trivy finds nothing of level high that can be mended' \
      trivy image --quiet --ignore-unfixed --severity HIGH,CRITICAL --exit-code 1 "$image"
  elif [ -n "$(command -v grype)" ]; then
    check 'grype finds nothing of level high that can be mended' grype --quiet --only-fixed --fail-on high "$image"
  else
    echo 'note: neither trivy nor grype is installed: the packages of Debian are listed, not compared with known vulnerabilities'
  fi
}
