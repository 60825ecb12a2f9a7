#!/usr/bin/env bash
# Draws the masks into a new mp4, and keeps sound and subtitles.
# Usage: write-mp4.sh [CLIP] [NPZ] [OUT.mp4] [PROPERTY=VALUE]...
#
# What to look for: the new file has as many frames as the clip, and every mask lies on its object in every frame. The element draws in the
# decoder's own pixel format, so nothing outside the masks changes before the frame is encoded again. An interrupted run leaves no file.
# write.py does the same for mov, mkv and webm.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"
use_plugin
use_clip "$@"
out=${3:-$out_dir/write-mp4.mp4}
exec "$root/pipelines/write.py" "$clip" "$npz" "$out" "${@:4}"
