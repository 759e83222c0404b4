#!/usr/bin/env bash
# Runs the Postman collection with newman.
#   postman/run.sh                     against a Standalone of its own, in memory, on a free port
#   postman/run.sh --url URL           against a Producer of a cluster on Kafka that is there
#   postman/run.sh --url URL --stored  against one that answers creates with 201: Standalone, or a cluster on RabbitMQ
#   … --key KEY                        with an administrator's key, where callers need one; its own Standalone does
#   … --receiver URL                   with a receiver (receiver.js) that is there, in place of one on this machine's loopback
# What else is given goes to newman. Needs node and npm, and dotnet for a Standalone of its own.
# CONFIGURATION names the build to run (Debug by default; built when it is not there).
set -euo pipefail
cd "$(dirname "$0")"

service=""
receiver=""
key=""
environment=""
while [ $# -gt 0 ]; do
  case "$1" in
    --url) service="${2:?--url needs an address}"; environment="${environment:-cluster}"; shift 2 ;;
    --receiver) receiver="${2:?--receiver needs an address}"; shift 2 ;;
    --key) key="${2:?--key needs a key}"; shift 2 ;;
    --stored) environment=standalone; shift ;;
    *) break ;;
  esac
done

configuration="${CONFIGURATION:-Debug}"
program="../Standalone/bin/$configuration/net10.0/Standalone.dll"
work="$(mktemp -d)"
pids=()

stop() {
  for pid in "${pids[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap stop EXIT

# Waits until a program has printed the address it listens on.
address_in() {
  for _ in $(seq 300); do
    # The program may name more than one.
    address="$(grep -o 'http://127\.0\.0\.1:[0-9]*' "$1" | head -n 1 || true)"
    if [ -n "$address" ]; then
      echo "$address"
      return
    fi
    sleep 0.1
  done
  cat "$1" >&2
  return 1
}

[ -x node_modules/.bin/newman ] || npm ci --no-audit --no-fund

if [ -z "$receiver" ]; then
  node receiver.js 0 >"$work/receiver" 2>&1 &
  pids+=($!)
  receiver="$(address_in "$work/receiver")"
fi

if [ -z "$service" ]; then
  [ -f "$program" ] || dotnet build ../Standalone --configuration "$configuration"
  dotnet "$program" --in-memory --Keys:Need=Always --urls http://127.0.0.1:0 >"$work/standalone" 2>&1 &
  pids+=($!)
  service="$(address_in "$work/standalone")"
  key="$(grep -o 'tmr_first_[a-z0-9_]*' "$work/standalone" | head -n 1)"
fi

node_modules/.bin/newman run timers.postman_collection.json \
  --environment "${environment:-standalone}.postman_environment.json" \
  --env-var "baseUrl=${service%/}" --env-var "receiverUrl=${receiver%/}" --env-var "key=$key" \
  --color off "$@"
