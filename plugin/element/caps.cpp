// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/caps.hpp"

#include <gst/video/gstvideoaffinetransformationmeta.h>
#include <gst/video/video-overlay-composition.h>

#include <string>

#include "element/debug.hpp"
#include "element/raw_layout.hpp"

namespace sam2::element {
namespace {

composite::Transfer transfer_of(GstVideoTransferFunction transfer) {
  if (transfer == GST_VIDEO_TRANSFER_SMPTE2084) return composite::Transfer::Pq;
  if (transfer == GST_VIDEO_TRANSFER_ARIB_STD_B67) return composite::Transfer::Hlg;
  return composite::Transfer::Sdr;
}

/// Streams of high dynamic range that do not name their primaries have those of BT.2020.
composite::Primaries primaries_of(GstVideoColorPrimaries primaries) {
  if (primaries == GST_VIDEO_COLOR_PRIMARIES_UNKNOWN) return composite::kBt2020Primaries;
  const auto* const info = gst_video_color_primaries_get_info(primaries);
  return {info->Rx, info->Ry, info->Gx, info->Gy, info->Bx, info->By, info->Wx, info->Wy};
}

/// `depth` is that of the samples that are drawn.
composite::ColorEncoding color_encoding(const GstVideoInfo& video, int depth) {
  auto colorimetry = video.colorimetry;
  composite::ColorEncoding encoding;
  if (!gst_video_color_matrix_get_Kr_Kb(colorimetry.matrix, &encoding.kr, &encoding.kb)) {
    // Unknown, or RGB, whose channels do not need it. The usual guess: BT.601 up to PAL size, BT.709 above.
    constexpr gint kPalHeight = 576;
    const auto guess = video.height > kPalHeight ? GST_VIDEO_COLOR_MATRIX_BT709 : GST_VIDEO_COLOR_MATRIX_BT601;
    gst_video_color_matrix_get_Kr_Kb(guess, &encoding.kr, &encoding.kb);
  }
  if (colorimetry.range == GST_VIDEO_COLOR_RANGE_UNKNOWN) {
    colorimetry.range = GST_VIDEO_INFO_IS_YUV(&video) ? GST_VIDEO_COLOR_RANGE_16_235 : GST_VIDEO_COLOR_RANGE_0_255;
  }
  encoding.is_identity = GST_VIDEO_INFO_IS_YUV(&video) && colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_RGB;
  encoding.is_premultiplied = GST_VIDEO_INFO_FLAG_IS_SET(&video, GST_VIDEO_FLAG_PREMULTIPLIED_ALPHA);
  encoding.transfer = transfer_of(colorimetry.transfer);
  if (encoding.transfer != composite::Transfer::Sdr) {
    encoding.to_stream = composite::make_conversion(composite::kBt709Primaries, primaries_of(colorimetry.primaries));
  }
  encoding.set_range(
      colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235 ? composite::Range::Limited : composite::Range::Full, depth);
  return encoding;
}

}  // namespace

GstCaps* make_drawn_caps() {
  GValue formats = G_VALUE_INIT;
  g_value_init(&formats, GST_TYPE_LIST);
  guint count = 0;
  const auto* const raw = gst_video_formats_raw(&count);
  for (guint i = 0; i < count; ++i) {
    // Such a format could not be drawn. GStreamer 1.22 to 1.26 have none.
    const auto* const format = gst_video_format_get_info(raw[i]);
    if (format->unpack_func == nullptr || format->pack_func == nullptr) continue;
    GValue name = G_VALUE_INIT;
    g_value_init(&name, G_TYPE_STRING);
    g_value_set_string(&name, GST_VIDEO_FORMAT_INFO_NAME(format));
    gst_value_list_append_and_take_value(&formats, &name);
  }
  auto* caps =
      gst_caps_new_simple("video/x-raw", "width", GST_TYPE_INT_RANGE, 1, G_MAXINT, "height", GST_TYPE_INT_RANGE, 1,
                          G_MAXINT, "framerate", GST_TYPE_FRACTION_RANGE, 0, 1, G_MAXINT, 1, nullptr);
  gst_caps_set_value(caps, "format", &formats);
  g_value_unset(&formats);
  return caps;
}

GstCaps* make_template_caps() {
  auto* const caps = make_drawn_caps();
  auto* const composed = make_drawn_caps();
  gst_caps_set_features(composed, 0,
                        gst_caps_features_new(GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY,
                                              GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION, nullptr));
  auto* const elsewhere = make_drawn_caps();
  gst_structure_remove_field(gst_caps_get_structure(elsewhere, 0), "format");
  gst_caps_set_features(elsewhere, 0, gst_caps_features_new_any());
  gst_caps_append(caps, composed);
  gst_caps_append(caps, elsewhere);
  return caps;
}

bool has_compositions(const GstCapsFeatures* features) {
  return gst_caps_features_contains(features, GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION) != FALSE;
}

bool is_system_memory(const GstCapsFeatures* features) {
  auto* const without = gst_caps_features_copy(features);
  gst_caps_features_remove(without, GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION);
  const bool is = gst_caps_features_is_equal(without, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY) != FALSE;
  gst_caps_features_free(without);
  return is;
}

void remove_unsupported_metas(GstQuery* query) {
  for (const auto api : {GST_VIDEO_AFFINE_TRANSFORMATION_META_API_TYPE, GST_VIDEO_GL_TEXTURE_UPLOAD_META_API_TYPE}) {
    guint index = 0;
    while (gst_query_find_allocation_meta(query, api, &index)) {
      GST_DEBUG("%s is not offered to upstream: masks would not follow it", g_type_name(api));
      gst_query_remove_nth_allocation_meta(query, index);
    }
  }
}

std::optional<FrameInfo> parse_caps(GstCaps* caps) {
  FrameInfo info;
  if (!gst_video_info_from_caps(&info.video, caps)) return std::nullopt;
  if (is_system_memory(gst_caps_get_features(caps, 0))) {
    info.is_drawable = true;
    info.format = composite::find_frame_format(GST_VIDEO_INFO_NAME(&info.video));
    const auto depth =
        info.format != nullptr ? info.format->depth : RawLayout(info.video.finfo).unpacked_format().depth;
    info.encoding = color_encoding(info.video, depth);
  }
  info.size = {GST_VIDEO_INFO_WIDTH(&info.video), GST_VIDEO_INFO_HEIGHT(&info.video)};
  info.rate = {GST_VIDEO_INFO_FPS_N(&info.video), GST_VIDEO_INFO_FPS_D(&info.video)};
  return info;
}

}  // namespace sam2::element
