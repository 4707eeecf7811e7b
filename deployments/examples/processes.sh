#!/usr/bin/env bash
# A NATS server, a simulated AWS, and the four components as processes of their
# own on loopback, until Ctrl-C. Nothing of it reaches a real account.
# Usage: processes.sh [CONFIG]; AUTOSCALER names the binary, NATS_PORT and
# AWSSIM_PORT the ports.
set -euo pipefail
here=$(dirname "$0")
config=${1:-$here/local.yaml}
bin=${AUTOSCALER:-dist/autoscaler}
nats=127.0.0.1:${NATS_PORT:-4222}
aws=127.0.0.1:${AWSSIM_PORT:-5010}
store=$(mktemp -d)

export NATS_URL=nats://$nats AWS_ENDPOINT_URL=http://$aws AWS_REGION=eu-west-1
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_EC2_METADATA_DISABLED=true
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_CA_BUNDLE

pids=()
end() {
  trap - EXIT
  kill "${pids[@]}" 2>/dev/null || true
  wait || true
  rm -rf "$store"
}
trap end EXIT
trap 'exit 0' INT TERM

go build -o "$store/nats-server" github.com/nats-io/nats-server/v2
"$store/nats-server" -a "${nats%:*}" -p "${nats#*:}" -js -sd "$store" & pids+=($!)
"$bin" awssim --listen "$aws" & pids+=($!)
for component in ingest forecaster decider actuator; do
  "$bin" "$component" --config "$config" --log-level "${LOG_LEVEL:-info}" & pids+=($!)
done
wait -n
echo "a process has ended; so do the others" >&2
exit 1
