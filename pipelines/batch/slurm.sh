#!/usr/bin/env bash
# Draws the masks into all clips of a list, on a cluster, by a Slurm job array.
# Usage: slurm.sh MANIFEST [--] [SBATCH-OPTION]...
#
# Each clip is a task of the array. Options go to sbatch, such as --cpus-per-task=4 --time=30 --wait. Manifest, clips and this project lie on a
# file system that all nodes share. Submit again after a failure: it does exactly what is missing. Lists that are longer than the cluster's
# MaxArraySize become several arrays. The job numbers go to standard output.
set -euo pipefail
# shellcheck source=pipelines/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
[[ ${1:-} == -- ]] || answer_options "" "${@:1:1}"

manifest=${1:-}
[[ -f $manifest ]] || die "${manifest:-no manifest}: no such file (see --help)"
shift
[[ ${1:-} != -- ]] || shift
command -v sbatch >/dev/null || die "sbatch is not there: this is no machine of a Slurm cluster"
manifest=$(realpath "$manifest")
count=$(grep -cvE '^[[:space:]]*(#|$)' "$manifest" || true)
# Indices of an array stay below MaxArraySize.
most=$(($(scontrol show config | sed -n 's/^MaxArraySize *= *//p') - 1))
for ((first = 0; first < count; first += most)); do
  last=$((count - first < most ? count - first : most))
  sbatch --parsable --job-name=masks --array="1-$last" --output="$manifest.slurm-%A_%a.out" "$@" \
    --wrap "exec '$root/pipelines/batch/process-one.sh' '$manifest' \$((SLURM_ARRAY_TASK_ID + $first))"
done
