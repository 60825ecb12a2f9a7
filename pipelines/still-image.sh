#!/usr/bin/env bash
# Draws the masks of an image into it: still-image.sh [IMAGE] [NPZ] [OUT.png]
#
# The masks of an image, an array (object, y, x) or (y, x), are shown on every frame, and an image is a video of one frame.
# What to look for: all objects at once, in the colours of the SAM 2 demo. Without arguments the image is the demo clip's first frame, and
# the masks are those that belong to it.
set -euo pipefail
source "$(dirname "$0")/common.sh"
use_plugin

image=${1:-$root/pipelines/out/frame.png}
npz=${2:-$root/pipelines/out/frame.npz}
out=${3:-$root/pipelines/out/still-image.png}

if (($# == 0)); then
  gst-launch-1.0 -q filesrc location="$root/pipelines/out/clip.mp4" ! decodebin ! videoconvert ! \
    pngenc snapshot=true ! filesink location="$image"
  /usr/bin/python3 -c 'import sys, numpy as np
clip = np.load(sys.argv[1])
np.savez_compressed(sys.argv[2], masks=clip["masks"][0], object_ids=clip["object_ids"])' \
    "$root/pipelines/out/clip.npz" "$npz"
fi

gst-launch-1.0 -q filesrc location="$image" ! decodebin ! videoconvert ! \
  sam2overlay location="$npz" palette=sam2 ! videoconvert ! pngenc snapshot=true ! filesink location="$out"
