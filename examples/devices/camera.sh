#!/bin/sh
# A camera that plays a file in a room, again and again.
#
#   camera.sh URL FILE [SOUND]      FILE is IVF with VP8 and SOUND Ogg with Opus, or FILE is anything that ffmpeg reads
#
# What is not made for the web is encoded once, before the camera joins: a key frame every two seconds, for whoever comes later.
set -eu
url=${1:?"usage: camera.sh URL FILE [SOUND]"}
file=${2:?"usage: camera.sh URL FILE [SOUND]"}
sound=${3:-}
name=$(basename "$file")
name=${name%.*}

case $file in
  *.ivf) set -- --video "$file" ;;
  *)
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    ffmpeg -loglevel error -i "$file" -map 0:v:0 -c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -g 50 -r 25 \
      "$folder/pictures.ivf"
    set -- --video "$folder/pictures.ivf"
    # There may be no sound in it.
    if ffmpeg -loglevel quiet -i "$file" -map 0:a:0 -c:a libopus -b:a 48k -ac 2 "$folder/sound.ogg"; then
      set -- "$@" --audio "$folder/sound.ogg"
    fi
    ;;
esac
[ -z "$sound" ] || set -- "$@" --audio "$sound"

"${VISAVIS:-visavis}" join "$url" --name "Camera ($name)" --reconnect "$@"
