// SPDX-License-Identifier: LGPL-2.1-or-later
#include <initializer_list>

#include "element/settings.hpp"

namespace sam2::element {
namespace {

constexpr auto kAlways = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
/// Takes effect at the next frame.
constexpr auto kLive = static_cast<GParamFlags>(kAlways | GST_PARAM_MUTABLE_PLAYING);
constexpr auto kLiveControllable = static_cast<GParamFlags>(kLive | GST_PARAM_CONTROLLABLE);
/// Takes effect with the next file that is loaded.
constexpr auto kAtLoad = static_cast<GParamFlags>(kAlways | GST_PARAM_MUTABLE_READY);

template <typename Enumerator>
gint enum_default(Enumerator value) {
  return static_cast<gint>(value);
}

void install_source_properties(GObjectClass* klass, const Settings& defaults) {
  g_object_class_install_property(
      klass, kPropLocation,
      g_param_spec_string(
          "location", "Location",
          "File with the masks: .npz, or a single array as .npy; with one %d in its name, as in masks_%05d.npz, "
          "one archive for each frame. NULL: frames pass through untouched. "
          "While playing, the new masks replace the old ones between two frames; a bad file leaves "
          "the old ones and posts a warning",
          nullptr, kLive));
  g_object_class_install_property(
      klass, kPropArray,
      g_param_spec_string("array", "Array",
                          "Name of the mask array in the file; NULL finds it. Read when a file is loaded, in READY or "
                          "before the next location is set",
                          nullptr, kAtLoad));
  g_object_class_install_property(
      klass, kPropAxes,
      g_param_spec_string(
          "axes", "Axes",
          "Order of the array's axes in letters: T frame, N object, H, W, K (frame, object) pair, 1 an "
          "axis to drop; e.g. NHW, THW, TNHW, HWN. NULL decides by shape, other arrays and values. Read "
          "when a file is loaded, in READY or before the next location is set",
          nullptr, kAtLoad));
  g_object_class_install_property(
      klass, kPropValues,
      g_param_spec_enum("values", "Values",
                        "How the values of the mask array are read. Used when a file is loaded, in READY or before the "
                        "next location is set",
                        gst_sam2_overlay_values_get_type(), enum_default(defaults.values), kAtLoad));
  g_object_class_install_property(
      klass, kPropThreshold,
      g_param_spec_double("threshold", "Threshold",
                          "A value strictly above it is object. The default, the lowest double, is automatic: 0 for "
                          "logits, 0.5 for probabilities. Used when a file is loaded, in READY or before the next "
                          "location is set",
                          -G_MAXDOUBLE, G_MAXDOUBLE, defaults.threshold, kAtLoad));
  g_object_class_install_property(
      klass, kPropMaxMemory,
      g_param_spec_uint64(
          "max-memory", "Maximum memory",
          "Bytes that the stored masks may take; 0 is unlimited. Used when a file is loaded, in READY or "
          "before the next location is set",
          0, G_MAXUINT64, defaults.max_memory, kAtLoad));
  g_object_class_install_property(
      klass, kPropTracking,
      g_param_spec_enum("tracking", "Tracking",
                        "What says that masks of different frames are the same object. Used when a file is loaded, in "
                        "READY or before the next location is set",
                        gst_sam2_overlay_tracking_get_type(), enum_default(defaults.tracking), kAtLoad));
}

void install_time_properties(GObjectClass* klass, const Settings& defaults) {
  g_object_class_install_property(
      klass, kPropTiming,
      g_param_spec_enum("timing", "Timing", "What says when each mask is shown", gst_sam2_overlay_timing_get_type(),
                        enum_default(defaults.timing), kLive));
  g_object_class_install_property(
      klass, kPropFramerate,
      gst_param_spec_fraction("framerate", "Frame rate",
                              "Frames a second that the file's frame numbers refer to; 0/1: the file's own fps, else "
                              "that of the caps",
                              0, 1, G_MAXINT, 1, defaults.framerate.numerator, defaults.framerate.denominator, kLive));
  g_object_class_install_property(
      klass, kPropTsOffset,
      g_param_spec_int64("ts-offset", "Timestamp offset",
                         "Nanoseconds by which the masks are shown later (negative: earlier)", G_MININT64, G_MAXINT64,
                         defaults.ts_offset, kLiveControllable));
  g_object_class_install_property(
      klass, kPropTimeOrigin,
      g_param_spec_enum("time-origin", "Time origin",
                        "What time 0 of the masks is; first-frame suits MPEG-TS, cut recordings and live sources",
                        gst_sam2_overlay_time_origin_get_type(), enum_default(defaults.time_origin), kLive));
  g_object_class_install_property(
      klass, kPropMaxHold,
      g_param_spec_uint64("max-hold", "Maximum hold",
                          "Longest time in nanoseconds that a mask stays when the next one is late; the default: until "
                          "the next one",
                          0, G_MAXUINT64, defaults.max_hold, kLive));
  g_object_class_install_property(
      klass, kPropAtEnd,
      g_param_spec_enum("at-end", "At end", "What is shown after the last mask", gst_sam2_overlay_at_end_get_type(),
                        enum_default(defaults.at_end), kLive));
  g_object_class_install_property(
      klass, kPropInterpolation,
      g_param_spec_enum("interpolation", "Interpolation",
                        "What is shown between masks that are frames apart; motion needs masks that have times",
                        gst_sam2_overlay_interpolation_get_type(), enum_default(defaults.interpolation), kLive));
}

void install_look_properties(GObjectClass* klass, const drawing::Look& defaults) {
  g_object_class_install_property(klass, kPropDraw,
                                  g_param_spec_flags("draw", "Draw", "What is drawn of each object",
                                                     gst_sam2_overlay_draw_get_type(), defaults.draw, kLive));
  g_object_class_install_property(
      klass, kPropOpacity,
      g_param_spec_double("opacity", "Opacity", "Opacity of the fill: 0 invisible, 1 opaque", 0, 1, defaults.opacity,
                          kLiveControllable));
  g_object_class_install_property(
      klass, kPropPalette,
      g_param_spec_enum("palette", "Palette", "Colours of the objects in file order, repeated; ignored with colors",
                        gst_sam2_overlay_palette_get_type(), enum_default(defaults.palette), kLiveControllable));
  g_object_class_install_property(
      klass, kPropColors,
      g_param_spec_string("colors", "Colours",
                          "Colours of the objects in file order, repeated: #RRGGBB list by comma; NULL: those of "
                          "palette",
                          nullptr, kLive));
  g_object_class_install_property(
      klass, kPropLineWidth,
      g_param_spec_uint("line-width", "Line width",
                        "Width of contours, trails and boxes in pixels; 0: frame height / 360, at least 1", 0, G_MAXINT,
                        defaults.line_width, kLiveControllable));
  g_object_class_install_property(
      klass, kPropTrailLength,
      g_param_spec_uint64("trail-length", "Trail length", "Nanoseconds of its track that an object's trail shows", 0,
                          G_MAXUINT64, defaults.trail_length, kLive));
  g_object_class_install_property(
      klass, kPropObjects,
      g_param_spec_string("objects", "Objects",
                          "Ids of the objects to draw, e.g. 1,3-5; NULL: all. Metadata and messages name all", nullptr,
                          kLive));
  g_object_class_install_property(klass, kPropSilent,
                                  g_param_spec_boolean("silent", "Silent", "Draw nothing; metadata and messages go on",
                                                       defaults.silent, kLiveControllable));
}

void install_geometry_properties(GObjectClass* klass, const Settings& defaults) {
  g_object_class_install_property(
      klass, kPropFit,
      g_param_spec_enum("fit", "Fit", "How masks of another size than the frame lie on it",
                        gst_sam2_overlay_fit_get_type(), enum_default(defaults.fit), kLive));
  g_object_class_install_property(
      klass, kPropEdges,
      g_param_spec_enum("edges", "Edges", "What the edges of masks are that are scaled up",
                        gst_sam2_overlay_edges_get_type(), enum_default(defaults.edges), kLive));
  g_object_class_install_property(
      klass, kPropOrientation,
      g_param_spec_enum("orientation", "Orientation",
                        "How the stored frame was turned before the masks were made; auto: as the stream's "
                        "image-orientation tag says, by a quarter only where the masks' shape shows it",
                        GST_TYPE_VIDEO_ORIENTATION_METHOD, enum_default(defaults.orientation), kLive));
}

void install_output_properties(GObjectClass* klass, const Settings& defaults) {
  g_object_class_install_property(
      klass, kPropTracksLocation,
      g_param_spec_string(
          "tracks-location", "Tracks location",
          "File that gets a line for each object of each frame that passes; its suffix, .csv or .jsonl, "
          "is the format; NULL: none. Opened when the element leaves READY",
          nullptr, kAtLoad));
  g_object_class_install_property(
      klass, kPropRender,
      g_param_spec_enum("render", "Render",
                        "Who draws the masks: the element into the pixels, or downstream from overlay "
                        "compositions that are attached to the frames",
                        gst_sam2_overlay_render_get_type(), enum_default(defaults.render), kLive));
  g_object_class_install_property(
      klass, kPropAttachMeta,
      g_param_spec_boolean("attach-meta", "Attach meta",
                           "Attach a GstVideoRegionOfInterestMeta for each object of the frame", defaults.attach_meta,
                           kLive));
  g_object_class_install_property(
      klass, kPropPostMessages,
      g_param_spec_boolean("post-messages", "Post messages",
                           "Post one element message 'sam2overlay' a frame, with the objects and their places",
                           defaults.post_messages, kLive));
  g_object_class_install_property(
      klass, kPropStats,
      g_param_spec_boxed("stats", "Statistics",
                         "frames-total, frames-loaded, objects, rendered, passed-through (uint64), axes (string), "
                         "store-bytes (uint64, bytes), load-time (uint64, ns)",
                         GST_TYPE_STRUCTURE, static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
}

}  // namespace

void install_properties(GObjectClass* object_class) {
  const Settings defaults;
  install_source_properties(object_class, defaults);
  install_time_properties(object_class, defaults);
  install_look_properties(object_class, defaults.look);
  install_geometry_properties(object_class, defaults);
  install_output_properties(object_class, defaults);
}

}  // namespace sam2::element
