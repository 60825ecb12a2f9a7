#!/usr/bin/env bash
# Draws the masks of an image into it.
# Usage: still-image.sh [IMAGE] [NPZ] [OUT.png]
#
# The masks of an image, an array (object, y, x) or (y, x), are shown on every frame. An image is a video of one frame.
# What to look for: all objects at once, in the colours of the SAM 2 demo. Without arguments the image is the demo clip's first frame, with
# the masks of that frame.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"
use_plugin

image=${1:-$out_dir/frame.png}
npz=${2:-$out_dir/frame.npz}
out=${3:-$out_dir/still-image.png}

if (($# == 0)); then
  need_files "$out_dir/clip.mp4" "$out_dir/clip.npz"
  gst-launch-1.0 -q filesrc location="$out_dir/clip.mp4" ! decodebin ! videoconvert ! \
    pngenc snapshot=true ! filesink location="$image"
  first_masks "$out_dir/clip.npz" "$npz"
fi

need_files "$image" "$npz"
gst-launch-1.0 -q filesrc location="$image" ! decodebin ! videoconvert ! \
  sam2overlay location="$npz" palette=sam2 ! videoconvert ! pngenc snapshot=true ! filesink location="$out"
