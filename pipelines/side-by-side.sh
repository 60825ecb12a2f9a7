#!/usr/bin/env bash
# Shows a clip before and after, side by side.
# Usage: side-by-side.sh [CLIP] [NPZ] [OUT.mp4 or OUT.png] [PROPERTY=VALUE]...
#
# A tee gives the same decoded frames to both halves. The element copies a frame that somebody else holds before it draws on it, so the left
# half stays as it was. What to look for: masks in the right half only. Sound and subtitles are kept. A name that ends in .png gets one
# picture, one second into the clip; it takes no properties.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"
use_plugin
use_clip "$@"
out=${3:-$out_dir/side-by-side.mp4}

if [[ $out != *.png ]]; then
  exec "$root/pipelines/write.py" --layout side-by-side "$clip" "$npz" "$out" "${@:4}"
fi

# Width of the left half; the halves are put beside each other by their borders.
width=$(gst-discoverer-1.0 -v "$clip" | sed -n 's/^ *Width: *\([0-9]*\).*/\1/p' | head -n 1)
[[ -n $width ]] || die "$clip: no video found"

# Frames up to the one at a second (at 30 a second), or to the end; each picture replaces the one before. The frame that brings the end is
# not let through itself.
gst-launch-1.0 -q compositor name=mix sink_0::xpos=0 sink_1::xpos="$width" ! \
  videoconvert ! "video/x-raw,format=RGB" ! identity eos-after=32 ! pngenc ! multifilesink location="$out" max-files=1 \
  filesrc location="$clip" ! decodebin ! tee name=both \
  both. ! queue ! mix.sink_0 \
  both. ! queue ! sam2overlay location="$npz" ! mix.sink_1
