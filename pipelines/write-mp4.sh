#!/usr/bin/env bash
# Draws the masks into a new mp4.
# Usage: write-mp4.sh [CLIP] [NPZ] [OUT.mp4]
#
# What to look for: the new file has as many frames as the clip, and every mask lies on its object in every frame. The element draws in the
# decoder's own pixel format, so nothing outside the masks changes before the frame is encoded again.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"
use_plugin

clip=${1:-$out_dir/clip.mp4}
npz=${2:-$out_dir/clip.npz}
out=${3:-$out_dir/write-mp4.mp4}
need_files "$clip" "$npz"

gst-launch-1.0 -q filesrc location="$clip" ! decodebin ! sam2overlay location="$npz" ! \
  videoconvert ! x264enc speed-preset=fast ! h264parse ! mp4mux ! filesink location="$out"
