// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

namespace sam2::element {

/// Stream time that is time 0 of the masks.
enum class TimeOrigin {
  Auto,        ///< stream time of the stream's first frame, or 0 if that was not seen
  Stream,      ///< stream time 0
  FirstFrame,  ///< stream time of the first frame that arrives
};

/// What is shown between masks that are several frames apart.
enum class Interpolation {
  None,    ///< the previous mask
  Motion,  ///< the previous mask, moved along its track to the next one
};

/// What happens to a frame whose masks are not known.
enum class Missing {
  Show,   ///< it passes as it is
  Hide,   ///< all of it is covered
  Error,  ///< the stream ends
};

namespace detail {

template <typename Enumerator>
inline GType registered_type = G_TYPE_INVALID;

}  // namespace detail

/// Registers the GTypes of all enumerations that properties have, as part of the plugin's interface. Safe to repeat.
void register_enums();

/// The GType of an enumeration of a property. Its values are those of the enumerators.
template <typename Enumerator>
GType enum_type() {
  register_enums();
  return detail::registered_type<Enumerator>;
}

/// The name of an enumerator in property values, or "" for a value that has none.
const char* nick_in(GType type, gint value);
template <typename Enumerator>
const char* nick_of(Enumerator enumerator) {
  return nick_in(enum_type<Enumerator>(), static_cast<gint>(enumerator));
}

}  // namespace sam2::element
