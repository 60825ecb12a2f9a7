#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Serves a clip with its masks by RTSP, as a camera would: all clients see the same picture. With --on-demand, each
client plays the clip from its begin, and may pause and seek.

Only programs of this machine can connect, unless --address names another address (0.0.0.0: all). The server asks for no
password.

Example:
  rtsp.py clip.mp4 clip.npz
  gst-play-1.0 rtsp://127.0.0.1:8554/masks
"""
import sys

from gstmasks.arguments import clip_parser
from gstmasks.gst import GLib, Gst, Problem
from gstmasks.media import look_at
from gstmasks.overlay import Overlay
from gstmasks.run import run

try:
    import gi

    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GstRtspServer
except (ImportError, ValueError):
    sys.exit("GStreamer's RTSP server is not installed. Debian: apt install gir1.2-gst-rtsp-server-1.0")

# Repeated masks need at-end=loop only where the clip itself goes on; here each round begins at time 0 again.
FLOW = (
    "( filesrc name=file ! decodebin ! sam2overlay name=overlay ! videoconvert ! video/x-raw,format=I420 ! "
    "x264enc tune=zerolatency speed-preset=veryfast key-int-max=30 ! rtph264pay name=pay0 config-interval=1 )"
)


class Factory(GstRtspServer.RTSPMediaFactory):
    """Makes the pipeline of all clients, or one for each."""

    def __init__(self, clip, overlay, is_shared):
        super().__init__()
        self.clip, self.overlay = clip, overlay
        self.set_shared(is_shared)

    def do_create_element(self, url):
        element = Gst.parse_launch(FLOW)
        element.get_by_name("file").set_property("location", self.clip)
        self.overlay.apply(element.get_by_name("overlay"))
        return element


def main():
    parser = clip_parser(__doc__)
    parser.add_argument("--address", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", default="8554", help="port; 0 takes a free one (default: %(default)s)")
    parser.add_argument("--on-demand", action="store_true", help="each client plays the clip for itself")
    options = parser.parse_intermixed_args()
    look_at(options.clip)
    factory = Factory(options.clip, Overlay(options.npz, options.settings), not options.on_demand)
    server = GstRtspServer.RTSPServer(address=options.address, service=options.port)
    server.get_mount_points().add_factory("/masks", factory)
    if server.attach(None) == 0:
        raise Problem(f"port {options.port} of {options.address} cannot be listened on; is another server running?")
    print(f"rtsp://{options.address}:{server.get_bound_port()}/masks", flush=True)
    GLib.MainLoop().run()


run(main)
