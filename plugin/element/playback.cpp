// SPDX-License-Identifier: LGPL-2.1-or-later
#include "element/playback.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "element/bus_error.hpp"
#include "element/mapped_frame.hpp"
#include "element/metadata.hpp"

namespace sam2::element {
namespace {

std::int64_t saturated_difference(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return a < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

std::string seconds(std::int64_t nanoseconds) {
  return std::to_string(static_cast<double>(nanoseconds) / static_cast<double>(timing::kNanosecondsPerSecond)) + " s";
}

/// Of a frame of a stream of that rate, counted from 0.
std::int64_t frame_number(const FrameTime& time, const Fraction& rate) {
  if (!rate.is_positive()) return static_cast<std::int64_t>(time.number);
  // Whole numbers up to here have a double of their own; no film is as long.
  constexpr double kMost = 9e15;
  const auto seconds = static_cast<double>(time.uncut_time) / timing::kNanosecondsPerSecond;
  return std::llround(std::clamp(seconds * rate.numerator / rate.denominator, -kMost, kMost));
}

}  // namespace

void Playback::reset() {
  auto* element = element_;
  *this = Playback(element);
}

bool Playback::set_caps(GstCaps* caps) {
  frame_ = parse_caps(caps);
  return frame_.has_value();
}

Result<void> Playback::open_track_log(const std::string& path) {
  track_log_ = SAM2_TRY(tracking::TrackLog::open(path));
  return {};
}

void Playback::on_end() {
  if (!track_log_) return;
  const auto flushed = track_log_->flush();
  if (flushed) return;
  track_log_.reset();
  post_warning(element_, flushed.error());
}

void Playback::log_tracks(const FrameTime& time) {
  tracking::TrackRow row;
  row.time = time.stream_time;
  row.frame = 1 + frame_number(time, frame_->rate);
  for (const auto& object : renderer_.objects()) {
    row.id = object.info->id;
    row.label = object.info->label;
    row.moments = object.moments;
    row.velocity = object.motion.velocity;
    row.age = object.motion.age;
    row.score = object.score;
    if (const auto added = track_log_->add(row); !added) {
      post_warning(element_, added.error());
      track_log_.reset();
      return;
    }
  }
}

void Playback::warn_once(bool& told, const Error& warning) {
  if (told) return;
  told = true;
  post_warning(element_, warning);
}

void Playback::update_schedule() {
  const ScheduleKey key{settings_->timing, settings_->framerate, frame_ ? frame_->rate : Fraction{},
                        settings_->timeline_options()};
  if (schedule_ && key == schedule_key_) return;
  schedule_key_ = key;
  make_schedule(key);
  if (schedule_ && schedule_->lacks_rate()) {
    warn_once(
        warned_of_rate_,
        {ErrorCode::Settings,
         "Neither the mask file nor the caps say a frame rate: the k-th buffer shows the k-th mask, until a seek; "
         "set the property framerate to be exact"});
  }
}

void Playback::make_schedule(const ScheduleKey& key) {
  timing::ScheduleInput input;
  input.still = masks_->is_still();
  input.frame_numbers = masks_->frame_numbers();
  input.timestamps = masks_->timestamps();
  input.timing = key.timing;
  input.wanted_rate = key.wanted_rate;
  input.file_rate = masks_->fps().value_or(Fraction{});
  input.stream_rate = key.stream_rate;
  input.options = key.options;
  auto schedule = timing::Schedule::make(input);
  if (!schedule) {
    // The property changed while playing; at start, this is an error.
    warn_once(warned_of_timing_, schedule.error());
    input.timing = timing::Timing::Auto;
    schedule = timing::Schedule::make(input);
  }
  if (schedule) schedule_ = *std::move(schedule);
}

void Playback::tell_origin() {
  if (told_origin_ || settings_->time_origin != TimeOrigin::Stream) return;
  told_origin_ = true;
  const auto first = clock_.first_stream_time().value_or(0);
  if (first <= schedule_->period() / 2) return;
  post_info(element_, "The first frame is at stream time " + seconds(first) +
                          ", and mask time 0 is stream time 0. If the masks belong to the first frame, set "
                          "time-origin=first-frame, or ts-offset=" +
                          std::to_string(first));
}

std::optional<std::size_t> Playback::entry_for(const FrameTime& time) {
  switch (schedule_->basis()) {
    case timing::Schedule::Basis::Still:
      return masks_->entry_count() == 0 ? std::nullopt : std::optional<std::size_t>(0);
    case timing::Schedule::Basis::Time: {
      tell_origin();
      const auto origin = settings_->time_origin == TimeOrigin::FirstFrame ? clock_.first_stream_time().value_or(0) : 0;
      return schedule_->entry_at(saturated_difference(saturated_difference(time.lookup, origin), settings_->ts_offset));
    }
    case timing::Schedule::Basis::Buffers:
      if (time.countable) return schedule_->entry_of(time.number);
      warn_once(warned_of_seek_,
                {ErrorCode::Settings,
                 "After a seek into the stream, counting buffers does not tell which mask is due: none is shown; set "
                 "the property framerate, or timing=framerate"});
      return std::nullopt;
  }
  return std::nullopt;
}

FramePlan Playback::plan(const GstSegment& segment, const GstBuffer* buffer, const SharedMasks& masks,
                         const SharedTracks& tracks, const SharedSettings& settings) {
  if (masks != masks_) schedule_.reset();
  masks_ = masks;
  tracks_ = tracks;
  settings_ = settings;
  renderer_.clear();

  FramePlan plan;
  if (masks_) update_schedule();
  const FrameClock::Periods periods{schedule_ ? schedule_->period() : 0, frame_ ? timing::period_of(frame_->rate) : 0};
  plan.time = clock_.next(segment, buffer, periods);
  if (!masks_ || !schedule_ || !frame_) return plan;
  plan.post_message = settings_->post_messages;
  const auto entry = entry_for(plan.time);
  if (!entry) return plan;
  plan.mask_index = static_cast<gint>(*entry);

  plan.wants_pixels = !settings_->look.silent && gst_buffer_get_size(const_cast<GstBuffer*>(buffer)) > 0;
  plan.wants_objects = settings_->attach_meta || settings_->post_messages || track_log_.has_value();
  return plan;
}

void Playback::select(FramePlan& plan, bool are_there) {
  if (!are_there) {
    plan.mask_index = -1;
    return;
  }
  renderer_.select(*masks_, static_cast<std::size_t>(plan.mask_index), frame_->size,
                   plan.wants_pixels ? OverlayRenderer::Detail::Runs : OverlayRenderer::Detail::Moments);
  describe_tracks(renderer_.objects(), *tracks_, *schedule_, to_frame());
  plan.draw = plan.wants_pixels && renderer_.would_draw(settings_->look);
  plan.attach_meta = settings_->attach_meta && !renderer_.objects().empty();
}

bool Playback::carry_out(const FramePlan& plan, const GstSegment& segment, GstBuffer* buffer) {
  const bool drawn = plan.draw && draw(buffer);
  if (drawn) GST_BUFFER_FLAG_UNSET(buffer, GST_BUFFER_FLAG_GAP);
  if (plan.attach_meta) attach_region_metas(buffer, renderer_.objects());
  if (track_log_ && plan.mask_index >= 0) log_tracks(plan.time);
  if (plan.post_message) {
    gst_element_post_message(
        element_, make_frame_message(element_, segment, buffer, plan.time, plan.mask_index, renderer_.objects()));
    object_events_.post(element_, segment, buffer, plan.time, renderer_.objects());
  }
  return drawn;
}

bool Playback::draw(GstBuffer* buffer) {
  auto mapped = MappedFrame::map(buffer, *frame_);
  if (!mapped) {
    warn_once(warned_of_frame_, mapped.error());
    return false;
  }
  const composite::Painter painter(*frame_->format, frame_->encoding);
  const auto& look = settings_->look;
  const auto objects = std::as_const(renderer_).objects();
  renderer_.draw_masks(painter, mapped->view(), look);
  track_drawing_.draw_trails(painter, mapped->view(), look, objects, *tracks_, *schedule_, to_frame());
  track_drawing_.draw_boxes(painter, mapped->view(), look, objects);
  renderer_.draw_markers(painter, mapped->view(), look);
  track_drawing_.draw_labels(painter, mapped->view(), look, objects);
  return true;
}

}  // namespace sam2::element
