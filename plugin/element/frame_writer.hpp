// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <optional>
#include <utility>

#include "base/result.hpp"
#include "composite/color.hpp"
#include "composite/frame_format.hpp"
#include "composite/painter.hpp"
#include "drawing/canvas.hpp"
#include "element/caps.hpp"
#include "element/hidden_frame.hpp"
#include "element/mapped_frame.hpp"
#include "element/unpacked_frame.hpp"

namespace sam2::element {

/// Gets drawings into the frames of one caps, and makes frames that hide others. Formats that the painter does not draw
/// are unpacked for it.
class FrameWriter {
 public:
  explicit FrameWriter(const FrameInfo& info);

  [[nodiscard]] const FrameInfo& info() const { return info_; }
  /// The format in which frames are drawn; nullptr for frames that the CPU cannot draw on.
  [[nodiscard]] const composite::FrameFormat* format() const { return unpacked_ ? &unpacked_->format() : info_.format; }

  /// Calls `draw` with the canvas of a frame that may be written to. Errors: Format, if the buffer does not hold a
  /// frame of the caps.
  template <typename Draw>
  Result<void> draw(GstBuffer* buffer, Draw&& draw);
  /// Returns a frame of that colour in place of `buffer`, or nullptr if there is no memory. Transfer full.
  GstBuffer* make_hidden(GstBuffer* buffer, composite::Rgb color);

 private:
  [[nodiscard]] Result<MappedFrame> map(GstBuffer* buffer) const;

  FrameInfo info_;
  std::optional<UnpackedFrame> unpacked_;  ///< for formats that the painter does not draw
  HiddenFrame hidden_;
};

template <typename Draw>
Result<void> FrameWriter::draw(GstBuffer* buffer, Draw&& draw) {
  auto mapped = map(buffer);
  if (!mapped) return std::move(mapped).error();
  auto view = mapped->view();
  if (unpacked_) {
    unpacked_->begin(view);
    view = unpacked_->view(mapped->left(), mapped->top(), info_.size);
  }
  const composite::Painter painter(*format(), info_.encoding);
  drawing::Canvas canvas(view, painter);
  std::forward<Draw>(draw)(canvas);
  if (unpacked_) unpacked_->store();
  return {};
}

}  // namespace sam2::element
