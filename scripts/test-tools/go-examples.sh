#!/usr/bin/env bash
# So that their tests find the modules and the compiler's cache filled.
set -euo pipefail

examples/go/build.sh
