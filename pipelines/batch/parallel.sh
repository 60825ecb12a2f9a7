#!/usr/bin/env bash
# Draws the masks into all clips of a list, on this machine, by GNU parallel.
# Usage: parallel.sh MANIFEST [JOBS]
#
# JOBS is how many clips are worked on at once (default: half the number of cores, since the encoder has several threads). Run it again after
# a failure: it does exactly what is missing. The exit code is the number of clips that failed.
set -euo pipefail
# shellcheck source=pipelines/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
answer_options "" "$@"

manifest=${1:-}
[[ -f $manifest ]] || die "${manifest:-no manifest}: no such file (see --help)"
command -v parallel >/dev/null || die "GNU parallel is not installed. Debian: apt install parallel"
cores=$(nproc)
jobs=${2:-$((cores > 1 ? cores / 2 : 1))}
count=$(grep -cvE '^[[:space:]]*(#|$)' "$manifest" || true)
progress=()
[[ ! -t 2 ]] || progress=(--bar)
seq "$count" | parallel --will-cite --line-buffer "${progress[@]}" --jobs "$jobs" "$root/pipelines/batch/process-one.sh" "$manifest" "{}"
