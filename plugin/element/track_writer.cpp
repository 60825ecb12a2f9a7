// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/track_writer.hpp"

#include "element/bus_error.hpp"

namespace sam2::element {

void TrackWriter::check(const Result<void>& written) {
  if (written) return;
  post_warning(element_, written.error());
  log_.reset();
}

void TrackWriter::add_objects(std::int64_t frame, std::int64_t time, std::span<const drawing::FrameObject> objects) {
  tracking::TrackRow row;
  row.time = time;
  row.frame = frame;
  for (const auto& object : objects) {
    if (!log_) return;
    row.id = object.info->id;
    row.label = object.info->label;
    row.props = object.props;
    row.velocity = object.motion.velocity;
    row.age = object.motion.age;
    row.score = object.score;
    check(log_->add(row));
  }
}

void TrackWriter::add(const tracking::ZoneRow& row) {
  if (log_) check(log_->add(row));
}

void TrackWriter::flush() {
  if (log_) check(log_->flush());
}

}  // namespace sam2::element
