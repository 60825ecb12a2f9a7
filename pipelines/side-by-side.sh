#!/usr/bin/env bash
# Shows a clip before and after, side by side.
# Usage: side-by-side.sh [CLIP] [NPZ] [OUT.mp4 or OUT.png]
#
# A tee gives the same decoded frames to both halves. The element copies a frame that somebody else holds before it draws on it, so the left
# half stays as it was. What to look for: masks in the right half only. A name that ends in .png gets one picture, one second into the clip.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"
use_plugin

clip=${1:-$out_dir/clip.mp4}
npz=${2:-$out_dir/clip.npz}
out=${3:-$out_dir/side-by-side.mp4}
need_files "$clip" "$npz"

# Width of the left half; the halves are put beside each other by their borders.
width=$(gst-discoverer-1.0 -v "$clip" | sed -n 's/^ *Width: *\([0-9]*\).*/\1/p' | head -n 1)
[[ -n $width ]] || die "$clip: no video found"

if [[ $out == *.png ]]; then
  # Frames up to the one at a second (at 30 a second), or to the end; each picture replaces the one before. The frame that brings the end
  # is not let through itself.
  end=(videoconvert ! "video/x-raw,format=RGB" ! identity eos-after=32 ! pngenc ! multifilesink
    "location=$out" max-files=1)
else
  end=(videoconvert ! x264enc speed-preset=fast ! h264parse ! mp4mux ! filesink "location=$out")
fi

gst-launch-1.0 -q compositor name=mix sink_0::xpos=0 sink_1::xpos="$width" ! "${end[@]}" \
  filesrc location="$clip" ! decodebin ! tee name=both \
  both. ! queue ! mix.sink_0 \
  both. ! queue ! sam2overlay location="$npz" ! mix.sink_1
