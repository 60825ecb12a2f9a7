// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/composition.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "element/debug.hpp"

namespace sam2::element {
namespace {

constexpr gsize kPixelBytes = 4;

bool overlap(const runs::Box& a, const runs::Box& b) {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}

/// Joins boxes until none overlap, since objects that overlap must be blended into one picture.
void group(std::vector<runs::Box>& boxes) {
  for (std::size_t i = 0; i < boxes.size();) {
    const auto other = std::find_if(boxes.begin() + static_cast<std::ptrdiff_t>(i) + 1, boxes.end(),
                                    [&](const runs::Box& box) { return overlap(boxes[i], box); });
    if (other == boxes.end()) {
      ++i;
      continue;
    }
    boxes[i] = join(boxes[i], *other);
    *other = boxes.back();
    boxes.pop_back();
    // The larger box may overlap any other box, also earlier ones.
    i = 0;
  }
}

void add_all(GstVideoOverlayComposition* from, GstVideoOverlayComposition* to) {
  for (guint i = 0; i < gst_video_overlay_composition_n_rectangles(from); ++i) {
    gst_video_overlay_composition_add_rectangle(to, gst_video_overlay_composition_get_rectangle(from, i));
  }
}

}  // namespace

void Composition::clear() {
  if (composition_ != nullptr) gst_video_overlay_composition_unref(std::exchange(composition_, nullptr));
}

void Composition::draw(runs::Size size, const Draw& draw) {
  clear();
  const auto stride = static_cast<gsize>(size.width) * kPixelBytes;
  if (size != size_) {
    pixels_.assign(stride * static_cast<gsize>(size.height), 0);
    size_ = size;
  }
  composite::FrameView view{size.width, size.height, {}, {}};
  view.planes[0] = pixels_.data();
  view.strides[0] = static_cast<std::ptrdiff_t>(stride);
  const auto* const name = gst_video_format_to_string(GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB);
  const composite::Painter painter(*composite::find_frame_format(name), {});
  boxes_.clear();
  drawing::Canvas canvas(view, painter, &boxes_);
  draw(canvas);
  group(boxes_);
  composition_ = gst_video_overlay_composition_new(nullptr);
  for (const auto& box : boxes_) {
    add_rectangle(box);
    wipe(box);
  }
  GST_LOG("made a composition of %" G_GSIZE_FORMAT " rectangles", boxes_.size());
}

void Composition::add_rectangle(const runs::Box& box) {
  const auto width = static_cast<guint>(box.width);
  const auto height = static_cast<guint>(box.height);
  const auto row = gsize{width} * kPixelBytes;
  auto* const buffer = gst_buffer_new_allocate(nullptr, row * height, nullptr);
  GstMapInfo map;
  if (buffer == nullptr) return;
  if (!gst_buffer_map(buffer, &map, GST_MAP_WRITE)) {
    gst_buffer_unref(buffer);
    return;
  }
  const auto stride = static_cast<gsize>(size_.width) * kPixelBytes;
  const auto* source =
      pixels_.data() + static_cast<gsize>(box.top) * stride + static_cast<gsize>(box.left) * kPixelBytes;
  for (guint y = 0; y < height; ++y) std::memcpy(map.data + y * row, source + y * stride, row);
  gst_buffer_unmap(buffer, &map);
  gst_buffer_add_video_meta(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB, width, height);
  auto* const rectangle =
      gst_video_overlay_rectangle_new_raw(buffer, box.left, box.top, width, height, GST_VIDEO_OVERLAY_FORMAT_FLAG_NONE);
  gst_buffer_unref(buffer);
  gst_video_overlay_composition_add_rectangle(composition_, rectangle);
  gst_video_overlay_rectangle_unref(rectangle);
}

void Composition::wipe(const runs::Box& box) {
  const auto stride = static_cast<gsize>(size_.width) * kPixelBytes;
  auto* const first =
      pixels_.data() + static_cast<gsize>(box.top) * stride + static_cast<gsize>(box.left) * kPixelBytes;
  for (gsize y = 0; y < static_cast<gsize>(box.height); ++y) {
    std::memset(first + y * stride, 0, static_cast<gsize>(box.width) * kPixelBytes);
  }
}

void Composition::attach(GstBuffer* buffer) const {
  if (composition_ == nullptr || gst_video_overlay_composition_n_rectangles(composition_) == 0) return;
  if (gst_buffer_get_video_overlay_composition_meta(buffer) == nullptr) {
    gst_buffer_add_video_overlay_composition_meta(buffer, composition_);
    return;
  }
  // Up to GStreamer 1.26, sinks see only the first composition of a buffer: all rectangles go into one.
  auto* const all = gst_video_overlay_composition_new(nullptr);
  while (auto* const meta = gst_buffer_get_video_overlay_composition_meta(buffer)) {
    add_all(meta->overlay, all);
    gst_buffer_remove_video_overlay_composition_meta(buffer, meta);
  }
  add_all(composition_, all);
  gst_buffer_add_video_overlay_composition_meta(buffer, all);
  gst_video_overlay_composition_unref(all);
}

}  // namespace sam2::element
