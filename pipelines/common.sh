# shellcheck shell=bash
# The scripts that source this file use its variables.
# shellcheck disable=SC2034
# Sourced by the scripts of this project: options, installing what is missing, and building.
#
# Two variables say where the scripts write. SAM2OVERLAY_BUILD is the build directory. OUT is the directory for clips, masks and pictures.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$(realpath -m "${SAM2OVERLAY_BUILD:-$root/build}")
out_dir=$(realpath -m "${OUT:-$root/pipelines/out}")

build_packages=(g++ meson ninja-build pkg-config libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev libzip-dev
  libisal-dev libopencv-imgproc-dev libopencv-photo-dev libpango1.0-dev nlohmann-json3-dev)
play_packages=(gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-base-apps gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
  gstreamer1.0-plugins-ugly gstreamer1.0-libav python3-gst-1.0 python3-numpy python3-pil)

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# answer_options "KNOWN OPTIONS" ARGUMENT...: --help and -h print the comment at the top of the script and end it. An unknown option ends it
# with exit code 2.
answer_options() {
  local known=$1 argument
  shift
  for argument in "$@"; do
    case $argument in
      -h | --help)
        sed -n '2,/^[^#]/ s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
      -*)
        [[ " $known " == *" $argument "* ]] && continue
        printf '%s: unknown option %s (see --help)\n' "${0##*/}" "$argument" >&2
        exit 2
        ;;
    esac
  done
}

# need_writable DIRECTORY: creates the directory, or ends the script with one line that says what to set.
need_writable() {
  { mkdir -p "$1" 2>/dev/null && [[ -w $1 ]]; } ||
    die "$1 cannot be written to. Set OUT (clips and pictures) and SAM2OVERLAY_BUILD (the build) to directories that can be written to."
}

# need_files FILE...: ends the script with one line if a file does not exist.
need_files() {
  local file
  for file in "$@"; do [[ -f $file ]] || die "$file: no such file. pipelines/demo.sh makes the clip and the masks of the examples."; done
}

is_installed() {
  # pkg-config is a virtual package on Debian 13.
  [[ $1 == pkg-config ]] && command -v pkg-config >/dev/null && return
  dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

# keep_in LOG: copies standard input into LOG. A terminal shows the latest line, so that one can see that long work goes on.
keep_in() {
  if [[ -t 1 ]]; then
    tee "$1" | while IFS= read -r line; do printf '\r\033[K  %.76s' "$line"; done
    printf '\r\033[K'
  else
    cat >"$1"
  fi
}

# install_missing PACKAGE...: through apt-get, as root or with sudo, without a question; nothing where all are there.
install_missing() {
  command -v apt-get >/dev/null || {
    echo "This is no Debian; the packages needed are called there: $*" >&2
    return
  }
  local missing=() package
  for package in "$@"; do is_installed "$package" || missing+=("$package"); done
  ((${#missing[@]})) || return 0
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "Please install as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  echo "Installing ${missing[*]} (minutes, on a fresh system)"
  local log
  log=$(mktemp)
  if ! {
    "${as_root[@]}" apt-get update &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
  } </dev/null 2>&1 | keep_in "$log"; then
    tail -n 20 "$log" >&2
    die "apt-get failed"
  fi
  rm -f "$log"
}

# install_analytics: the headers of GstAnalytics, which come with OpenCV's, after all that a build needs; nothing where GStreamer is too old.
install_analytics() {
  pkg-config --atleast-version=1.26 gstreamer-1.0 || return 0
  install_missing libgstreamer-plugins-bad1.0-dev
}

# build_into DIRECTORY TARGET... -- OPTION...: sets the directory up if it is new, and builds the targets, or everything.
build_into() {
  local directory=$1 targets=() log
  shift
  while (($#)) && [[ $1 != -- ]]; do
    targets+=("$1")
    shift
  done
  shift || true
  need_writable "$directory"
  log=$(mktemp)
  if ! {
    if [[ -f $directory/build.ninja ]]; then
      (($# == 0)) || meson configure "$directory" "$@"
    else
      meson setup "$directory" "$root" "$@"
    fi && meson compile -C "$directory" "${targets[@]}"
  } </dev/null 2>&1 | keep_in "$log"; then
    tail -n 60 "$log" >&2
    die "The build in $directory failed"
  fi
  rm -f "$log"
}

# use_plugin: GStreamer programs started from here on find the plugin of the build directory.
use_plugin() {
  export GST_PLUGIN_PATH="$build/plugin${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}"
  export GST_REGISTRY="$build/registry.bin"
}

# use_clip [CLIP] [NPZ]: sets clip and npz, by default to those of the examples, and ends the script if one of the files does not exist.
use_clip() {
  clip=${1:-$out_dir/clip.mp4}
  npz=${2:-$out_dir/clip.npz}
  need_files "$clip" "$npz"
}

# first_masks CLIP.npz IMAGE.npz: saves the masks of a clip's first frame as those of an image.
first_masks() {
  /usr/bin/python3 -c 'import sys, numpy as np
clip = np.load(sys.argv[1])
np.savez_compressed(sys.argv[2], masks=clip["masks"][0], object_ids=clip["object_ids"])' "$1" "$2"
}
