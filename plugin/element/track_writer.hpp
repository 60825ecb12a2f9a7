// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "drawing/scene.hpp"
#include "tracking/track_log.hpp"

namespace sam2::element {

/// The file of the property `tracks-location`. If it cannot be written to, a warning is posted, and no more is written.
class TrackWriter {
 public:
  explicit TrackWriter(GstElement* element) : element_(element) {}

  void set_log(tracking::TrackLog log) { log_ = std::move(log); }
  [[nodiscard]] bool is_open() const { return log_.has_value(); }

  /// Writes the objects of the frame of that number, counted from 1, and stream time in ns.
  void add_objects(std::int64_t frame, std::int64_t time, std::span<const drawing::FrameObject> objects);
  /// Writes an event at a zone.
  void add(const tracking::ZoneRow& row);
  /// Hands over to the system what was written so far.
  void flush();

 private:
  void check(const Result<void>& written);

  GstElement* element_;
  std::optional<tracking::TrackLog> log_;
};

}  // namespace sam2::element
