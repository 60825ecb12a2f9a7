#!/usr/bin/env bash
# Draws the masks into one clip of a list. Run it as often as you like: what is done is skipped.
# Usage: process-one.sh MANIFEST [INDEX]
#
# MANIFEST has a line for each clip: CLIP, NPZ, OUT and, if wanted, PROPERTY=VALUE..., separated by tabs. Names are relative to the manifest.
# Empty lines and lines that begin with # do not count. INDEX counts from 1; without it, the index of a Slurm array task or of a Kubernetes
# indexed Job is taken.
#
# OUT is written to another name, gets its own when it has as many frames as CLIP, and is newer than CLIP and NPZ from then on. One line for
# each run goes to standard output and to MANIFEST.log: time, index, outcome, seconds, frames, OUT, and what went wrong.
# Exit codes: 0 done or skipped, 1 failed, 2 wrong usage, 75 another worker has this clip.
set -euo pipefail
# shellcheck source=pipelines/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
answer_options "" "$@"
use_plugin

usage() {
  printf '%s: %s (see --help)\n' "${0##*/}" "$1" >&2
  exit 2
}

manifest=${1:-}
[[ -f $manifest ]] || usage "${manifest:-no manifest}: no such file"
if (($# > 1)); then
  index=$2
elif [[ -n ${SLURM_ARRAY_TASK_ID:-} ]]; then
  index=$SLURM_ARRAY_TASK_ID
elif [[ -n ${JOB_COMPLETION_INDEX:-} ]]; then
  index=$((JOB_COMPLETION_INDEX + 1))
else
  usage "no index"
fi
[[ $index =~ ^[1-9][0-9]*$ ]] || usage "index '$index': expected a number from 1 on"

line=$(grep -vE '^[[:space:]]*(#|$)' "$manifest" | sed -n "${index}p")
[[ -n $line ]] || usage "$manifest has no line $index"
IFS=$'\t' read -r -a fields <<<"$line"
((${#fields[@]} >= 3)) || usage "line $index of $manifest: expected CLIP, NPZ and OUT, separated by tabs"
log=$(realpath "$manifest").log
cd "$(dirname "$manifest")"
clip=${fields[0]} npz=${fields[1]} out=${fields[2]}
begin=$(date +%s.%N)

# report OUTCOME FRAMES TEXT: the line of the log.
report() {
  local text
  text=$(printf '%s\t%s\t%s\t%.1f\t%s\t%s\t%s' "$(date -u +%FT%TZ)" "$index" "$1" \
    "$(awk -v a="$begin" -v b="$(date +%s.%N)" 'BEGIN {print b - a}')" "$2" "$out" "$3")
  printf '%s\n' "$text" | tee -a "$log"
}

fail() {
  report failed "${frames:-0}" "$1"
  exit 1
}

is_done() {
  [[ -f $out && $out -nt $clip && $out -nt $npz ]]
}

if is_done; then
  report skipped - ""
  exit 0
fi
# The lock ends with the process, however it ends.
work=$(dirname "$out")/.${out##*/}.work
mkdir -p "$work"
exec 9>"$work/lock"
if ! flock -n 9; then
  report busy - "another worker has this clip"
  exit 75
fi
# What a killed worker has left.
find "$work" -mindepth 1 -not -name lock -delete

part=$work/part.${out##*.}
errors=$("$root/pipelines/write.py" "$clip" "$npz" "$part" "${fields[@]:3}" 2>&1 >/dev/null) || fail "$(tail -n 1 <<<"$errors")"
read -r before frames < <("$root/pipelines/batch/count-frames.py" "$clip" "$part") || fail "frames cannot be counted"
[[ $before == "$frames" ]] || fail "$frames frames instead of $before; is $clip broken?"
mv "$part" "$out"
touch "$out"
rm -rf "$work"
report "done" "$frames" ""
