// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/frame_writer.hpp"

namespace sam2::element {

FrameWriter::FrameWriter(const FrameInfo& info) : info_(info) {
  if (info_.is_drawable && info_.format == nullptr) unpacked_.emplace(info_.video.finfo);
}

Result<MappedFrame> FrameWriter::map(GstBuffer* buffer) const {
  return unpacked_ ? MappedFrame::map_raw(buffer, info_, unpacked_->layout()) : MappedFrame::map(buffer, info_);
}

GstBuffer* FrameWriter::make_hidden(GstBuffer* buffer, composite::Rgb color) {
  return hidden_.make(buffer, info_, unpacked_ ? &*unpacked_ : nullptr, color);
}

}  // namespace sam2::element
