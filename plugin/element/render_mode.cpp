// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/render_mode.hpp"

#include <gst/video/video-overlay-composition.h>

#include "element/caps.hpp"
#include "element/debug.hpp"
#include "element/enums.hpp"

namespace sam2::element {
namespace {

constexpr const char* kFeature = GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION;

/// Appends a structure with or without the feature; in system memory, limited to formats that the element draws. A
/// structure that `caps` includes already is left out.
void append(GstCaps*& caps, const GstStructure* structure, const GstCapsFeatures* features, bool with_compositions) {
  auto* const own = gst_caps_features_copy(features);
  if (with_compositions && !has_compositions(own)) gst_caps_features_add(own, kFeature);
  if (!with_compositions) gst_caps_features_remove(own, kFeature);
  auto* added = gst_caps_new_full(gst_structure_copy(structure), nullptr);
  if (is_system_memory(own)) {
    gst_caps_set_features(added, 0, nullptr);
    auto* const drawn = make_drawn_caps();
    auto* const both = gst_caps_intersect_full(added, drawn, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref(drawn);
    gst_caps_unref(added);
    added = both;
  }
  for (guint i = 0; i < gst_caps_get_size(added); ++i) {
    caps = gst_caps_merge_structure_full(caps, gst_structure_copy(gst_caps_get_structure(added, i)),
                                         gst_caps_features_copy(own));
  }
  gst_caps_unref(added);
  gst_caps_features_free(own);
}

/// Appends the caps that frames of `structure` can have at the other pad. Frames outside system memory can be passed on
/// only if downstream draws compositions.
void append_transformed(GstCaps*& caps, GstPadDirection direction, const GstStructure* structure,
                        const GstCapsFeatures* features, bool has_peer) {
  const bool downstream = direction == GST_PAD_SINK;
  if (gst_caps_features_is_any(features)) {
    append(caps, structure, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY, true);
    append(caps, structure, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY, false);
    // A peer that is linked later may accept any memory.
    if (!has_peer) {
      caps = gst_caps_merge_structure_full(caps, gst_structure_copy(structure), gst_caps_features_copy(features));
    }
  } else if (gst_caps_features_contains(features, GST_CAPS_FEATURE_FORMAT_INTERLACED)) {
    // Refused: each buffer is a field, with only every second line of the masks.
    return;
  } else if (has_compositions(features)) {
    append(caps, structure, features, true);
    if (!downstream) append(caps, structure, features, false);
  } else if (downstream) {
    append(caps, structure, features, true);
    if (is_system_memory(features)) append(caps, structure, features, false);
  } else if (is_system_memory(features)) {
    append(caps, structure, features, false);
  }
}

/// Returns the first of `candidates` with or without the feature, fixated, or nullptr.
GstCaps* pick(GstCaps* candidates, bool with_feature) {
  for (guint i = 0; i < gst_caps_get_size(candidates); ++i) {
    if (has_compositions(gst_caps_get_features(candidates, i)) != with_feature) continue;
    return gst_caps_fixate(gst_caps_copy_nth(candidates, i));
  }
  return nullptr;
}

bool lists_composition_meta(GstPad* source, GstCaps* caps) {
  auto* const query = gst_query_new_allocation(caps, FALSE);
  const bool listed =
      gst_pad_peer_query(source, query) &&
      gst_query_find_allocation_meta(query, GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, nullptr) != FALSE;
  gst_query_unref(query);
  return listed;
}

/// True if downstream lists the caps that it accepts. An element that accepts anything says nothing about features.
bool has_specific_caps(GstPad* source) {
  auto* const caps = gst_pad_peer_query_caps(source, nullptr);
  const bool any = gst_caps_is_any(caps) != FALSE;
  gst_caps_unref(caps);
  return !any;
}

bool draws_compositions(GstPad* source, GstCaps* caps) {
  if (lists_composition_meta(source, caps)) return true;
  // Most elements answer only once they have the caps.
  return has_specific_caps(source) && gst_pad_set_caps(source, caps) && lists_composition_meta(source, caps);
}

}  // namespace

GstCaps* transform_overlay_caps(GstBaseTransform* base, GstPadDirection direction, GstCaps* caps, GstCaps* filter) {
  auto* const pad = direction == GST_PAD_SINK ? GST_BASE_TRANSFORM_SINK_PAD(base) : GST_BASE_TRANSFORM_SRC_PAD(base);
  const bool has_peer = gst_pad_is_linked(pad) != FALSE;
  auto* result = gst_caps_new_empty();
  for (guint i = 0; i < gst_caps_get_size(caps); ++i) {
    append_transformed(result, direction, gst_caps_get_structure(caps, i), gst_caps_get_features(caps, i), has_peer);
  }
  // Not gst_caps_simplify(): it joins framerates into ranges that are no subset of `filter`, and the base class warns.
  if (filter == nullptr) return result;
  auto* const filtered = gst_caps_intersect_full(filter, result, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref(result);
  return filtered;
}

bool peer_accepts(GstBaseTransform* base, GstPadDirection direction, GstCaps* caps) {
  const auto* const features = gst_caps_get_features(caps, 0);
  if (is_system_memory(features) && !has_compositions(features)) return true;
  auto* const other = direction == GST_PAD_SINK ? GST_BASE_TRANSFORM_SRC_PAD(base) : GST_BASE_TRANSFORM_SINK_PAD(base);
  if (!gst_pad_is_linked(other)) return false;
  auto* const wanted = transform_overlay_caps(base, direction, caps, nullptr);
  auto* const taken = gst_pad_peer_query_caps(other, wanted);
  bool accepted = !gst_caps_is_empty(wanted) && !gst_caps_is_empty(taken);
  // An element that accepts anything, such as fakesink, draws nothing.
  if (accepted && direction == GST_PAD_SINK && !is_system_memory(features) && !has_specific_caps(other)) {
    accepted = lists_composition_meta(other, wanted);
  }
  gst_caps_unref(taken);
  gst_caps_unref(wanted);
  return accepted;
}

OutputChoice choose_output_caps(GstBaseTransform* base, const GstCaps* input, GstCaps* candidates, Render render) {
  auto* const source = GST_BASE_TRANSFORM_SRC_PAD(base);
  auto* with_feature = pick(candidates, true);
  auto* plain = pick(candidates, false);
  const auto* const features = gst_caps_get_features(input, 0);
  const bool can_blend = is_system_memory(features);
  bool attach = false;
  if (with_feature != nullptr) {
    // If masks were blended, the rectangles of upstream would be drawn above them.
    attach = (can_blend && has_compositions(features)) ||
             ((render != Render::Blend || !can_blend) && draws_compositions(source, with_feature));
  }
  const bool takes_plain = plain != nullptr && !attach;
  const auto blend = render == Render::Composition ? OutputMode::BlendFallback : OutputMode::Blend;
  OutputChoice choice;
  choice.mode = attach ? OutputMode::Composition : blend;
  choice.caps = takes_plain ? plain : with_feature != nullptr ? with_feature : gst_caps_new_empty();
  gst_clear_caps(takes_plain ? &with_feature : &plain);
  gst_caps_unref(candidates);
  GST_DEBUG_OBJECT(base, "render=%s, downstream %s compositions: output %" GST_PTR_FORMAT, nick_of(render),
                   attach ? "draws" : "does not draw", static_cast<void*>(choice.caps));
  return choice;
}

}  // namespace sam2::element
