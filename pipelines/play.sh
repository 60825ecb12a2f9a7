#!/usr/bin/env bash
# Plays a clip with its masks in a window.
# Usage: play.sh [CLIP] [NPZ]
#
# What to look for: every object has a colour of its own, an outline and a disc at its centroid, and playback is in real time.
# SINK is the sink (default: autovideosink). SINK=fakesink plays without a display.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"
use_plugin

clip=${1:-$out_dir/clip.mp4}
npz=${2:-$out_dir/clip.npz}
need_files "$clip" "$npz"
# Some sinks crash without a display.
[[ -n ${SINK:-}${DISPLAY:-}${WAYLAND_DISPLAY:-} ]] ||
  die "No display: DISPLAY and WAYLAND_DISPLAY are not set. SINK=fakesink plays without a window."

gst-launch-1.0 -q filesrc location="$clip" ! decodebin ! sam2overlay location="$npz" ! \
  videoconvert ! "${SINK:-autovideosink}"
