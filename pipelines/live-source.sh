#!/usr/bin/env bash
# Draws masks over a live source.
# Usage: live-source.sh [NPZ] [OUT.mp4]
#
# The stream time of a live source does not begin at 0. The masks begin with the first frame nevertheless.
# at-end=loop repeats them. The source here is a test picture; for a camera, replace videotestsrc by v4l2src.
# What to look for: two seconds of moving masks that begin with the first frame.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"
use_plugin

npz=${1:-$out_dir/clip.npz}
out=${2:-$out_dir/live-source.mp4}
need_files "$npz"

gst-launch-1.0 -q videotestsrc is-live=true num-buffers=60 pattern=smpte ! \
  video/x-raw,width=640,height=360,framerate=30/1 ! \
  sam2overlay location="$npz" at-end=loop ! \
  videoconvert ! x264enc tune=zerolatency speed-preset=veryfast ! h264parse ! mp4mux ! filesink location="$out"
