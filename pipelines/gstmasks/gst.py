# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""GStreamer's modules, and the one line that says what to install where they are not there."""
import os
import sys


def use_plugin():
    """Lets GStreamer find the plugin of the build directory, as common.sh does."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    build = os.environ.get("SAM2OVERLAY_BUILD") or os.path.join(root, "build")
    if os.path.isdir(os.path.join(build, "plugin")):
        paths = [os.path.join(build, "plugin"), os.environ.get("GST_PLUGIN_PATH")]
        os.environ["GST_PLUGIN_PATH"] = ":".join(path for path in paths if path)
        os.environ.setdefault("GST_REGISTRY", os.path.join(build, "registry.bin"))


use_plugin()
try:
    import gi

    gi.require_version("Gst", "1.0")
    gi.require_version("GstPbutils", "1.0")
    from gi.repository import GLib, Gst, GstPbutils
except (ImportError, ValueError) as error:
    sys.exit(
        f"GStreamer's Python bindings are not installed ({error}). Debian: apt install python3-gst-1.0. The scripts "
        "need Debian's Python, /usr/bin/python3."
    )

Gst.init(None)

__all__ = ["GLib", "Gst", "GstPbutils", "Problem", "make"]


class Problem(Exception):
    """Something that the user can solve, in one line."""


# Debian's package of each element that a pipeline may miss.
PACKAGES = {
    "sam2overlay": "this project's plugin: meson devenv -C build, or set GST_PLUGIN_PATH to build/plugin",
    "x264enc": "gstreamer1.0-plugins-ugly",
    "avenc_aac": "gstreamer1.0-libav",
}


def make(name, **properties):
    """A new element. Errors: Problem that says where to get it."""
    element = Gst.ElementFactory.make(name, None)
    if element is None:
        where = PACKAGES.get(name, "gstreamer1.0-plugins-base, -good, -bad")
        raise Problem(f"GStreamer has no element {name}; it is in {where}")
    for key, value in properties.items():
        Gst.util_set_object_arg(element, key.rstrip("_").replace("_", "-"), str(value))
    return element
