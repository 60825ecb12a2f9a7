// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/unknown_masks.hpp"

#include <string>

namespace sam2::element {
namespace {

struct Reason {
  ErrorCode code;
  const char* text;
};

Reason reason_of(Unknown unknown) {
  // No default: the compiler names a member that is missing here.
  switch (unknown) {
    case Unknown::NoFile:
      return {ErrorCode::Settings, "no mask file is set; set location"};
    case Unknown::NewFile:
      return {ErrorCode::Settings,
              "the mask file that was set last is not in use, since it is being read or cannot be used; set location "
              "before playing, or to a file that can be used"};
    case Unknown::BrokenFile:
      return {ErrorCode::Decode, "the mask file could not be read as a whole, as another message says; save it again"};
    case Unknown::Outside:
      return {ErrorCode::Format,
              "the mask file has no mask for that time; save masks for the whole clip, or see the properties at-end, "
              "max-hold and ts-offset"};
    case Unknown::Guessed:
      return {ErrorCode::Settings,
              "which mask belongs to the frame is a guess, as another message says; play from the start, save "
              "timestamps with the masks, or set time-origin"};
    case Unknown::Lost:
      return {ErrorCode::Decode, "its masks could not be read again; do not change the mask file while it plays"};
    case Unknown::Undrawable:
      return {ErrorCode::Format, "the buffer cannot be drawn on; the element upstream sends wrong buffers"};
  }
  return {ErrorCode::Internal, ""};
}

std::string time_text(GstClockTimeDiff time) {
  auto* const text = g_strdup_printf("%" GST_STIME_FORMAT, GST_STIME_ARGS(time));
  std::string copy = text;
  g_free(text);
  return copy;
}

}  // namespace

Error error_of(Unknown unknown, GstClockTimeDiff stream_time) {
  const auto [code, text] = reason_of(unknown);
  return {code, "The masks of the frame at " + time_text(stream_time) + " are not known: " + text};
}

}  // namespace sam2::element
