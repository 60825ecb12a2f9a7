#!/usr/bin/env bash
# Renders the pictures of the README, one for each look.
# Usage: gallery.sh [DIRECTORY]
#
# The default is pipelines/gallery. The pictures show one frame of the scene that scene.py draws. The frame goes to the element as raw
# video, so that no encoder changes it.
set -euo pipefail
source "$(dirname "$0")/common.sh"
answer_options "" "$@"
use_plugin

target=$(realpath -m "${1:-$root/pipelines/gallery}")
need_writable "$target"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

width=480 height=270 frame=100
/usr/bin/python3 "$root/pipelines/scene.py" $width $height $frame 1 scene.rgb scene.npz
/usr/bin/python3 - <<'PYTHON'
import numpy as np

clip = dict(np.load("scene.npz"))
masks = clip["masks"]
# A sixth of the size, as of a model that works on small pictures.
np.savez_compressed("small.npz", **{**clip, "masks": masks[:, :, 3::6, 3::6]})
# Every 15th mask, as of a clip that was segmented twice a second.
np.savez_compressed("sparse.npz", **{**clip, "masks": masks[::15], "frame_indices": clip["frame_indices"][::15]})
# Masks of the picture in the middle, without the bars to its left and right.
np.savez_compressed("middle.npz", **{**clip, "masks": masks[:, :, :, 60:420]})
PYTHON

# The only frame of scene.rgb comes at time 0. ts-offset brings the masks that belong to it.
shift=-$((frame * 1000000000 / 30))
source=(filesrc location=scene.rgb ! rawvideoparse format=rgb "width=$width" "height=$height" framerate=30/1)
end=(videoconvert ! "video/x-raw,format=RGB" ! pngenc compression-level=9 snapshot=true ! filesink)

# look NAME PROPERTY...: one picture of the scene.
look() {
  local name=$1
  shift
  gst-launch-1.0 -q "${source[@]}" ! sam2overlay location=scene.npz ts-offset="$shift" "$@" ! "${end[@]}" "location=$target/$name.png"
}

look default
look fill draw=fill
look contour draw=contour line-width=2
look labels draw=contour+box+label line-width=2
look trail draw=fill+trail trail-length=1500000000 line-width=3
look objects objects=1,4
look hide draw=fill opacity=1 colors=#202020 objects=1-2
look palette palette=sam2 opacity=0.7
look edges-hard draw=fill+contour location=small.npz line-width=2
look edges-smooth draw=fill+contour location=small.npz edges=smooth line-width=2
look blur draw=0 object-effect=blur
look pixelate draw=0 object-effect=pixelate objects=1-2
look portrait draw=0 background-effect=blur
look spotlight draw=0 background-effect=dim effect-strength=0.7 objects=3
look zones draw=contour+centroid+zone line-width=2 "zones=gate:0.5,0.3 0.5,1; left:0,0.3 0.4,0.3 0.4,1 0,1"
look sparse draw=fill+contour location=sparse.npz
look motion draw=fill+contour location=sparse.npz interpolation=motion

# Masks that do not have the bars of the picture.
for fit in stretch contain; do
  gst-launch-1.0 -q "${source[@]}" ! videocrop left=60 right=60 ! videobox left=-60 right=-60 ! \
    sam2overlay location=middle.npz ts-offset="$shift" fit=$fit ! "${end[@]}" "location=$target/fit-$fit.png"
done

# The left half is the frame as it came, the right half has the masks.
gst-launch-1.0 -q compositor name=mix background=white sink_0::xpos=0 sink_1::xpos=$((width + 8)) ! "${end[@]}" "location=$target/hero.png" \
  "${source[@]}" ! tee name=both \
  both. ! queue ! mix.sink_0 \
  both. ! queue ! sam2overlay location=scene.npz ts-offset="$shift" draw=fill+contour+trail+label ! mix.sink_1
