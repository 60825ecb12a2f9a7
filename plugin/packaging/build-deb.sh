#!/usr/bin/env bash
# Builds the Debian packages gstreamer1.0-sam2overlay and sam2overlay-player, and checks them with lintian.
# Usage: build-deb.sh [DIRECTORY]
#
# The script first installs the Debian packages that a build needs and that are missing. The packages go into DIRECTORY
# (default: packages in OUT, which is pipelines/out).
set -euo pipefail
# shellcheck source=pipelines/common.sh
source "$(dirname "$0")/../../pipelines/common.sh"
answer_options "" "$@"

(($# <= 1)) || die "Usage: $0 [DIRECTORY]"
packages=$(realpath -m "${1:-$out_dir/packages}")
need_writable "$packages"
cd "$root"

install_missing "${build_packages[@]}" build-essential libgtk-4-dev debhelper dpkg-dev git lintian
install_analytics

field() {
  dpkg-parsechangelog --file plugin/packaging/debian/changelog --show-field "$1"
}

name=$(field Source)
version=$(field Version)
upstream=${version%-*}
grep -q "^  version: '$upstream'," meson.build || die "debian/changelog and meson.build disagree about the version"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/$name-$upstream"
cd "$work/$name-$upstream"
# What git does not track stays behind, a build directory above all.
git -C "$root" -c safe.directory="$root" ls-files -z | tar --create --directory "$root" --null --files-from=- | tar --extract
tar --create --xz --directory "$work" --file "$work/${name}_$upstream.orig.tar.xz" "$name-$upstream"
cp -r plugin/packaging/debian .
dpkg-buildpackage --no-sign
# Lintian's own words about root are no concern of a package's.
lintian --allow-root --fail-on error,warning --display-info "$work"/*.changes
find "$work" -maxdepth 1 -type f -exec mv -t "$packages" {} +
find "$packages" -name '*.deb' | sort
