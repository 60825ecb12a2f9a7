# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""A window from which files are dragged, as from a file manager, until they were dropped: drag_source.py FILE..."""
import sys

import gi

gi.require_version("Gtk", "4.0")
gi.require_version("Gdk", "4.0")
from gi.repository import Gdk, Gio, Gtk


def activate(app):
    window = Gtk.ApplicationWindow(application=app, title="drag source", decorated=False, default_width=90)
    files = Gdk.FileList.new_from_list([Gio.File.new_for_path(path) for path in sys.argv[1:]])
    drag = Gtk.DragSource(actions=Gdk.DragAction.COPY, content=Gdk.ContentProvider.new_for_value(files))
    drag.connect("drag-end", lambda *_: app.quit())
    drag.connect("drag-cancel", lambda *_: sys.exit("nobody took the files"))
    label = Gtk.Label(label="drag me")
    label.add_controller(drag)
    window.set_child(label)
    window.present()


application = Gtk.Application(flags=Gio.ApplicationFlags.NON_UNIQUE)
application.connect("activate", activate)
application.run([])
