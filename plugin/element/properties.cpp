// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/properties.hpp"

#include <limits>
#include <vector>

#include "element/property_row.hpp"

namespace sam2::element {
namespace {

using drawing::Look;

constexpr int kReadWrite = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

/// The value is used from the next frame on.
constexpr Access kLive{kReadWrite | GST_PARAM_MUTABLE_PLAYING, ""};
constexpr Access kLiveControllable{kLive.flags | GST_PARAM_CONTROLLABLE, ""};
/// The value is used for the next file that is loaded.
constexpr Access kAtLoad{kReadWrite | GST_PARAM_MUTABLE_READY,
                         ". Used when a file is loaded, in READY or before the next location is set"};
constexpr Access kAtStart{kReadWrite | GST_PARAM_MUTABLE_READY, ". Opened when the element leaves READY"};
constexpr Access kReadOnly{G_PARAM_READABLE | G_PARAM_STATIC_STRINGS, ""};

constexpr gint kLeastInt = std::numeric_limits<gint>::min();
constexpr gint kMostInt = std::numeric_limits<gint>::max();
constexpr guint64 kMostUint64 = std::numeric_limits<guint64>::max();
constexpr gint64 kLeastInt64 = std::numeric_limits<gint64>::min();
constexpr gint64 kMostInt64 = std::numeric_limits<gint64>::max();

/// All properties. To add one, add a member to Settings or Look, and a row here.
std::vector<PropertyRow> make_rows() {
  return {
      // The file and how to read it
      text<&Settings::location>(
          {"location", "Location",
           "File with the masks: .npz, or .npy with a single array. A name with one %d, as in masks_%05d.npz, means "
           "one archive per frame. NULL: frames pass through unchanged. A file that is set while playing replaces the "
           "old masks between two frames; if it is bad, the old masks stay and a warning is posted. Setting the same "
           "file again reloads it"},
          kLive),
      text<&Settings::array>({"array", "Array", "Name of the mask array in the file. NULL: the element finds it"},
                             kAtLoad),
      text<&Settings::axes>(
          {"axes", "Axes",
           "Order of the array's axes in letters: T frame, N object, H height, W width, K (frame, object) pair, 1 an "
           "axis to drop; for example NHW, THW, TNHW, HWN. NULL: the element decides by shape, other arrays and "
           "values"},
          kAtLoad),
      choice<&Settings::values>({"values", "Values", "How to read the values of the mask array"}, kAtLoad),
      number<&Settings::threshold>(
          {"threshold", "Threshold",
           "Values strictly above the threshold are object. The default, the lowest double, means automatic: 0 for "
           "logits, 0.5 for probabilities"},
          -G_MAXDOUBLE, G_MAXDOUBLE, kAtLoad),
      number<&Settings::max_memory>(
          {"max-memory", "Maximum memory",
           "Memory for masks, in bytes. Masks far from the playhead are dropped and read again. 0: unlimited"},
          0, kMostUint64, kAtLoad),
      choice<&Settings::tracking>({"tracking", "Tracking", "How to recognise the same object in different frames"},
                                  kAtLoad),

      // When masks are shown
      choice<&Settings::timing>({"timing", "Timing", "How to decide when each mask is shown"}, kLive),
      fraction<&Settings::framerate>(
          {"framerate", "Frame rate",
           "Frame rate that the frame numbers of the file refer to, in frames per second. 0/1: the fps of the file, or "
           "else the frame rate of the caps"},
          kLive),
      number<&Settings::ts_offset>(
          {"ts-offset", "Timestamp offset",
           "Time in nanoseconds by which masks are shown later. A negative offset shows them earlier"},
          kLeastInt64, kMostInt64, kLiveControllable),
      choice<&Settings::time_origin>({"time-origin", "Time origin",
                                      "Stream time that is time 0 of the masks. auto is the first frame of the stream, "
                                      "which masks are counted from"},
                                     kLive),
      number<&Settings::max_hold>(
          {"max-hold", "Maximum hold",
           "Longest time in nanoseconds that a mask stays visible if the next one is late. The default, the highest "
           "value, means until the next mask"},
          0, kMostUint64, kLive),
      choice<&Settings::at_end>({"at-end", "At end", "What to show after the last mask"}, kLive),
      choice<&Settings::interpolation>(
          {"interpolation", "Interpolation",
           "What to show between masks that are several frames apart. motion needs masks that have times"},
          kLive),

      // How objects look
      flags<&Look::draw, drawing::Draw>({"draw", "Draw", "What to draw for each object"}, kLive),
      choice<&Look::object_effect>(
          {"object-effect", "Object effect", "What happens to the picture inside the masks that are shown"},
          kLiveControllable),
      choice<&Look::background_effect>(
          {"background-effect", "Background effect", "What happens to the picture outside of all masks that are shown"},
          kLiveControllable),
      number<&Look::effect_strength>(
          {"effect-strength", "Effect strength",
           "Strength of blur, pixelate, desaturate and dim, from 0 (no effect) to 1. Blur and pixelate are relative to "
           "the size of the object"},
          0, 1, kLiveControllable),
      parsed_text<&Look::effect_color, composite::parse_one_color>(
          {"effect-color", "Effect colour", "Colour of the effect color: #RRGGBB, 0xRRGGBB or RRGGBB. NULL: black"},
          kLive),
      number<&Look::margin>(
          {"margin", "Margin",
           "Frame pixels by which masks grow in all directions before they are drawn or used by effects. A negative "
           "margin shrinks them. Metadata and messages describe the masks of the file"},
          kLeastInt, kMostInt, kLiveControllable),
      number<&Look::bridge>({"bridge", "Bridge",
                             "Time in nanoseconds. An object that is away for no longer is covered by its masks before "
                             "and after together. "
                             "A frame waits until so much more of the file has been read"},
                            0, kMostUint64, kLive),
      choice<&Settings::missing>(
          {"missing", "Missing",
           "What happens to a frame whose masks are not known: no file or one that was not read to its end, outside of "
           "the time of the masks, data that are lost, a buffer that cannot be drawn on. Other values than show wait "
           "for the whole file before the first frame, and draw into the pixels"},
          kLive),
      number<&Look::opacity>({"opacity", "Opacity", "Opacity of the fill, from 0 (invisible) to 1 (opaque)"}, 0, 1,
                             kLiveControllable),
      choice<&Look::palette>(
          {"palette", "Palette",
           "Colours of the objects in file order, repeated if there are more objects. Ignored if colors is set"},
          kLiveControllable),
      parsed_text<&Look::colors, composite::parse_colors>(
          {"colors", "Colours",
           "Colours of the objects in file order, repeated if there are more objects: a list of #RRGGBB, 0xRRGGBB or "
           "RRGGBB, separated by commas. NULL: the colours of palette"},
          kLive),
      number<&Look::line_width>(
          {"line-width", "Line width",
           "Width of contours, trails and boxes in pixels. 0: frame height / 360, but at least 1"},
          0, G_MAXINT, kLiveControllable),
      number<&Look::trail_length>({"trail-length", "Trail length",
                                   "Time in nanoseconds that the trail of an object "
                                   "reaches back"},
                                  0, kMostUint64, kLive),
      parsed_text<&Look::objects, IdSet::parse>(
          {"objects", "Objects",
           "Ids of the objects to draw, for example 1,3-5. NULL: all objects. Metadata and messages list all objects"},
          kLive),
      parsed_text<&Settings::zones, tracking::parse_zones>(
          {"zones", "Zones",
           "Lines and areas that objects are counted at, in fractions of the frame: gate:0.5,0 0.5,1; door:0.1,0.2 "
           "0.3,0.2 0.3,0.5. Two points are a line, more are the corners of an area. Each event posts an element "
           "message 'sam2overlay-zone'. draw=zone draws them. NULL: none"},
          kLive),
      flag<&Look::silent>({"silent", "Silent", "Draw nothing. Metadata and messages continue"}, kLiveControllable),

      // How masks are mapped to frames
      choice<&Settings::fit>({"fit", "Fit", "How to fit masks to frames of another size"}, kLive),
      choice<&Settings::edges>({"edges", "Edges", "How to render mask edges when masks are scaled up"}, kLive),
      choice<&Settings::orientation>(
          {"orientation", "Orientation",
           "How the stored frame was rotated before the masks were made. auto follows the image-orientation tag of the "
           "stream, and quarter turns only if the shape of the masks shows them"},
          kLive),

      // What is passed on besides pixels
      text<&Settings::tracks_location>(
          {"tracks-location", "Tracks location",
           "File that gets one line for each object of each frame. Its suffix is the format: .csv or .jsonl, which "
           "also gets the events at zones. NULL: no file"},
          kAtStart),
      choice<&Settings::render>(
          {"render", "Render",
           "Which element draws the masks: this one into the pixels, or one downstream from attached overlay "
           "compositions"},
          kLive),
      flag<&Settings::attach_meta>(
          {"attach-meta", "Attach meta", "Attach a GstVideoRegionOfInterestMeta for each object of the frame"}, kLive),
      flag<&Settings::post_messages>(
          {"post-messages", "Post messages",
           "Post an element message 'sam2overlay' for each frame, with the objects and their positions"},
          kLive),
      computed(
          {"stats", "Statistics",
           "Counts and sizes: frames-total, frames-loaded, objects, rendered, passed-through (uint64), axes (string), "
           "store-bytes (uint64, bytes), load-time (uint64, nanoseconds); frames-scanned, cached-bytes, "
           "dropped, read-again (uint64), zone-bytes (uint64, bytes)"},
          kReadOnly),
  };
}

const std::vector<PropertyRow>& rows() {
  static const auto all = make_rows();
  return all;
}

}  // namespace

void install_properties(GObjectClass* object_class) {
  guint id = 0;
  for (const auto& row : rows()) g_object_class_install_property(object_class, ++id, row.spec);
}

Change set_setting(Settings& settings, guint id, const GValue* value) {
  const auto& row = rows().at(id - 1);
  return row.set != nullptr ? row.set(settings, value) : Change{};
}

bool get_setting(const Settings& settings, guint id, GValue* value) {
  const auto& row = rows().at(id - 1);
  if (row.get == nullptr) return false;
  row.get(settings, value);
  return true;
}

}  // namespace sam2::element
