// SPDX-License-Identifier: LGPL-2.1-or-later
#include "element/render_mode.hpp"

#include <gst/video/video-overlay-composition.h>

#include "element/caps.hpp"

namespace sam2::element {
namespace {

constexpr const char* kFeature = GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION;

/// In system memory, only the formats that are drawn.
void append(GstCaps* caps, const GstStructure* structure, const GstCapsFeatures* features, bool with_compositions) {
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
    gst_caps_append_structure_full(caps, gst_structure_copy(gst_caps_get_structure(added, i)),
                                   gst_caps_features_copy(own));
  }
  gst_caps_unref(added);
  gst_caps_features_free(own);
}

/// A frame with and without compositions. Of frames in other memory than the system's, only those of which downstream
/// draws compositions can be passed on.
void append_transformed(GstCaps* caps, GstPadDirection direction, const GstStructure* structure,
                        const GstCapsFeatures* features, bool has_peer) {
  const bool downstream = direction == GST_PAD_SINK;
  if (gst_caps_features_is_any(features)) {
    append(caps, structure, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY, true);
    append(caps, structure, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY, false);
    // The neighbour that is yet to come may take any memory.
    if (!has_peer) {
      gst_caps_append_structure_full(caps, gst_structure_copy(structure), gst_caps_features_copy(features));
    }
  } else if (gst_caps_features_contains(features, GST_CAPS_FEATURE_FORMAT_INTERLACED)) {
    // Refused: each buffer is a field, which has every other line of the masks.
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

/// The first of `candidates` with or without the feature, fixed; nullptr if there is none.
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

/// Something downstream knows what the feature is, and does not just take anything.
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
  result = gst_caps_simplify(result);
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
  // What takes anything, as fakesink does, draws nothing.
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
  OutputChoice choice;
  if (with_feature != nullptr) {
    // Upstream's rectangles would lie over what is blended.
    choice.attach = (can_blend && has_compositions(features)) ||
                    ((render != Render::Blend || !can_blend) && draws_compositions(source, with_feature));
  }
  const bool takes_plain = plain != nullptr && !choice.attach;
  choice.caps = takes_plain ? plain : with_feature != nullptr ? with_feature : gst_caps_new_empty();
  gst_clear_caps(takes_plain ? &with_feature : &plain);
  gst_caps_unref(candidates);
  return choice;
}

}  // namespace sam2::element
