#!/usr/bin/env bash
# Sourced by docker/verify.sh: counts what passed and what failed.
passed=0
failed=0

# check TITLE COMMAND…: one line, and the end of what the command wrote when it fails.
check() {
  local title=$1 started=$SECONDS output
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "ok    $title ($((SECONDS - started)) s)"
  else
    failed=$((failed + 1))
    echo "FAIL  $title"
    tail -15 <<<"$output" | sed 's/^/      /'
  fi
}

# eventually SECONDS COMMAND…: until it succeeds.
eventually() {
  local until=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS >= until)); then
      "$@"
      return
    fi
    sleep 1
  done
}

# equals EXPECTED COMMAND…: what the command writes.
equals() {
  local expected=$1 actual
  shift
  actual=$("$@") || return
  if [ "$actual" != "$expected" ]; then
    echo "expected $expected, but it is: $actual"
    return 1
  fi
}

# fails_with TEXT COMMAND…: it fails and says so.
fails_with() {
  local text=$1 output
  shift
  if output=$("$@" 2>&1); then
    echo "it succeeds: $output"
    return 1
  fi
  if ! grep -qF -- "$text" <<<"$output"; then
    echo "it does not say \"$text\": $output"
    return 1
  fi
}

# nothing COMMAND…: it succeeds and writes nothing.
nothing() {
  local output
  output=$("$@") || return
  if [ -n "$output" ]; then
    echo "unexpected: $output"
    return 1
  fi
}
