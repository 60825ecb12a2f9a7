#!/usr/bin/env bash
# Installs a build into an empty directory, uses it from there, and uninstalls it.
# Usage: installed.sh BUILD-DIRECTORY
#
# GStreamer must find the plugin, a program must be able to link the archive by pkg-config, and no file may be left in the end. The build
# has the option -Ddefault_library=both. Files go to `installed` in the build directory.
set -euo pipefail
[[ $# == 1 && -d $1 ]] || {
  sed -n '2,6s/^# \{0,1\}//p' "$0"
  exit 2
}
build=$(realpath "$1")
export DESTDIR=$build/installed
rm -rf "$DESTDIR"
mkdir "$DESTDIR"
export GST_REGISTRY=$DESTDIR-registry.bin
rm -f "$GST_REGISTRY"

only() {
  local found
  found=$(find "$DESTDIR" -name "$1")
  [[ -f $found ]] || {
    echo "installed: $1 is missing, or is there more than once: $found" >&2
    exit 1
  }
  echo "$found"
}

meson install -C "$build" --no-rebuild --quiet
plugin=$(only libgstsam2overlay.so)
[[ $plugin == */gstreamer-1.0/libgstsam2overlay.so ]]
GST_PLUGIN_PATH=${plugin%/*} gst-inspect-1.0 sam2overlay >/dev/null

description=$(only gstsam2overlay.pc)
sed -i "s|^prefix=|&$DESTDIR|" "$description"
program=$DESTDIR-program
cat >"$program.c" <<'END'
#include <gst/gst.h>
GST_PLUGIN_STATIC_DECLARE(sam2overlay);
int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (gst_element_factory_find("sam2overlay") != NULL) return 2;  /* a plugin of the system would hide ours */
  GST_PLUGIN_STATIC_REGISTER(sam2overlay);
  return gst_element_factory_make("sam2overlay", NULL) != NULL ? 0 : 1;
}
END
read -ra flags <<<"$(PKG_CONFIG_PATH=${description%/*} pkg-config --static --cflags --libs gstsam2overlay)"
# The linker would prefer the plugin, which lies beside the archive.
flags=("${flags[@]/#-lgstsam2overlay/-l:libgstsam2overlay.a}")
cc "$program.c" -o "$program" "${flags[@]}"
GST_PLUGIN_SYSTEM_PATH='' "$program"

ninja -C "$build" uninstall >/dev/null
left=$(find "$DESTDIR" -type f -o -type l)
[[ -z $left ]] || {
  echo "uninstall leaves: $left" >&2
  exit 1
}
