// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/clip_length.hpp"

#include "element/owned.hpp"

namespace sam2::element {

std::optional<std::uint64_t> count_clip_frames(GstElement* element) {
  const Owned<GstPad> pad(gst_element_get_static_pad(element, "sink"));
  if (pad == nullptr) return std::nullopt;
  const Owned<GstCaps> caps(gst_pad_get_current_caps(pad.get()));
  gint numerator = 0;
  gint denominator = 1;
  const bool has_rate = caps != nullptr && gst_structure_get_fraction(gst_caps_get_structure(caps.get(), 0),
                                                                      "framerate", &numerator, &denominator);
  gint64 duration = 0;
  if (!has_rate || numerator <= 0 || !gst_pad_peer_query_duration(pad.get(), GST_FORMAT_TIME, &duration)) {
    return std::nullopt;
  }
  if (duration <= 0) return std::nullopt;
  return gst_util_uint64_scale_round(static_cast<guint64>(duration), static_cast<guint64>(numerator),
                                     static_cast<guint64>(denominator) * GST_SECOND);
}

bool is_length_of_clip(std::uint64_t masks, std::uint64_t frames) {
  constexpr std::uint64_t kShortClip = 30;
  constexpr std::uint64_t kShare = 200;
  const auto difference = masks > frames ? masks - frames : frames - masks;
  return difference <= (frames < kShortClip ? 0 : 1 + frames / kShare);
}

}  // namespace sam2::element
