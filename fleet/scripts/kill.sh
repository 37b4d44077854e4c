#!/usr/bin/env bash
# Kills vbo365-fleet 30 times while it carries out 2,016 items on two simulators, first without and then with faults of
# the servers. In the end no item is lost, none was carried out twice, and no restore session is open. It takes some minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
faults='latency:200ms~0.03 503:1~0.02 429:1~0.01 500~0.01 reset~0.01 reset@restoreToOriginalLocation/after~0.03
	cut-length:20@save~0.05 garbage~0.005 401@save~0.01 wrong-type@copyTo~0.02'
for kind in '' "$faults"; do
	go test -count 1 -timeout 30m -run '^TestKill$' -v ./cmd/vbo365-fleet -args -drives 504 -kills 30 -faults "$kind"
done
