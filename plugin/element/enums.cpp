// SPDX-License-Identifier: LGPL-2.1-or-later
#include "element/enums.hpp"

#include "composite/color.hpp"
#include "drawing/look.hpp"
#include "element/render_mode.hpp"
#include "masks/mask_loader.hpp"
#include "runs/frame_transform.hpp"
#include "timing/schedule.hpp"
#include "tracking/tracks.hpp"

namespace {

using sam2::composite::Palette;
using sam2::element::Interpolation;
using sam2::element::Render;
using sam2::element::TimeOrigin;
using sam2::masks::Values;
using sam2::runs::Edges;
using sam2::runs::Fit;
using sam2::timing::AtEnd;
using sam2::timing::Timing;
using sam2::tracking::Tracking;

template <typename Enumerator>
constexpr gint value_of(Enumerator enumerator) {
  return static_cast<gint>(enumerator);
}

}  // namespace

GType gst_sam2_overlay_values_get_type() {
  static const GEnumValue values[] = {
      {value_of(Values::Auto), "Decide by type and values of the array", "auto"},
      {value_of(Values::Binary), "Non-zero is object", "binary"},
      {value_of(Values::Labels), "Value v is object v, 0 is background", "labels"},
      {value_of(Values::Logits), "Floats; above 0 is object", "logits"},
      {value_of(Values::Probabilities), "Floats; above 0.5 is object", "probabilities"},
      {0, nullptr, nullptr},
  };
  static const GType type = g_enum_register_static("GstSam2OverlayValues", values);
  return type;
}

GType gst_sam2_overlay_tracking_get_type() {
  static const GEnumValue values[] = {
      {value_of(Tracking::Auto), "The file's ids, unless it has none and the number of its objects changes", "auto"},
      {value_of(Tracking::Ids), "The file's ids", "ids"},
      {value_of(Tracking::Centroid), "Association by place and overlap; ids count the objects as they appear",
       "centroid"},
      {0, nullptr, nullptr},
  };
  static const GType type = g_enum_register_static("GstSam2OverlayTracking", values);
  return type;
}

GType gst_sam2_overlay_timing_get_type() {
  static const GEnumValue values[] = {
      {value_of(Timing::Auto), "Timestamps of the file, else its frame numbers at a frame rate, else counting", "auto"},
      {value_of(Timing::Timestamps), "Timestamps of the file", "timestamps"},
      {value_of(Timing::Framerate), "Frame numbers of the file at a frame rate", "framerate"},
      {value_of(Timing::Buffers), "k-th buffer, k-th mask", "buffers"},
      {0, nullptr, nullptr},
  };
  static const GType type = g_enum_register_static("GstSam2OverlayTiming", values);
  return type;
}

GType gst_sam2_overlay_time_origin_get_type() {
  static const GEnumValue values[] = {
      {value_of(TimeOrigin::Stream), "Stream time 0", "stream"},
      {value_of(TimeOrigin::FirstFrame), "The first frame that arrives", "first-frame"},
      {0, nullptr, nullptr},
  };
  static const GType type = g_enum_register_static("GstSam2OverlayTimeOrigin", values);
  return type;
}

GType gst_sam2_overlay_at_end_get_type() {
  static const GEnumValue values[] = {
      {value_of(AtEnd::Clear), "Show nothing", "clear"},
      {value_of(AtEnd::Hold), "Hold the last mask", "hold"},
      {value_of(AtEnd::Loop), "Start over", "loop"},
      {0, nullptr, nullptr},
  };
  static const GType type = g_enum_register_static("GstSam2OverlayAtEnd", values);
  return type;
}

GType gst_sam2_overlay_palette_get_type() {
  static const GEnumValue values[] = {
      {value_of(Palette::Tab10), "The ten of the SAM 2 notebooks", "tab10"},
      {value_of(Palette::Sam2), "The nine of the SAM 2 demo", "sam2"},
      {value_of(Palette::Tab20), "Twenty", "tab20"},
      {value_of(Palette::Golden), "Unlimited: hue by golden ratio", "golden"},
      {0, nullptr, nullptr},
  };
  static const GType type = g_enum_register_static("GstSam2OverlayPalette", values);
  return type;
}

GType gst_sam2_overlay_draw_get_type() {
  static const GFlagsValue values[] = {
      {sam2::drawing::kDrawFill, "Area of the mask, as opaque as the property opacity says", "fill"},
      {sam2::drawing::kDrawContour, "Outline inside the mask, opaque", "contour"},
      {sam2::drawing::kDrawCentroid, "Disc at the mask's centroid", "centroid"},
      {sam2::drawing::kDrawTrail, "Line through the centroids of the last while, fading out", "trail"},
      {sam2::drawing::kDrawLabel, "Label and score of the file, else the id", "label"},
      {sam2::drawing::kDrawBox, "Bounding box", "box"},
      {0, nullptr, nullptr},
  };
  static const GType type = g_flags_register_static("GstSam2OverlayDraw", values);
  return type;
}

GType gst_sam2_overlay_fit_get_type() {
  static const GEnumValue values[] = {
      {value_of(Fit::Stretch), "Over all of the frame", "stretch"},
      {value_of(Fit::Contain), "In their own shape, as large as fits into the frame", "contain"},
      {value_of(Fit::Cover), "In their own shape, as small as covers the frame", "cover"},
      {value_of(Fit::Error), "Sizes that differ are an error", "error"},
      {0, nullptr, nullptr},
  };
  static const GType type = g_enum_register_static("GstSam2OverlayFit", values);
  return type;
}

GType gst_sam2_overlay_edges_get_type() {
  static const GEnumValue values[] = {
      {value_of(Edges::Hard), "Those of the mask's pixels", "hard"},
      {value_of(Edges::Smooth), "Interpolated and anti-aliased", "smooth"},
      {0, nullptr, nullptr},
  };
  static const GType type = g_enum_register_static("GstSam2OverlayEdges", values);
  return type;
}

GType gst_sam2_overlay_interpolation_get_type() {
  static const GEnumValue values[] = {
      {value_of(Interpolation::None), "The mask before stands still", "none"},
      {value_of(Interpolation::Motion), "It is carried along its track, to the place and outline of the next one",
       "motion"},
      {0, nullptr, nullptr},
  };
  static const GType type = g_enum_register_static("GstSam2OverlayInterpolation", values);
  return type;
}

GType gst_sam2_overlay_render_get_type() {
  static const GEnumValue values[] = {
      {value_of(Render::Auto), "Downstream, where it draws overlay compositions, else the element", "auto"},
      {value_of(Render::Blend), "The element, into the pixels", "blend"},
      {value_of(Render::Composition), "Downstream; the element where nothing there does", "composition"},
      {0, nullptr, nullptr},
  };
  static const GType type = g_enum_register_static("GstSam2OverlayRender", values);
  return type;
}

namespace sam2::element {

void mark_enums_as_plugin_api() {
  for (const auto type :
       {gst_sam2_overlay_values_get_type(), gst_sam2_overlay_tracking_get_type(), gst_sam2_overlay_timing_get_type(),
        gst_sam2_overlay_time_origin_get_type(), gst_sam2_overlay_at_end_get_type(),
        gst_sam2_overlay_palette_get_type(), gst_sam2_overlay_draw_get_type(), gst_sam2_overlay_fit_get_type(),
        gst_sam2_overlay_edges_get_type(), gst_sam2_overlay_interpolation_get_type(),
        gst_sam2_overlay_render_get_type()}) {
    gst_type_mark_as_plugin_api(type, static_cast<GstPluginAPIFlags>(0));
  }
}

}  // namespace sam2::element
