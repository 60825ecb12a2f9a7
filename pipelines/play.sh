#!/usr/bin/env bash
# Plays a clip with its masks and its sound in a window.
# Usage: play.sh [CLIP] [NPZ] [PROPERTY=VALUE]...
#
# What to look for: every object has a colour of its own, an outline and a disc at its centroid, and playback is in real time.
# SINK is the sink (default: autovideosink). SINK=fakesink plays without a display. Where there is no display, one line says so, and the
# clip is played without a window.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"
use_plugin
use_clip "$@"
exec "$root/pipelines/play.py" "$clip" "$npz" "${@:3}"
