#!/usr/bin/env bash
# Writes a video of the masks alone: white where an object is, black elsewhere.
# Usage: mask-video.sh [CLIP] [NPZ] [OUT] [PROPERTY=VALUE]...
#
# What to look for: each object is white; colors=#ff0000,#00ff00 gives them colours.
# OUT ends in .mp4, .mov, .mkv or .webm.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"
use_plugin
use_clip "$@"
out=${3:-$out_dir/mask-video.mp4}
exec "$root/pipelines/write.py" --layout masks-only "$clip" "$npz" "$out" "${@:4}"
