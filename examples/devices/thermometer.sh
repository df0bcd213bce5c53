#!/bin/sh
# Tells everyone in a room a temperature: that of this machine's processor, or a made-up one where the system tells none.
#
#   thermometer.sh URL        INTERVAL=5 are the seconds between two readings
#
# The newest reading counts, so it goes on the fast channel. Before anybody is connected nobody hears it; there is a next one.
set -eu
url=${1:?"usage: thermometer.sh URL"}
sensor=/sys/class/thermal/thermal_zone0/temp

celsius() {
  if [ -r "$sensor" ]; then
    awk '{ printf "%.1f", $1 / 1000 }' "$sensor"
  else
    awk -v seed="$(date +%s)" 'BEGIN { srand(seed); printf "%.1f", 20 + 2 * rand() }'
  fi
}

while :; do
  printf '{"topic":"telemetry/temperature","data":{"celsius":%s},"reliable":false}\n' "$(celsius)"
  sleep "${INTERVAL:-5}"
done | "${VISAVIS:-visavis}" join "$url" --name Thermometer --stdio --reconnect >/dev/null
