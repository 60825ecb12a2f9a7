# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""The element sam2overlay with properties from the command line."""
import os

from .gst import Gst, Problem, make


class Overlay:
    """The masks and looks that an element shall have. settings: texts PROPERTY=VALUE, as in a launch line.

    Errors: Problem for a file or a property that is not there.
    """

    def __init__(self, npz, settings=()):
        if "%" not in npz and not os.path.isfile(npz):
            raise Problem(f"{npz}: no such file")
        self.npz, self.settings = npz, [setting.partition("=") for setting in settings]
        element = make("sam2overlay")
        for name, separator, value in self.settings:
            if not separator or element.find_property(name) is None:
                names = ", ".join(p.name for p in element.list_properties() if p.owner_type == element.__gtype__)
                raise Problem(
                    f"'{name}{separator}{value}': expected PROPERTY=VALUE with a property of sam2overlay: {names}"
                )

    def apply(self, element):
        """Sets the properties of a sam2overlay. Returns it."""
        element.set_property("location", self.npz)
        for name, _, value in self.settings:
            Gst.util_set_object_arg(element, name, value)
        return element
