// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/settings.hpp"

#include "drawing/effect_kinds.hpp"

namespace sam2::element {

clip::ClipOptions Settings::clip_options() const {
  clip::ClipOptions options;
  options.load.array = array;
  options.load.axes = axes;
  options.load.values = values;
  if (threshold != kAutoThreshold) options.load.threshold = threshold;
  options.load.max_memory = max_memory;
  options.tracking = tracking;
  return options;
}

timing::TimelineOptions Settings::timeline_options() const {
  timing::TimelineOptions options;
  if (max_hold <= G_MAXINT64) options.max_hold = static_cast<gint64>(max_hold);
  options.at_end = at_end;
  return options;
}

std::optional<Error> Settings::first_error() const {
  for (const auto& error : {look.colors.error, look.effect_color.error, look.objects.error, zones.error}) {
    if (error) return error;
  }
  return drawing::effect_error(look, nullptr);
}

}  // namespace sam2::element
