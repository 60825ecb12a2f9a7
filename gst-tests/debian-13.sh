#!/usr/bin/env bash
# Builds the element in a Debian 13 root, whose GStreamer has GstAnalytics, and runs the test of GstAnalytics in it.
# Usage: debian-13.sh DIRECTORY
#
# The script makes the root in DIRECTORY, or uses the one that is in it. It must run as root. Exit code 77 means that the root cannot be
# made on this machine.
set -euo pipefail
# shellcheck source=pipelines/common.sh
source "$(dirname "$0")/../pipelines/common.sh"
answer_options "" "$@"

(($# == 1)) || die "Usage: $0 DIRECTORY"
target=$(realpath -m "$1")
cd "$root"

# What a build needs, and the elements that the tests use.
packages=("${build_packages[@]}" ca-certificates gstreamer1.0-plugins-base libgstreamer-plugins-bad1.0-0)
# Only what they have of GstAnalytics: they depend on OpenCV and on much else that nothing here uses.
analytics_packages=(libgstreamer-plugins-bad1.0-dev gstreamer1.0-plugins-bad)

inside() {
  chroot "$target" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    bash -euc "$1"
}

mirror() {
  # shellcheck disable=SC2016 # apt's own placeholder
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1
}

make_root() {
  install_missing debootstrap &&
    timeout 600 debootstrap --variant=minbase trixie "$target" "$(mirror)" &&
    inside "timeout 600 apt-get install --yes --no-install-recommends ${packages[*]}" &&
    inside "mkdir /analytics && cd /analytics && timeout 600 apt-get download ${analytics_packages[*]} &&
      for file in *.deb; do dpkg-deb --fsys-tarfile \$file | tar --extract --directory / --wildcards '*analytics*'; done" &&
    touch "$target/is-complete"
}

[[ -f $target/is-complete ]] || (make_root) || exit 77
mkdir -p "$target/sam2overlay"
tar --create --exclude='./build*' --exclude=./.git --exclude=./pipelines/out . | tar --extract --directory "$target/sam2overlay"
inside 'cd /sam2overlay && { [[ -d build ]] || meson setup build -Dwerror=false -Dtests=enabled -Danalytics=enabled -Doptimization=0 -Ddebug=false; } &&
  meson compile -C build gstsam2overlay sam2overlay_analytics_test &&
  meson test -C build --no-rebuild --print-errorlogs sam2overlay_analytics_test'
