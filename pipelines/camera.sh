#!/usr/bin/env bash
# Shows a camera with the masks of a still: zones, a logo, or what a picture of the place was segmented into.
# Usage: camera.sh [NPZ] [OUT.mp4 or window] [PROPERTY=VALUE]...
#
# NPZ has the masks of one picture, (object, y, x) or (y, x), which are shown on every frame. CAMERA is the camera, such as /dev/video0;
# without it a test picture stands in for one. FRAMES is how many frames are taken (default: 90; 0: until the script is interrupted). The name window
# shows it on the screen. What to look for: the masks stay where they are, in every frame.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"
use_plugin

npz=${1:-$out_dir/frame.npz}
out=${2:-$out_dir/camera.mp4}
if [[ ! -f $npz ]] && (($# == 0)) && [[ -f $out_dir/clip.npz ]]; then
  first_masks "$out_dir/clip.npz" "$npz"
fi
need_files "$npz"

frames=${FRAMES:-90}
((frames > 0)) || frames=-1
if [[ -n ${CAMERA:-} ]]; then
  [[ -e $CAMERA ]] || die "$CAMERA: no such camera. v4l2-ctl --list-devices lists those that are there."
  # Many cameras give large pictures as JPEG only; decodebin takes both.
  source=(v4l2src "device=$CAMERA" "num-buffers=$frames" ! decodebin)
else
  source=(videotestsrc is-live=true pattern=smpte "num-buffers=$frames" ! "video/x-raw,width=640,height=360,framerate=30/1")
fi
if [[ $out == window ]]; then
  end=("${SINK:-autovideosink}")
else
  end=("video/x-raw,format=I420" ! x264enc tune=zerolatency speed-preset=veryfast ! h264parse ! mp4mux ! filesink "location=$out")
fi
# -e: an interrupted recording still gets its index.
gst-launch-1.0 -q -e "${source[@]}" ! sam2overlay location="$npz" time-origin=first-frame "${@:3}" ! videoconvert ! "${end[@]}"
