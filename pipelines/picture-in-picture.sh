#!/usr/bin/env bash
# Shows the clip with its masks, and small in a corner the clip as it came.
# Usage: picture-in-picture.sh [CLIP] [NPZ] [OUT] [PROPERTY=VALUE]...
#
# What to look for: the small picture has no masks; sound and subtitles are kept.
# OUT ends in .mp4, .mov, .mkv or .webm.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"
use_plugin
use_clip "$@"
out=${3:-$out_dir/picture-in-picture.mp4}
exec "$root/pipelines/write.py" --layout picture-in-picture "$clip" "$npz" "$out" "${@:4}"
