#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Sends a clip with its masks by WebRTC, and shows what arrives.

Both sides are in this program and meet at the machine's own address. To send to a browser, keep the sender, and let
your signalling server carry what the function connect() hands over: the offer, the answer and the candidates.

Example:
  webrtc.py clip.mp4 clip.npz
  webrtc.py clip.mp4 clip.npz --save received.webm
"""
import importlib
import os
import time

from gstmasks.arguments import clip_parser
from gstmasks.gst import GLib, Gst, Problem, make
from gstmasks.media import look_at
from gstmasks.overlay import Overlay
from gstmasks.run import play_to_end, run

SENDER = (
    "filesrc name=file ! decodebin ! sam2overlay name=overlay ! videoconvert ! video/x-raw,format=I420 ! "
    "clocksync name=pace ! vp8enc deadline=1 cpu-used=8 target-bitrate=4000000 keyframe-max-dist=60 ! "
    "rtpvp8pay name=payloader ! "
    "application/x-rtp,media=video,encoding-name=VP8,payload=96 ! webrtcbin name=peer bundle-policy=max-bundle"
)
WINDOW = "rtpvp8depay ! vp8dec ! videoconvert ! autovideosink"
FILE = "rtpvp8depay ! webmmux ! filesink name=file"


def need_webrtc():
    """Errors: Problem that says what to install."""
    for name, package in (("nicesink", "gstreamer1.0-nice"), ("webrtcbin", "gstreamer1.0-plugins-bad")):
        if Gst.ElementFactory.find(name) is None:
            raise Problem(f"GStreamer has no {name}. Debian: apt install {package}")
    try:
        import gi

        gi.require_version("GstWebRTC", "1.0")
        # Without this, offers and answers have no type.
        importlib.import_module("gi.repository.GstWebRTC")
    except (ImportError, ValueError):
        raise Problem("GstWebRTC is not installed. Debian: apt install gir1.2-gst-plugins-bad-1.0") from None


def connect(sender, receiver):
    """Hands the offer, the answer and the candidates from one webrtcbin to the other."""
    for peer, other in ((sender, receiver), (receiver, sender)):
        peer.connect("on-ice-candidate", lambda _, line, text, to: to.emit("add-ice-candidate", line, text), other)

    def on_answer(promise):
        reply = promise.get_reply()  # which the answer is a part of
        answer = reply.get_value("answer")
        receiver.emit("set-local-description", answer, None)
        sender.emit("set-remote-description", answer, None)

    def on_offer(promise):
        reply = promise.get_reply()
        offer = reply.get_value("offer")
        sender.emit("set-local-description", offer, None)
        receiver.emit("set-remote-description", offer, None)
        receiver.emit("create-answer", None, Gst.Promise.new_with_change_func(on_answer))

    sender.connect(
        "on-negotiation-needed",
        lambda peer: peer.emit("create-offer", None, Gst.Promise.new_with_change_func(on_offer)),
    )


class Receiver:
    """The other side: decodes what comes, or saves it as it came."""

    def __init__(self, path):
        self.path, self.input = path, None
        self.pipeline, self.peer = Gst.Pipeline.new(), make("webrtcbin", bundle_policy="max-bundle")
        self.pipeline.add(self.peer)
        self.peer.connect("pad-added", self.on_pad)

    def on_pad(self, _, pad):
        if pad.direction != Gst.PadDirection.SRC:
            return
        output = Gst.parse_bin_from_description(FILE if self.path else WINDOW, True)
        if self.path:
            output.get_by_name("file").set_property("location", self.path)
        self.pipeline.add(output)
        output.sync_state_with_parent()
        self.input = output.get_static_pad("sink")
        pad.link(self.input)

    def finish(self):
        """Nobody tells the receiver that the clip has ended, and the last frames are still on their way."""
        if self.input is not None:
            time.sleep(0.5)
            self.input.send_event(Gst.Event.new_eos())


class Sender:
    """Plays the clip once the sides are connected: what is sent before that gets lost."""

    def __init__(self, clip, overlay):
        self.pipeline = Gst.parse_launch(SENDER)
        self.pipeline.get_by_name("file").set_property("location", clip)
        overlay.apply(self.pipeline.get_by_name("overlay"))
        self.peer, self.pace = self.pipeline.get_by_name("peer"), self.pipeline.get_by_name("pace")
        self.peer.connect("notify::connection-state", self.on_state)
        self.output = self.pipeline.get_by_name("payloader").get_static_pad("src")
        # Events pass: negotiation needs caps.
        blocked = Gst.PadProbeType.BLOCK | Gst.PadProbeType.BUFFER | Gst.PadProbeType.BUFFER_LIST
        self.block = self.output.add_probe(blocked, lambda *_: Gst.PadProbeReturn.OK)
        self.output.add_probe(Gst.PadProbeType.EVENT_DOWNSTREAM, self.on_event)
        GLib.timeout_add_seconds(30, self.on_timeout)

    def on_state(self, peer, _):
        if self.block and peer.get_property("connection-state").value_nick == "connected":
            # The frames are late by the time that connecting took.
            self.pace.set_property("ts-offset", self.pipeline.get_current_running_time())
            self.output.remove_probe(self.block)
            self.block = 0

    def on_event(self, _, info):
        """Posts the end of the stream, because a webrtcbin does not."""
        if info.get_event().type == Gst.EventType.EOS:
            self.pipeline.post_message(Gst.Message.new_eos(self.pipeline))
        return Gst.PadProbeReturn.OK

    def on_timeout(self):
        if self.block:
            error = GLib.Error.new_literal(
                Gst.CoreError.quark(), "the sides do not find each other; is there a network?", Gst.CoreError.FAILED
            )
            self.pipeline.post_message(Gst.Message.new_error(self.pipeline, error, ""))
        return GLib.SOURCE_REMOVE


def main():
    parser = clip_parser(__doc__)
    parser.add_argument("--save", metavar="OUT.webm", help="write what arrives to a file instead of to a window")
    options = parser.parse_intermixed_args()
    overlay = Overlay(options.npz, options.settings)
    media = look_at(options.clip)
    need_webrtc()
    sender, receiver = Sender(options.clip, overlay), Receiver(options.save)
    connect(sender.peer, receiver.peer)
    receiver.pipeline.set_state(Gst.State.PLAYING)
    try:
        play_to_end(sender.pipeline, media.duration, os.path.basename(options.clip), at_end=receiver.finish)
    finally:
        receiver.pipeline.set_state(Gst.State.NULL)
    if receiver.input is None:
        raise Problem("nothing arrived")


run(main)
