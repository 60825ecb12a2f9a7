#!/usr/bin/env bash
# Shows the element at work: ./pipelines/demo.sh [CLIP NPZ]
#
# Installs what is missing, builds, plays the masks of NPZ over CLIP, and leaves a video and a picture (original to the left, with masks to
# the right). Without arguments it makes a clip of two moving balls, and their masks with NumPy, as one would after SAM 2.
set -euo pipefail
source "$(dirname "$0")/common.sh"

(($# == 0 || $# == 2)) || die "Usage: $0 [CLIP NPZ]"
if (($# == 2)); then
  for file in "$@"; do [[ -f $file ]] || die "$file: no such file"; done
  clip=$(realpath "$1")
  npz=$(realpath "$2")
fi

out=${OUT:-$root/pipelines/out}
mkdir -p "$out"
install_missing "${build_packages[@]}" "${play_packages[@]}" python3-numpy
echo "Building"
build_into "$build" plugin/gstsam2overlay
use_plugin

if (($# == 0)); then
  clip=$out/clip.mp4
  npz=$out/clip.npz
  echo "Making a clip and its masks"
  "$root/pipelines/make-clip.sh" "$clip" "$npz"
fi

"$root/pipelines/write-mp4.sh" "$clip" "$npz" "$out/demo.mp4"
"$root/pipelines/side-by-side.sh" "$clip" "$npz" "$out/demo.png"

echo "Video:   $out/demo.mp4"
echo "Picture: $out/demo.png"
