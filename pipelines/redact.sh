#!/usr/bin/env bash
# Covers the objects with black, so that nothing of them can be seen.
# Usage: redact.sh [CLIP] [NPZ] [OUT] [PROPERTY=VALUE]...
#
# What to look for: nothing of the objects is left in the file; sound and subtitles are kept. A frame whose masks are not known ends the script
# with an error, and no file is written; missing=hide makes such frames black. Masks grow by margin=2 pixels. objects=1-2 covers these objects
# only. Masks are as good as the segmentation was: look at the whole result.
# OUT ends in .mp4, .mov, .mkv or .webm.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"
use_plugin
use_clip "$@"
out=${3:-$out_dir/redact.mp4}
exec "$root/pipelines/write.py" --look redact "$clip" "$npz" "$out" "${@:4}"
