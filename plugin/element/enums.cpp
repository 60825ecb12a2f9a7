// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/enums.hpp"

#include <gst/video/video.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <type_traits>
#include <vector>

#include "composite/color.hpp"
#include "drawing/look.hpp"
#include "element/render_mode.hpp"
#include "masks/mask_loader.hpp"
#include "runs/frame_transform.hpp"
#include "timing/schedule.hpp"
#include "tracking/tracks.hpp"

namespace sam2::element {
namespace {

using composite::Palette;
using masks::Values;
using runs::Edges;
using runs::Fit;
using timing::AtEnd;
using timing::Timing;
using tracking::Tracking;

/// One value of an enumeration: its nick, and its description in gst-inspect.
template <typename Enumerator>
struct EnumRow {
  Enumerator value;
  const char* nick;
  const char* description;
};

/// Copies rows to a list that ends with an empty element. GLib keeps the list for good.
template <typename GlibValue, typename Rows>
GlibValue* glib_values(const Rows& rows) {
  auto* const values = g_new0(GlibValue, rows.size() + 1);
  std::ranges::transform(rows, values, [](const auto& row) {
    return GlibValue{static_cast<decltype(GlibValue::value)>(row.value), row.description, row.nick};
  });
  return values;
}

template <typename Enumerator>
void set_type(GType type) {
  gst_type_mark_as_plugin_api(type, static_cast<GstPluginAPIFlags>(0));
  detail::registered_type<Enumerator> = type;
}

template <typename Enumerator, typename Rows>
void register_enum(const char* name, const Rows& rows) {
  set_type<Enumerator>(g_enum_register_static(name, glib_values<GEnumValue>(rows)));
}

template <typename Enumerator>
void register_enum(const char* name, std::initializer_list<EnumRow<Enumerator>> rows) {
  register_enum<Enumerator, std::initializer_list<EnumRow<Enumerator>>>(name, rows);
}

template <typename Enumerator, typename Rows>
void register_flags(const char* name, const Rows& rows) {
  set_type<Enumerator>(g_flags_register_static(name, glib_values<GFlagsValue>(rows)));
}

void register_source_enums() {
  register_enum<Values>("GstSam2OverlayValues",
                        {
                            {Values::Auto, "auto", "Decide by type and values of the array"},
                            {Values::Binary, "binary", "Values other than 0 are object"},
                            {Values::Labels, "labels", "Value v is object v, and 0 is background"},
                            {Values::Logits, "logits", "Floats: values above 0 are object"},
                            {Values::Probabilities, "probabilities", "Floats: values above 0.5 are object"},
                        });
  register_enum<Tracking>(
      "GstSam2OverlayTracking",
      {
          {Tracking::Auto, "auto", "Ids of the file; if it has none and the number of objects changes, as centroid"},
          {Tracking::Ids, "ids", "Ids of the file"},
          {Tracking::Centroid, "centroid", "Position and overlap; ids number the objects in order of appearance"},
      });
}

void register_time_enums() {
  register_enum<Timing>(
      "GstSam2OverlayTiming",
      {
          {Timing::Auto, "auto", "Timestamps of the file, else its frame numbers at a frame rate, else counting"},
          {Timing::Timestamps, "timestamps", "Timestamps of the file"},
          {Timing::Framerate, "framerate", "Frame numbers of the file at a frame rate"},
          {Timing::Buffers, "buffers", "The k-th buffer shows the k-th mask"},
      });
  register_enum<TimeOrigin>("GstSam2OverlayTimeOrigin",
                            {
                                {TimeOrigin::Auto, "auto", "Stream time of the stream's first frame"},
                                {TimeOrigin::Stream, "stream", "Stream time 0"},
                                {TimeOrigin::FirstFrame, "first-frame", "Stream time of the first frame that arrives"},
                            });
  register_enum<AtEnd>("GstSam2OverlayAtEnd", {
                                                  {AtEnd::Clear, "clear", "Show nothing"},
                                                  {AtEnd::Hold, "hold", "Keep showing the last mask"},
                                                  {AtEnd::Loop, "loop", "Start again with the first mask"},
                                              });
  register_enum<Interpolation>(
      "GstSam2OverlayInterpolation",
      {
          {Interpolation::None, "none", "The previous mask stays where it is"},
          {Interpolation::Motion, "motion", "The previous mask moves along its track and takes the next one's outline"},
      });
}

void register_look_enums() {
  register_enum<Palette>("GstSam2OverlayPalette",
                         {
                             {Palette::Tab10, "tab10", "The 10 colours of the SAM 2 notebooks"},
                             {Palette::Sam2, "sam2", "The 9 colours of the SAM 2 demo"},
                             {Palette::Tab20, "tab20", "20 colours"},
                             {Palette::Golden, "golden", "Any number of colours, with hues by the golden ratio"},
                         });
  register_flags<drawing::Draw>("GstSam2OverlayDraw", drawing::kDrawFlags);
  register_enum<drawing::Effect>("GstSam2OverlayObjectEffect", drawing::kEffectNames);
  std::vector<drawing::EffectName> in_background;
  std::ranges::copy_if(drawing::kEffectNames, std::back_inserter(in_background), &drawing::EffectName::in_background);
  register_enum<drawing::BackgroundEffect>("GstSam2OverlayBackgroundEffect", in_background);
}

void register_missing_enum() {
  register_enum<Missing>("GstSam2OverlayMissing",
                         {
                             {Missing::Show, "show", "Show the frame as it is"},
                             {Missing::Hide, "hide", "Cover the whole frame with effect-color"},
                             {Missing::Error, "error", "End the stream with an error"},
                         });
}

void register_geometry_enums() {
  register_enum<Fit>(
      "GstSam2OverlayFit",
      {
          {Fit::Stretch, "stretch", "Stretch masks over the whole frame"},
          {Fit::Contain, "contain", "Keep the shape of masks; all of the mask fits into the frame"},
          {Fit::Cover, "cover", "Keep the shape of masks; the mask covers the whole frame"},
          {Fit::Error, "error", "Stop with an error if sizes differ"},
          {Fit::Padded, "padded", "Keep the shape and the top left corner of masks, and cut off the rest"},
      });
  register_enum<Edges>("GstSam2OverlayEdges", {
                                                  {Edges::Hard, "hard", "Edges of mask pixels"},
                                                  {Edges::Smooth, "smooth", "Interpolated and anti-aliased edges"},
                                              });
  detail::registered_type<GstVideoOrientationMethod> = GST_TYPE_VIDEO_ORIENTATION_METHOD;
}

void register_output_enums() {
  register_enum<Render>(
      "GstSam2OverlayRender",
      {
          {Render::Auto, "auto", "Downstream if it draws overlay compositions, else this element"},
          {Render::Blend, "blend", "This element, into the pixels"},
          {Render::Composition, "composition", "Downstream; this element if downstream draws no compositions"},
      });
}

bool register_all() {
  register_source_enums();
  register_time_enums();
  register_look_enums();
  register_missing_enum();
  register_geometry_enums();
  register_output_enums();
  return true;
}

}  // namespace

void register_enums() {
  [[maybe_unused]] static const bool is_done = register_all();
}

const char* nick_in(GType type, gint value) {
  auto* const values = static_cast<GEnumClass*>(g_type_class_ref(type));
  const auto* const found = g_enum_get_value(values, value);
  // Types of GStreamer are static, so their nicks stay valid.
  const auto* const nick = found != nullptr ? found->value_nick : "";
  g_type_class_unref(values);
  return nick;
}

}  // namespace sam2::element
