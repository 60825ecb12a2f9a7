// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/hidden_frame.hpp"

#include <gst/video/gstvideoaffinetransformationmeta.h>

#include "composite/painter.hpp"
#include "element/mapped_frame.hpp"
#include "runs/run_mask.hpp"

namespace sam2::element {
namespace {

constexpr gsize kAllBytes = static_cast<gsize>(-1);

/// True for metas that describe or hold the pixels of the frame that is hidden.
bool is_about_pixels(const GstMeta* meta) {
  const auto api = meta->info->api;
  return api == GST_VIDEO_META_API_TYPE || api == GST_VIDEO_CROP_META_API_TYPE ||
         api == GST_VIDEO_AFFINE_TRANSFORMATION_META_API_TYPE ||
         gst_meta_api_type_has_tag(api, g_quark_from_static_string(GST_META_TAG_MEMORY_STR)) ||
         gst_meta_api_type_has_tag(api, g_quark_from_static_string(GST_META_TAG_MEMORY_REFERENCE_STR));
}

gboolean remove_if_about_pixels(GstBuffer*, GstMeta** meta, gpointer) {
  if (is_about_pixels(*meta)) *meta = nullptr;
  return TRUE;
}

/// All entries are the one colour, so that any index is it. An entry is ARGB in the machine's byte order.
void fill_palette(GstBuffer* buffer, const GstVideoInfo& video, composite::Rgb color) {
  const guint32 entry = 0xFF000000U | guint32{color.red} << 16 | guint32{color.green} << 8 | color.blue;
  constexpr gsize kEntries = 256;
  for (gsize i = 0; i < kEntries; ++i) {
    gst_buffer_fill(buffer, GST_VIDEO_INFO_PLANE_OFFSET(&video, 1) + i * sizeof(entry), &entry, sizeof(entry));
  }
}

void cover(const composite::FrameView& view, const composite::Painter& painter, composite::Rgb color) {
  runs::RunMask all;
  all.reset(0);
  for (std::int32_t y = 0; y < view.height; ++y) {
    all.add_span(0, view.width);
    all.end_row();
  }
  painter.draw(view, all, composite::Paint{color, 255});
}

}  // namespace

bool HiddenFrame::make_blank(const FrameInfo& info, UnpackedFrame* unpacked, composite::Rgb color) {
  blank_.reset(gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&info.video), nullptr));
  if (blank_ == nullptr) return false;
  gst_buffer_memset(blank_.get(), 0, 0, kAllBytes);
  if (GST_VIDEO_FORMAT_INFO_HAS_PALETTE(info.video.finfo)) fill_palette(blank_.get(), info.video, color);
  auto mapped = unpacked != nullptr ? MappedFrame::map_raw(blank_.get(), info, unpacked->layout())
                                    : MappedFrame::map(blank_.get(), info);
  if (!mapped) {
    forget();
    return false;
  }
  auto view = mapped->view();
  if (unpacked != nullptr) {
    unpacked->begin(mapped->view());
    view = unpacked->view(0, 0, info.size);
  }
  cover(view, composite::Painter(unpacked != nullptr ? unpacked->format() : *info.format, info.encoding), color);
  if (unpacked != nullptr) unpacked->store();
  color_ = color;
  return true;
}

GstBuffer* HiddenFrame::make(GstBuffer* buffer, const FrameInfo& info, UnpackedFrame* unpacked, composite::Rgb color) {
  if ((blank_ == nullptr || color_ != color) && !make_blank(info, unpacked, color)) return nullptr;
  auto* const hidden = gst_buffer_new();
  constexpr auto kAllButMemory =
      static_cast<GstBufferCopyFlags>(GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS | GST_BUFFER_COPY_META);
  const bool copied = gst_buffer_copy_into(hidden, buffer, kAllButMemory, 0, kAllBytes) &&
                      gst_buffer_copy_into(hidden, blank_.get(), GST_BUFFER_COPY_MEMORY, 0, kAllBytes);
  if (!copied) {
    gst_buffer_unref(hidden);
    return nullptr;
  }
  gst_buffer_foreach_meta(hidden, remove_if_about_pixels, nullptr);
  GST_BUFFER_FLAG_UNSET(hidden, GST_BUFFER_FLAG_GAP);
  return hidden;
}

}  // namespace sam2::element
