// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <array>
#include <memory>
#include <optional>

#include "drawing/canvas.hpp"
#include "drawing/scene.hpp"
#include "drawing/tools.hpp"
#include "element/analytics_metadata.hpp"
#include "element/composition.hpp"
#include "element/frame_clock.hpp"
#include "element/frame_writer.hpp"
#include "element/mask_placement.hpp"
#include "element/mask_source.hpp"
#include "element/mask_timing.hpp"
#include "element/object_events.hpp"
#include "element/settings.hpp"
#include "element/track_writer.hpp"
#include "element/unknown_masks.hpp"
#include "element/zone_events.hpp"
#include "masks/mask_set.hpp"

namespace sam2::element {

using SharedSettings = std::shared_ptr<const Settings>;

/// What happens to one buffer.
struct FramePlan {
  bool draw = false;
  bool is_drawn = false;  ///< that has been done
  bool compose = false;   ///< draw, but as a composition
  bool attach_meta = false;
  bool post_message = false;
  bool counts_zones = false;
  bool is_backward = false;          ///< frames come in reverse order
  std::optional<std::size_t> entry;  ///< that of `mask_time`; if zones are counted, also one that does not hold now
  std::optional<tracking::MaskTime> mask_time;  ///< time of the masks that the buffer shows, if any
  std::size_t last_entry = 0;  ///< the last one that decides what is drawn at that time; must have been read too
  FrameTime time;
  std::optional<Error> error;  ///< the stream cannot go on
  /// No frame with pixels may pass whose masks are not known.
  bool must_know = false;
  bool ends_stream = false;  ///< such a frame ends the stream
  /// Why the masks of this one are not, if so. Only with `must_know`.
  std::optional<Unknown> unknown;

  /// Row of the mask array; -1: none.
  [[nodiscard]] gint mask_index() const { return mask_time ? static_cast<gint>(mask_time->entry) : -1; }
  /// True if the masks of `entry` are needed. `entry` is set in that case, unless zones are counted.
  [[nodiscard]] bool needs_masks() const { return changes_pixels || describes_objects || (must_know && mask_time); }
  /// They are to be waited for; false where the source has others, which were refused.
  bool waits_for_masks = true;
  bool changes_pixels = false;
  bool describes_objects = false;
  bool needs_past = false;  ///< the tracks of its objects are needed from their beginning on

  /// What is to be waited for. `entry` must be set.
  [[nodiscard]] MaskSource::WantedMasks wanted_masks() const { return {*entry, last_entry, needs_past}; }
  /// The buffer that is passed on shows masks, or hides what is below them.
  [[nodiscard]] bool shows_masks() const { return is_drawn || compose || unknown; }
  /// The buffer is written to, if only its metadata.
  [[nodiscard]] bool modifies() const { return draw || compose || attach_meta; }
};

/// The state of a running stream: which frame shows which masks, and how they are drawn. Used by the streaming thread,
/// or while none runs. Posts its warnings, each once a stream, through the element.
class Playback {
 public:
  explicit Playback(GstElement* element)
      : element_(element),
        timing_(element),
        tracks_(element),
        composition_(std::make_unique<Composition>()),
        analytics_(std::make_unique<AnalyticsMetadata>()) {}

  /// Forgets everything, as for a new stream.
  void reset();
  /// False where frames of these caps are not drawn.
  bool set_caps(GstCaps* caps);
  [[nodiscard]] bool has_caps() const { return writer_.has_value(); }
  void on_event(GstEvent* event);
  /// Sets the running time before which upstream may have dropped frames, since downstream said that they are late.
  void set_earliest_time(GstClockTime running_time) { timing_.set_earliest_time(running_time); }
  /// Sets how masks get onto frames. Warns once if that is not what the property `render` says.
  void set_output_mode(OutputMode mode);

  /// Writes the objects of all frames from now on to `log`.
  void set_track_log(tracking::TrackLog log) { tracks_.set_log(std::move(log)); }
  /// No frame follows, for now: what was written so far is handed over to the system.
  void on_end() { tracks_.flush(); }

  /// Decides which masks the next buffer shows. To be called once for each buffer.
  FramePlan plan(const GstSegment& segment, const GstBuffer* buffer, const MaskSource::Taken& taken,
                 const SharedSettings& settings);

  /// Memory of the counts at zones in bytes.
  [[nodiscard]] std::uint64_t zone_bytes() const { return zone_events_.bytes(); }

  /// Decides what happens to the buffer, if its plan needs masks; `are_there` tells whether those that it awaits could
  /// be had. `holder` holds them: the clip of the plan, or a window of it.
  void select(FramePlan& plan, bool are_there, const SharedClip& holder);

  /// Draws what is to be drawn into the pixels of `buffer`, which may be written to. Returns false, with a warning once
  /// unless the frame will be hidden, if the buffer does not hold a frame that can be drawn on.
  bool draw(FramePlan& plan, GstBuffer* buffer);
  /// Returns a covered frame in place of `buffer`, and makes it the plan that nothing else is drawn. Posts one warning
  /// for each reason. Returns nullptr if there is no memory. Transfer full.
  GstBuffer* hide(FramePlan& plan, GstBuffer* buffer);

  /// Attaches to the writable buffer what plan() and select() decided, and posts its messages.
  void describe(const FramePlan& plan, const GstSegment& segment, GstBuffer* buffer);

 private:
  void choose_masks(FramePlan& plan, const GstBuffer* buffer, const SharedClip& clip);
  void update_scene(FramePlan& plan);
  void forget_shown();
  [[nodiscard]] PlacementRequest placement_request(const masks::MaskSet& masks) const;
  bool refuses(const SharedClip& clip) const;
  void update_placement();
  void compose(GstBuffer* buffer);
  void update_zones(const FramePlan& plan);
  void report_zone_events(const FramePlan& plan, const GstSegment& segment, const GstBuffer* buffer);
  /// Number of the frame in the stream, counted from 1, as files of tracks and messages have it.
  [[nodiscard]] std::int64_t frame_number(const FrameTime& time) const;

  GstElement* element_;
  std::optional<FrameWriter> writer_;  ///< unset: no caps, or other caps than raw video
  MaskTiming timing_;
  OrientationTag orientation_tag_;
  MaskPlacement placement_;
  drawing::Scene scene_;
  drawing::Tools tools_;
  ObjectEvents object_events_;
  ZoneEvents zone_events_;
  TrackWriter tracks_;

  // What the last buffer was decided by; kept, so that scene_ stays valid until the next one.
  SharedClip clip_;
  SharedClip shown_clip_;    ///< what scene_ was made from: clip_, or a few of its entries
  SharedClip refused_clip_;  ///< the newest clip, if its masks do not fit the frame and clip_ stays in use
  SharedSettings settings_;

  /// What was made of this mask time last; both are empty where anything that they depend on has changed.
  std::unique_ptr<Composition> composition_;
  std::unique_ptr<AnalyticsMetadata> analytics_;
  struct Shown {
    std::optional<tracking::MaskTime> mask_time;
    std::optional<std::size_t> entry;

    friend bool operator==(const Shown&, const Shown&) = default;
  };
  Shown shown_;
  bool attaches_compositions_ = false;

  bool has_compared_shapes_ = false;  ///< of these masks, against the first frame that they met
  bool warned_of_frame_ = false;
  bool warned_of_render_ = false;
  std::array<bool, kUnknownCount> warned_of_hiding_{};
};

}  // namespace sam2::element
