// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>
#include <gst/video/video.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/fraction.hpp"
#include "clip/clip.hpp"
#include "drawing/look.hpp"
#include "element/enums.hpp"
#include "element/render_mode.hpp"
#include "masks/mask_loader.hpp"
#include "runs/frame_transform.hpp"
#include "timing/schedule.hpp"
#include "tracking/tracks.hpp"

namespace sam2::element {

/// Threshold that stands for "by the kind of values".
inline constexpr double kAutoThreshold = std::numeric_limits<double>::lowest();

/// All properties. The initialisers are the defaults that the property specifications state.
struct Settings {
  std::optional<std::string> location;
  std::optional<std::string> array;
  std::optional<std::string> axes;
  masks::Values values = masks::Values::Auto;
  double threshold = kAutoThreshold;
  guint64 max_memory = guint64{1} << 30;
  tracking::Tracking tracking = tracking::Tracking::Auto;

  timing::Timing timing = timing::Timing::Auto;
  Fraction framerate;
  gint64 ts_offset = 0;
  TimeOrigin time_origin = TimeOrigin::Stream;
  guint64 max_hold = GST_CLOCK_TIME_NONE;
  timing::AtEnd at_end = timing::AtEnd::Clear;
  Interpolation interpolation = Interpolation::None;

  runs::Fit fit = runs::Fit::Stretch;
  runs::Edges edges = runs::Edges::Hard;
  GstVideoOrientationMethod orientation = GST_VIDEO_ORIENTATION_AUTO;

  drawing::Look look;
  std::optional<std::string> tracks_location;
  Render render = Render::Auto;
  bool attach_meta = true;
  bool post_messages = false;

  [[nodiscard]] clip::ClipOptions clip_options() const;
  [[nodiscard]] timing::TimelineOptions timeline_options() const;
  /// The first property whose text means nothing, if any.
  [[nodiscard]] std::optional<Error> first_error() const;
  /// A file is to be played.
  [[nodiscard]] bool has_location() const { return location && !location->empty(); }
};

enum Property : guint {
  kPropNone,
  kPropLocation,
  kPropArray,
  kPropAxes,
  kPropValues,
  kPropThreshold,
  kPropMaxMemory,
  kPropTracking,
  kPropTiming,
  kPropFramerate,
  kPropTsOffset,
  kPropTimeOrigin,
  kPropMaxHold,
  kPropAtEnd,
  kPropInterpolation,
  kPropDraw,
  kPropOpacity,
  kPropPalette,
  kPropColors,
  kPropLineWidth,
  kPropTrailLength,
  kPropObjects,
  kPropSilent,
  kPropFit,
  kPropEdges,
  kPropOrientation,
  kPropTracksLocation,
  kPropRender,
  kPropAttachMeta,
  kPropPostMessages,
  kPropStats,
};

/// Declares all properties; `stats` included.
void install_properties(GObjectClass* object_class);

/// What a write of a property did.
struct Change {
  bool changed = false;
  std::optional<Error> error;  ///< the text could not be parsed; what it meant before stays in force
};

/// Property `id` (not kPropStats) from and to a GValue of its type.
Change set_setting(Settings& settings, guint id, const GValue* value);
void get_setting(const Settings& settings, guint id, GValue* value);

}  // namespace sam2::element
