#!/usr/bin/env bash
# Plays a clip with its masks in a window: play.sh [CLIP] [NPZ]
#
# What to look for: every object in a colour of its own, with an outline and a disc at its centroid; playback in real time. SINK names
# another sink, e.g. SINK=fakesink where there is no display.
set -euo pipefail
source "$(dirname "$0")/common.sh"
use_plugin

clip=${1:-$root/pipelines/out/clip.mp4}
npz=${2:-$root/pipelines/out/clip.npz}

gst-launch-1.0 -q filesrc location="$clip" ! decodebin ! sam2overlay location="$npz" ! \
  videoconvert ! "${SINK:-autovideosink}"
