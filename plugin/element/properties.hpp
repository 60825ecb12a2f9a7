// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <optional>

#include "base/error.hpp"
#include "element/settings.hpp"

namespace sam2::element {

/// Installs all properties. Their ids are 1, 2, 3 ... in the order of the table in properties.cpp.
void install_properties(GObjectClass* object_class);

/// The result of setting a property.
struct Change {
  bool changed = false;
  std::optional<Error> error;  ///< the text could not be parsed; the last valid text stays in force
};

/// Sets the property with this id. `value` must be of the property's type.
Change set_setting(Settings& settings, guint id, const GValue* value);

/// Reads the property with this id. Returns false if the property is not a setting: the element computes its value.
bool get_setting(const Settings& settings, guint id, GValue* value);

}  // namespace sam2::element
