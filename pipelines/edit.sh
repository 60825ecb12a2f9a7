#!/usr/bin/env bash
# Cuts a part out of a clip, with its masks, by the GStreamer editing services.
# Usage: edit.sh [CLIP] [NPZ] [START] [SECONDS] [OUT.mp4]
#
# START and SECONDS are times in the clip; the defaults are 1.0 and 2.0. What to look for: every mask lies on its object. An effect of the editing
# services sees the time of the cut, which begins at 0. Its in-point tells it where the cut begins in the clip, so it has to be the clip's.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"
install_missing ges1.0-tools
use_plugin
use_clip "$@"
start=${3:-1.0}
seconds=${4:-2.0}
out=${5:-$out_dir/edit.mp4}

# The editing services bring every clip to the rate of their video caps.
rate=$(gst-discoverer-1.0 -v "$clip" | sed -n 's/.*Frame rate: *//p' | head -n 1)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
ges-launch-1.0 --track-types video --video-caps "video/x-raw,framerate=$rate" \
  +clip "$clip" inpoint="$start" duration="$seconds" +effect "sam2overlay location=$npz" inpoint="$start" \
  --outputuri "file://$(realpath -m "$out")" --format "video/quicktime,variant=iso:video/x-h264" >"$log" 2>&1 || {
  cat "$log" >&2
  exit 1
}
