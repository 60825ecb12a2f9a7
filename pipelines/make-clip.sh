#!/usr/bin/env bash
# Makes a clip of a street scene and the masks of its four objects.
# Usage: make-clip.sh CLIP.mp4 MASKS.npz
#
# scene.py draws two people, a car and a dog, and saves the mask of each of them, where a real project has SAM 2. The clip has 120 frames of
# 640x360 at 30 frames a second. What to look for when they are played: each mask lies exactly on its object, in every frame.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"

(($# == 2)) || die "Usage: $0 CLIP.mp4 MASKS.npz"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Debian's Python: its NumPy is installed for no other.
/usr/bin/python3 "$root/pipelines/scene.py" 640 360 0 120 "$scratch/scene.rgb" "$2"

gst-launch-1.0 -q filesrc location="$scratch/scene.rgb" ! rawvideoparse format=rgb width=640 height=360 framerate=30/1 ! \
  videoconvert ! video/x-raw,format=I420 ! x264enc speed-preset=fast quantizer=18 pass=quant ! \
  h264parse ! mp4mux ! filesink location="$1"
