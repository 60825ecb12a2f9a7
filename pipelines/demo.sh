#!/usr/bin/env bash
# Shows the element at work: builds it, plays masks over a clip, and leaves a video and a picture.
# Usage: demo.sh [CLIP NPZ]
#
# The script first installs the Debian packages that are missing. Without arguments it makes a clip of a street scene with four objects and
# their masks (make-clip.sh). The picture has the original on the left and the masks on the right.
# OUT is the directory for the results (default: pipelines/out). SAM2OVERLAY_BUILD is the build directory (default: build).
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"

(($# == 0 || $# == 2)) || die "Usage: $0 [CLIP NPZ]"
if (($# == 2)); then
  for file in "$@"; do [[ -f $file ]] || die "$file: no such file"; done
  clip=$(realpath "$1")
  npz=$(realpath "$2")
fi

need_writable "$out_dir"
need_writable "$build"
install_missing "${build_packages[@]}" "${play_packages[@]}"
echo "Building"
# Debug information is a third of the compiler's work. A build that is there stays as it was set up.
options=()
[[ -f $build/build.ninja ]] || options=(-- -Ddebug=false)
build_into "$build" plugin/gstsam2overlay:shared_library "${options[@]}"
use_plugin

if (($# == 0)); then
  clip=$out_dir/clip.mp4
  npz=$out_dir/clip.npz
  echo "Making a clip and its masks"
  "$root/pipelines/make-clip.sh" "$clip" "$npz"
fi

"$root/pipelines/write-mp4.sh" "$clip" "$npz" "$out_dir/demo.mp4"
"$root/pipelines/side-by-side.sh" "$clip" "$npz" "$out_dir/demo.png"

echo "Video:   $out_dir/demo.mp4"
echo "Picture: $out_dir/demo.png"
