#!/usr/bin/env bash
# Draws the masks into a new mp4: write-mp4.sh [CLIP] [NPZ] [OUT.mp4]
#
# What to look for: the new file has as many frames as the clip, and every mask lies on its object in every one of them. Drawing happens in
# the decoder's own pixel format, so nothing outside the masks changes before it is encoded again.
set -euo pipefail
source "$(dirname "$0")/common.sh"
use_plugin

clip=${1:-$root/pipelines/out/clip.mp4}
npz=${2:-$root/pipelines/out/clip.npz}
out=${3:-$root/pipelines/out/write-mp4.mp4}

gst-launch-1.0 -q filesrc location="$clip" ! decodebin ! sam2overlay location="$npz" ! \
  videoconvert ! x264enc speed-preset=fast ! h264parse ! mp4mux ! filesink location="$out"
