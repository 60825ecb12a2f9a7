// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/analytics_metadata.hpp"

#include <gst/analytics/analytics.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace sam2::element {
namespace {

/// The meta has a table of the relations of all with all, anew for each frame.
constexpr std::size_t kMostObjects = 256;
constexpr gsize kPartsOfObject = 3;
/// More than its three parts take together, so that the meta need not grow.
constexpr gsize kBytesOfObject = 512;
/// Pixels of masks for each pixel of the frame: metadata take no more memory than pictures do.
constexpr std::uint64_t kMostDepth = 4;

void relate(GstAnalyticsRelationMeta* meta, const GstAnalyticsMtd& a, const GstAnalyticsMtd& b) {
  gst_analytics_relation_meta_set_relation(meta, GST_ANALYTICS_REL_TYPE_RELATE_TO, a.id, b.id);
  gst_analytics_relation_meta_set_relation(meta, GST_ANALYTICS_REL_TYPE_RELATE_TO, b.id, a.id);
}

bool add_detection(GstAnalyticsRelationMeta* meta, const drawing::FrameObject& object, GstAnalyticsMtd& detection) {
  const auto& box = object.props.box;
  const auto type = g_quark_from_string(object.info->label.empty() ? "sam2" : object.info->label.c_str());
  constexpr gfloat kUndefined = -1;
  const auto confidence = std::isnan(object.score) ? kUndefined : static_cast<gfloat>(object.score);
  return gst_analytics_relation_meta_add_od_mtd(meta, type, box.left, box.top, box.width, box.height, confidence,
                                                &detection);
}

void add_tracking(GstAnalyticsRelationMeta* meta, const drawing::FrameObject& object, const DescribedFrame& frame,
                  const GstAnalyticsMtd& detection) {
  GstClockTime first_seen = GST_CLOCK_TIME_NONE;
  GstClockTime last_seen = GST_CLOCK_TIME_NONE;
  const bool is_known = object.motion.age != drawing::kUnknownAge;
  if (frame.stream_time >= 0) {
    std::int64_t first = 0;
    // What is out of range began long ago, or is a mistake.
    if (__builtin_add_overflow(object.motion.first_seen, frame.mask_origin, &first)) first = 0;
    if (is_known) first_seen = static_cast<GstClockTime>(std::clamp<std::int64_t>(first, 0, frame.stream_time));
    last_seen = static_cast<GstClockTime>(frame.stream_time);
  }
  GstAnalyticsMtd tracking;
  const auto id = static_cast<guint64>(gint64{object.info->id});
  if (!gst_analytics_relation_meta_add_tracking_mtd(meta, id, first_seen, &tracking)) return;
  gst_analytics_tracking_mtd_update_last_seen(&tracking, last_seen);
  relate(meta, detection, tracking);
}

std::uint64_t area_of(std::int32_t width, std::int32_t height) {
  return static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
}

/// Of the object's pixels in the picture; an object keeps it.
std::uint8_t region_of(const drawing::FrameObject& object) {
  constexpr std::int64_t kRegions = 255;  // 0 is the background
  return static_cast<std::uint8_t>(1 + object.info->slot % kRegions);
}

void add_segmentation(GstAnalyticsRelationMeta* meta, const drawing::FrameObject& object, GstBuffer* mask,
                      const GstAnalyticsMtd& detection) {
  const auto& box = object.props.box;
  guint region = region_of(object);
  GstAnalyticsMtd segmentation;
  gst_buffer_ref(mask);
  if (!gst_analytics_relation_meta_add_segmentation_mtd(meta, mask, GST_SEGMENTATION_TYPE_INSTANCE, 1, &region,
                                                        box.left, box.top, static_cast<guint>(box.width),
                                                        static_cast<guint>(box.height), &segmentation)) {
    gst_buffer_unref(mask);
    return;
  }
  relate(meta, detection, segmentation);
}

}  // namespace

void AnalyticsMetadata::forget() {
  for (auto* mask : masks_) {
    if (mask != nullptr) gst_buffer_unref(mask);
  }
  masks_.clear();
}

void AnalyticsMetadata::draw(std::span<const drawing::FrameObject> objects, runs::Size frame) {
  if (masks_.size() == objects.size()) return;
  forget();
  auto room = kMostDepth * area_of(frame.width, frame.height);
  for (const auto& object : objects) {
    const auto& box = object.props.box;
    const auto area = area_of(box.width, box.height);
    masks_.push_back(area <= room ? pictures_.make(object.runs, box, region_of(object)) : nullptr);
    if (masks_.back() != nullptr) room -= area;
  }
}

void AnalyticsMetadata::attach(GstBuffer* buffer, std::span<const drawing::FrameObject> objects,
                               const DescribedFrame& frame) {
  objects = objects.first(std::min(objects.size(), kMostObjects));
  draw(objects, frame.size);
  GstAnalyticsRelationMetaInitParams room{kPartsOfObject * objects.size(), kBytesOfObject * objects.size()};
  auto* const meta = gst_buffer_add_analytics_relation_meta_full(buffer, &room);
  if (meta == nullptr) return;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    GstAnalyticsMtd detection;
    if (!add_detection(meta, objects[i], detection)) continue;
    add_tracking(meta, objects[i], frame, detection);
    if (masks_[i] != nullptr) add_segmentation(meta, objects[i], masks_[i], detection);
  }
}

}  // namespace sam2::element
