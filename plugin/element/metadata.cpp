// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/metadata.hpp"

#include <gst/video/gstvideometa.h>

namespace sam2::element {
namespace {

GstStructure* describe(const drawing::FrameObject& object, const char* name) {
  const auto& props = object.props;
  const auto& box = props.box;
  const auto& motion = object.motion;
  return gst_structure_new(name, "id", G_TYPE_INT, object.info->id, "label", G_TYPE_STRING, object.info->label.c_str(),
                           "x", G_TYPE_DOUBLE, props.centroid.x, "y", G_TYPE_DOUBLE, props.centroid.y, "vx",
                           G_TYPE_DOUBLE, motion.velocity.x, "vy", G_TYPE_DOUBLE, motion.velocity.y, "area",
                           G_TYPE_UINT64, guint64{props.area}, "left", G_TYPE_INT, box.left, "top", G_TYPE_INT, box.top,
                           "width", G_TYPE_INT, box.width, "height", G_TYPE_INT, box.height, "score", G_TYPE_DOUBLE,
                           object.score, "age", G_TYPE_UINT64, guint64{motion.age}, nullptr);
}

}  // namespace

void attach_region_metas(GstBuffer* buffer, std::span<const drawing::FrameObject> objects) {
  for (const auto& object : objects) {
    const auto& box = object.props.box;
    const auto* type = object.info->label.empty() ? "sam2" : object.info->label.c_str();
    auto* meta = gst_buffer_add_video_region_of_interest_meta(
        buffer, type, static_cast<guint>(box.left), static_cast<guint>(box.top), static_cast<guint>(box.width),
        static_cast<guint>(box.height));
    meta->id = object.info->id;
    gst_video_region_of_interest_meta_add_param(meta, describe(object, "sam2overlay"));
  }
}

GstStructure* make_time_structure(const char* name, const GstSegment& segment, const GstBuffer* buffer,
                                  const FrameTime& time) {
  const auto pts = GST_BUFFER_PTS(buffer);
  guint64 running_time = GST_CLOCK_TIME_NONE;
  if (segment.format == GST_FORMAT_TIME && GST_CLOCK_TIME_IS_VALID(pts)) {
    running_time = gst_segment_to_running_time(&segment, GST_FORMAT_TIME, pts);
  }
  const guint64 stream_time = time.stream_time >= 0 ? static_cast<guint64>(time.stream_time) : GST_CLOCK_TIME_NONE;
  return gst_structure_new(name, "timestamp", G_TYPE_UINT64, guint64{pts}, "stream-time", G_TYPE_UINT64, stream_time,
                           "running-time", G_TYPE_UINT64, running_time, "duration", G_TYPE_UINT64,
                           guint64{GST_BUFFER_DURATION(buffer)}, nullptr);
}

GstMessage* make_frame_message(GstElement* element, const GstSegment& segment, const GstBuffer* buffer,
                               const FrameTime& time, gint mask_index, std::span<const drawing::FrameObject> objects) {
  auto* structure = make_time_structure("sam2overlay", segment, buffer, time);
  gst_structure_set(structure, "mask-index", G_TYPE_INT, mask_index, nullptr);
  GValue list = G_VALUE_INIT;
  g_value_init(&list, GST_TYPE_LIST);
  for (const auto& object : objects) {
    GValue value = G_VALUE_INIT;
    g_value_init(&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed(&value, describe(object, "object"));
    gst_value_list_append_and_take_value(&list, &value);
  }
  gst_structure_take_value(structure, "objects", &list);
  return gst_message_new_element(GST_OBJECT(element), structure);
}

}  // namespace sam2::element
