// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>
#include <gst/video/video.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/fraction.hpp"
#include "base/parsed_text.hpp"
#include "clip/clip.hpp"
#include "drawing/look.hpp"
#include "element/enums.hpp"
#include "element/render_mode.hpp"
#include "masks/mask_loader.hpp"
#include "runs/frame_transform.hpp"
#include "timing/schedule.hpp"
#include "tracking/tracks.hpp"
#include "tracking/zones.hpp"

namespace sam2::element {

/// Value of Settings::threshold that means automatic.
inline constexpr double kAutoThreshold = std::numeric_limits<double>::lowest();

/// The values of all properties. The initialisers are the defaults of the properties.
struct Settings {
  // The file and how to read it
  std::optional<std::string> location;         ///< path of the mask file, or of a sequence of archives; unset: no masks
  std::optional<std::string> array;            ///< name of the mask array; unset: the element finds it
  std::optional<std::string> axes;             ///< order of the axes in the letters T N H W K 1; unset: automatic
  masks::Values values = masks::Values::Auto;  ///< how to read the values of the array
  double threshold = kAutoThreshold;           ///< in units of the array; values strictly above it are object
  guint64 max_memory = guint64{256} << 20;     ///< bytes; 0: unlimited
  tracking::Tracking tracking = tracking::Tracking::Auto;  ///< how to recognise the same object in different frames

  // When masks are shown
  timing::Timing timing = timing::Timing::Auto;  ///< how to decide when each mask is shown
  Fraction framerate;                            ///< frames per second of the file's frame numbers; 0/1: automatic
  gint64 ts_offset = 0;                          ///< ns by which masks are shown later; negative: earlier
  TimeOrigin time_origin = TimeOrigin::Auto;     ///< stream time that is time 0 of the masks
  guint64 max_hold = GST_CLOCK_TIME_NONE;        ///< ns that a mask stays if the next one is late; above 2^63: no limit
  timing::AtEnd at_end = timing::AtEnd::Clear;   ///< what to show after the last mask
  Interpolation interpolation = Interpolation::None;  ///< what to show between masks that are frames apart

  // How objects look
  drawing::Look look;
  Missing missing = Missing::Show;  ///< what happens to frames whose masks are not known

  ParsedText<tracking::Zones> zones;  ///< lines and areas of the frame that objects are counted at; no meaning: none

  // How masks are mapped to frames
  runs::Fit fit = runs::Fit::Stretch;                                  ///< for masks of another size than the frame
  runs::Edges edges = runs::Edges::Hard;                               ///< for masks that are scaled up
  GstVideoOrientationMethod orientation = GST_VIDEO_ORIENTATION_AUTO;  ///< rotation of the frame before segmentation

  // What is passed on besides pixels
  std::optional<std::string> tracks_location;  ///< path of the track file, .csv or .jsonl; unset: no file
  Render render = Render::Auto;                ///< which element draws the masks
  bool attach_meta = true;                     ///< attach metadata of the objects to each buffer
  bool post_messages = false;                  ///< post a message for each frame

  [[nodiscard]] clip::ClipOptions clip_options() const;
  [[nodiscard]] timing::TimelineOptions timeline_options() const;
  /// The error of the first property that cannot be used, if any.
  [[nodiscard]] std::optional<Error> first_error() const;
  /// True if no frame may pass whose masks are not known.
  [[nodiscard]] bool fails_closed() const { return missing != Missing::Show; }
  [[nodiscard]] bool has_zones() const { return zones.meaning && !zones.meaning->empty(); }
  /// True if there is a file to play.
  [[nodiscard]] bool has_location() const { return location && !location->empty(); }
};

}  // namespace sam2::element
