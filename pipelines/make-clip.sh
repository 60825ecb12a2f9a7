#!/usr/bin/env bash
# Makes a clip of two balls that fly over a moving pattern, and their masks: make-clip.sh CLIP.mp4 MASKS.npz
#
# Each ball is rendered once into the clip and once alone; NumPy cuts the masks out of the latter, frame by frame, where a real project has
# SAM 2. What to look for when they are played: each mask lies exactly on its ball, in every frame.
set -euo pipefail
source "$(dirname "$0")/common.sh"

(($# == 2)) || die "Usage: $0 CLIP.mp4 MASKS.npz"
size="width=640,height=360,framerate=30/1"
frames=120
turns=(identity 180)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# ball FORMAT TURN OPTION...: one ball over nothing. The test source draws small ones, so they are rendered at half the size.
ball() {
  echo videotestsrc num-buffers=$frames pattern=ball motion=wavy animation-mode=frames background-color=0x00000000 \
    "${@:3}" ! "video/x-raw,format=$1,width=320,height=180,framerate=30/1" ! videoflip "video-direction=$2" ! videoscale ! \
    "video/x-raw,$size"
}

for i in "${!turns[@]}"; do
  # shellcheck disable=SC2046
  gst-launch-1.0 -q $(ball GRAY8 "${turns[i]}") ! \
    filesink location="$scratch/ball$i.gray"
done

# shellcheck disable=SC2046
gst-launch-1.0 -q \
  compositor name=mix ! "video/x-raw,format=AYUV,$size" ! videoconvert ! video/x-raw,format=I420 ! \
  x264enc speed-preset=fast quantizer=18 pass=quant ! \
  h264parse ! mp4mux ! filesink location="$1" \
  videotestsrc num-buffers=$frames pattern=zone-plate kx2=12 ky2=12 kt=3 ! "video/x-raw,$size" ! \
  videobalance contrast=0.35 brightness=-0.1 ! mix. \
  $(ball AYUV "${turns[0]}" foreground-color=0xffe8e0d0) ! mix. \
  $(ball AYUV "${turns[1]}" foreground-color=0xffd0b090) ! mix.

# Debian's Python, for which its NumPy is.
/usr/bin/python3 - "$2" "$scratch"/ball*.gray <<'PYTHON'
import sys
import numpy as np

masks = [np.fromfile(path, np.uint8).reshape(-1, 360, 640) > 127 for path in sys.argv[2:]]
np.savez_compressed(
    sys.argv[1],
    masks=np.stack(masks, axis=1),  # (frame, object, y, x)
    object_ids=np.arange(1, len(masks) + 1),
    frame_indices=np.arange(len(masks[0])),
    fps=np.float64(30),
)
PYTHON
