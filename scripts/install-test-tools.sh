#!/usr/bin/env bash
# Installs what the tests use besides Node, and does nothing for what is there: everything, or only the tools named, such
# as `scripts/install-test-tools.sh envoy k6`. Each has a script of its own in test-tools/. Programs go into .cache/bin of
# this checkout; Debian's packages are installed when root, elsewhere it says what is missing. test/support finds them.
set -uo pipefail
cd "$(dirname "$0")/.."

tools=("$@")
if ((${#tools[@]} == 0)); then
  # Packages first, because others need some of them.
  tools=(packages grpcurl python cassandra go-examples envoy ratelimit k6 kubernetes jaeger)
fi

status=0
for tool in "${tools[@]}"; do
  script=scripts/test-tools/$tool.sh
  if [ ! -x "$script" ]; then
    echo "There is no tool $tool; scripts/test-tools/ has one script for each." >&2
    exit 2
  fi
  "$script" || {
    echo "FAILED to install: $tool" >&2
    status=1
  }
done
exit "$status"
