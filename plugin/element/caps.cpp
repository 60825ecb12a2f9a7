// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/caps.hpp"

#include <gst/video/gstvideoaffinetransformationmeta.h>
#include <gst/video/video-overlay-composition.h>

#include <string>

#include "element/debug.hpp"

namespace sam2::element {
namespace {

composite::ColorEncoding color_encoding(const GstVideoInfo& video) {
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
  gint offset[GST_VIDEO_MAX_COMPONENTS] = {};
  gint scale[GST_VIDEO_MAX_COMPONENTS] = {};
  gst_video_color_range_offsets(colorimetry.range, video.finfo, offset, scale);
  encoding.depth = static_cast<int>(GST_VIDEO_FORMAT_INFO_DEPTH(video.finfo, 0));
  encoding.luma_offset = offset[0];
  encoding.luma_scale = scale[0];
  if (GST_VIDEO_INFO_IS_YUV(&video)) {
    encoding.chroma_offset = offset[1];
    encoding.chroma_scale = scale[1];
  }
  return encoding;
}

}  // namespace

GstCaps* make_drawn_caps() {
  GValue formats = G_VALUE_INIT;
  g_value_init(&formats, GST_TYPE_LIST);
  for (const auto& format : composite::frame_formats()) {
    GValue name = G_VALUE_INIT;
    g_value_init(&name, G_TYPE_STRING);
    g_value_set_string(&name, std::string(format.name).c_str());
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
    info.format = composite::find_frame_format(GST_VIDEO_INFO_NAME(&info.video));
    if (info.format == nullptr) return std::nullopt;
    info.encoding = color_encoding(info.video);
  }
  info.size = {GST_VIDEO_INFO_WIDTH(&info.video), GST_VIDEO_INFO_HEIGHT(&info.video)};
  info.rate = {GST_VIDEO_INFO_FPS_N(&info.video), GST_VIDEO_INFO_FPS_D(&info.video)};
  return info;
}

}  // namespace sam2::element
