#!/usr/bin/env bash
# Cuts the objects out: all but them becomes transparent.
# Usage: cut-out.sh [CLIP] [NPZ] [OUT.mov] [PROPERTY=VALUE]...
#
# What to look for: over any other video, only the objects are seen; sound is kept. OUT ends in .mov and is ProRes 4444, which editors and
# ffmpeg read with its transparency. objects=1-2 cuts these objects out.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"
use_plugin
use_clip "$@"
out=${3:-$out_dir/cut-out.mov}
exec "$root/pipelines/write.py" --look cut-out "$clip" "$npz" "$out" "${@:4}"
