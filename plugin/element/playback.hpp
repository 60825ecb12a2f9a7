// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <memory>
#include <optional>

#include "composite/painter.hpp"
#include "drawing/frame_tracks.hpp"
#include "drawing/overlay_renderer.hpp"
#include "drawing/track_drawing.hpp"
#include "element/analytics_metadata.hpp"
#include "element/caps.hpp"
#include "element/composition.hpp"
#include "element/frame_clock.hpp"
#include "element/mask_placement.hpp"
#include "element/mask_source.hpp"
#include "element/mask_timing.hpp"
#include "element/object_events.hpp"
#include "element/settings.hpp"
#include "masks/mask_set.hpp"
#include "tracking/track_log.hpp"

namespace sam2::element {

using SharedSettings = std::shared_ptr<const Settings>;

/// What happens to one buffer.
struct FramePlan {
  bool draw = false;
  bool compose = false;  ///< draw, but as a composition
  bool attach_meta = false;
  bool post_message = false;
  std::optional<tracking::Moment> moment;  ///< of the masks that it shows, if any
  FrameTime time;
  std::optional<Error> error;  ///< the stream cannot go on

  /// Row of the mask array; -1: none.
  [[nodiscard]] gint mask_index() const { return moment ? static_cast<gint>(moment->entry) : -1; }
  /// Something is to be done with the masks of `moment`, which there is then.
  [[nodiscard]] bool needs_masks() const { return wants_pixels || wants_objects; }
  /// They are to be waited for; false where the source has others, which were refused.
  bool awaits_masks = true;
  bool wants_pixels = false;
  bool wants_objects = false;

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
        composition_(std::make_unique<Composition>()),
        analytics_(std::make_unique<AnalyticsMetadata>()) {}

  /// Forgets everything, as for a new stream.
  void reset();
  /// False where frames of these caps are not drawn.
  bool set_caps(GstCaps* caps);
  void on_event(GstEvent* event);
  /// Sets how masks get onto frames. Warns once if that is not what the property `render` says.
  void set_output_mode(OutputMode mode);

  /// Writes the objects of all frames from now on to `log`.
  void set_track_log(tracking::TrackLog log) { track_log_ = std::move(log); }
  /// No frame follows, for now: what was written so far is handed over to the system.
  void on_end();

  /// Decides which masks the next buffer shows. To be called once for each buffer.
  FramePlan plan(const GstSegment& segment, const GstBuffer* buffer, const SharedClip& clip,
                 const SharedSettings& settings);

  /// Decides what happens to the buffer, if its plan needs masks; `are_there` tells whether those that it awaits could
  /// be had.
  void select(FramePlan& plan, bool are_there);

  /// Does what plan() and select() decided, on the writable copy of its buffer. True: masks were drawn.
  bool carry_out(const FramePlan& plan, const GstSegment& segment, GstBuffer* buffer);

 private:
  void forget_shown();
  [[nodiscard]] PlacementRequest placement_request(const masks::MaskSet& masks) const;
  bool refuses(const SharedClip& clip) const;
  void update_placement();
  bool draw(GstBuffer* buffer);
  void compose(GstBuffer* buffer);
  void draw_objects(const drawing::Brush& brush, const composite::FrameView& frame);
  void log_tracks(const FrameTime& time);

  GstElement* element_;
  std::optional<FrameInfo> frame_;
  MaskTiming timing_;
  OrientationTag orientation_tag_;
  MaskPlacement placement_;
  drawing::OverlayRenderer renderer_;
  drawing::TrackDrawing track_drawing_;
  ObjectEvents object_events_;
  std::optional<tracking::TrackLog> track_log_;

  // What the last buffer was decided by; kept, so that objects() stays valid until the next one.
  SharedClip clip_;
  SharedClip refused_clip_;  ///< the newest clip, if its masks do not fit the frame and clip_ stays in use
  SharedSettings settings_;

  /// What was made of this moment last; both are empty where anything that they depend on has changed.
  std::unique_ptr<Composition> composition_;
  std::unique_ptr<AnalyticsMetadata> analytics_;
  tracking::Moment shown_moment_;
  bool attaches_compositions_ = false;

  bool judged_shapes_ = false;  ///< of these masks, against the first frame that they met
  bool warned_of_frame_ = false;
  bool warned_of_render_ = false;
};

}  // namespace sam2::element
