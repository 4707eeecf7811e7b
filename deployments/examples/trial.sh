#!/usr/bin/env bash
# Forecaster and decider as two processes on a NATS server, fed with the
# bundled trace in realm trial. Ends both when the replay is through.
# Usage: trial.sh [NATS_URL]; AUTOSCALER names the binary.
set -euo pipefail
url=${1:-nats://127.0.0.1:4222}
bin=${AUTOSCALER:-dist/autoscaler}
trace=$(dirname "$0")/nasa_http_5min.csv

"$bin" forecaster --realm trial --nats-url "$url" & forecaster=$!
"$bin" decider --realm trial --nats-url "$url" & decider=$!
trap 'kill $forecaster $decider 2>/dev/null; wait' EXIT
"$bin" replay "$trace" --nats-url "$url" --realm trial
