// SPDX-License-Identifier: LGPL-2.1-or-later
#include "element/playback.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "element/bus_error.hpp"
#include "element/debug.hpp"
#include "element/mapped_frame.hpp"
#include "element/metadata.hpp"

namespace sam2::element {
namespace {

std::int64_t saturated_difference(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return a < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

std::int64_t saturated_sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
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

void Playback::on_event(GstEvent* event) {
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_STREAM_START: {
      const gchar* stream_id = nullptr;
      gst_event_parse_stream_start(event, &stream_id);
      clock_.on_stream_start(stream_id != nullptr ? stream_id : "");
      orientation_tag_.reset();
      break;
    }
    case GST_EVENT_FLUSH_STOP:
      clock_.on_flush();
      break;
    case GST_EVENT_SEGMENT: {
      const GstSegment* segment = nullptr;
      gst_event_parse_segment(event, &segment);
      clock_.on_segment(*segment);
      break;
    }
    case GST_EVENT_TAG: {
      GstTagList* tags = nullptr;
      gst_event_parse_tag(event, &tags);
      orientation_tag_.on_tags(tags);
      break;
    }
    case GST_EVENT_EOS:
      on_end();
      break;
    default:
      break;
  }
}

void Playback::set_attaches_compositions(bool attaches, bool wanted) {
  attaches_compositions_ = attaches;
  if (attaches || !wanted) return;
  warn_once(warned_of_render_, {ErrorCode::Settings,
                                "render=composition, but nothing downstream draws overlay compositions: masks are "
                                "blended into the frames instead"});
}

void Playback::warn_once(bool& told, const Error& warning) {
  if (told) return;
  told = true;
  post_warning(element_, warning);
}

void Playback::forget_shown() {
  composition_->clear();
  analytics_->forget();
}

void Playback::update_schedule() {
  const ScheduleKey key{settings_->timing, settings_->framerate, frame_ ? frame_->rate : Fraction{},
                        settings_->timeline_options()};
  if (schedule_ && key == schedule_key_) return;
  schedule_key_ = key;
  // Trails are drawn by it.
  forget_shown();
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

/// Stream time of mask time 0.
std::int64_t Playback::mask_origin() const {
  const auto origin = settings_->time_origin == TimeOrigin::FirstFrame ? clock_.first_stream_time().value_or(0) : 0;
  return saturated_sum(origin, settings_->ts_offset);
}

void Playback::judge_length(FrameTime& time) {
  if (!time.uncertain_end) return;
  const auto begin = saturated_difference(time.uncut_time, mask_origin());
  const auto end = saturated_difference(*time.uncertain_end, mask_origin());
  // As far as stamps in ms are off.
  constexpr std::int64_t kSlack = 510'000;
  // Nothing begins at the end of the last one.
  if (!schedule_->entry_beginning_at(end, kSlack) && !schedule_->all_begin_before(end)) {
    clock_.distrust_durations();
  } else if (time.uncut_time != time.stream_time) {
    const auto entry = schedule_->entry_beginning_at(begin, time.slack);
    // Where no other frame begins in between, the length is right in either case.
    if (!entry || entry != schedule_->entry_at(end - 2 * kSlack)) FrameClock::trust_duration(time);
  }
}

std::optional<timing::Held> Playback::held_at(const FrameTime& time) {
  switch (schedule_->basis()) {
    case timing::Schedule::Basis::Still:
      return masks_->entry_count() == 0 ? std::nullopt : std::optional(timing::Held{});
    case timing::Schedule::Basis::Time: {
      tell_origin();
      const auto in_mask_time = [&](std::int64_t stream_time) {
        return saturated_difference(stream_time, mask_origin());
      };
      // Half a frame later there may be another one already, where some frames are short.
      const auto entry = schedule_->entry_beginning_at(in_mask_time(time.uncut_time), time.slack);
      if (entry) return timing::Held{*entry, saturated_difference(time.lookup, time.uncut_time)};
      return schedule_->held_at(in_mask_time(time.lookup));
    }
    case timing::Schedule::Basis::Buffers:
      if (time.countable) {
        const auto entry = schedule_->entry_of(time.number);
        return entry ? std::optional(timing::Held{*entry, 0}) : std::nullopt;
      }
      warn_once(warned_of_seek_,
                {ErrorCode::Settings,
                 "After a seek into the stream, counting buffers does not tell which mask is due: none is shown; set "
                 "the property framerate, or timing=framerate"});
      return std::nullopt;
  }
  return std::nullopt;
}

tracking::Moment Playback::moment_of(const timing::Held& held, const FrameTime& time) const {
  const bool is_timed = schedule_->basis() == timing::Schedule::Basis::Time;
  const bool moves = settings_->interpolation == Interpolation::Motion && is_timed;
  const auto next = moves ? tracks_->entry_after(held.entry) : std::nullopt;
  if (!next) return {held.entry, 0, 0};
  const auto way = saturated_difference(schedule_->time_of(*next), schedule_->time_of(held.entry));
  const auto frame = timing::period_of(frame_->rate);
  const auto elapsed = saturated_difference(held.time, saturated_difference(time.lookup, time.uncut_time));
  return tracking::moment_after(held.entry, elapsed, way, frame > 0 ? frame : schedule_->period());
}

PlacementRequest Playback::placement_request(const masks::MaskSet& masks) const {
  const Fraction aspect{GST_VIDEO_INFO_PAR_N(&frame_->video), GST_VIDEO_INFO_PAR_D(&frame_->video)};
  return {masks.size(),   frame_->size,           aspect.is_positive() ? aspect : Fraction{1, 1},
          settings_->fit, settings_->orientation, orientation_tag_.method()};
}

/// New masks that do not fit are no reason to end what plays.
bool Playback::refuses(const SharedMasks& masks) const {
  return masks_ && masks && masks != masks_ && frame_ && misfit(placement_request(*masks)) &&
         !misfit(placement_request(*masks_));
}

void Playback::update_placement() {
  const auto request = placement_request(*masks_);
  if (!placement_.update(request)) return;
  forget_shown();
  renderer_.forget();
  GST_INFO_OBJECT(element_, "%s", placement_.description().c_str());
  if (std::exchange(judged_shapes_, true)) return;
  if (const auto doubt = placement_.doubt()) post_warning(element_, *doubt);
}

FramePlan Playback::plan(const GstSegment& segment, const GstBuffer* buffer, const SharedMasks& masks,
                         const SharedTracks& tracks, const SharedSettings& settings) {
  if (settings != settings_ || masks != masks_) forget_shown();
  settings_ = settings;
  if (refuses(masks)) {
    if (masks != refused_masks_) post_warning(element_, *misfit(placement_request(*masks)));
    refused_masks_ = masks;
  } else {
    if (masks != masks_) {
      schedule_.reset();
      judged_shapes_ = false;
      renderer_.forget();
    }
    masks_ = masks;
    tracks_ = tracks;
    refused_masks_.reset();
  }
  renderer_.clear();

  FramePlan plan;
  if (masks_) update_schedule();
  const FrameClock::Periods periods{schedule_ ? schedule_->period() : 0, frame_ ? timing::period_of(frame_->rate) : 0,
                                    schedule_ && schedule_->has_timestamps()};
  plan.time = clock_.next(segment, buffer, periods);
  if (!masks_ || !schedule_ || !frame_) return plan;
  plan.error = misfit(placement_request(*masks_));
  if (plan.error) return plan;
  update_placement();
  plan.post_message = settings_->post_messages;
  judge_length(plan.time);
  const auto held = held_at(plan.time);
  if (!held) return plan;
  plan.mask_index = static_cast<gint>(held->entry);
  plan.moment = moment_of(*held, plan.time);

  plan.awaits_masks = masks == masks_;
  plan.wants_pixels = !settings_->look.silent && gst_buffer_get_size(const_cast<GstBuffer*>(buffer)) > 0;
  plan.wants_objects = settings_->attach_meta || settings_->post_messages || track_log_.has_value();
  return plan;
}

void Playback::select(FramePlan& plan, bool are_there) {
  // Masks that stay because others were refused are no longer read: some may be missing for good.
  if ((plan.awaits_masks && !are_there) || !tracks_->is_ready(static_cast<std::size_t>(plan.mask_index))) {
    plan.mask_index = -1;
    return;
  }
  using Detail = OverlayRenderer::Detail;
  const auto drawn = settings_->edges == masks::Edges::Smooth ? Detail::Coverage : Detail::Runs;
  const bool tells_masks = settings_->attach_meta && AnalyticsMetadata::kNeedsRuns;
  const auto told = tells_masks ? Detail::Runs : Detail::Moments;
  renderer_.select(*masks_, *tracks_, plan.moment, placement_.placement(), plan.wants_pixels ? drawn : told);
  describe_tracks(renderer_.objects(), *tracks_, *schedule_, placement_.placement());
  const bool draws = plan.wants_pixels && renderer_.would_draw(settings_->look);
  plan.draw = draws && !attaches_compositions_;
  plan.compose = draws && attaches_compositions_;
  if (shown_moment_ != plan.moment) forget_shown();
  shown_moment_ = plan.moment;
  plan.attach_meta = settings_->attach_meta && !renderer_.objects().empty();
}

bool Playback::carry_out(const FramePlan& plan, const GstSegment& segment, GstBuffer* buffer) {
  const bool drawn = plan.compose || (plan.draw && draw(buffer));
  if (plan.compose) compose(buffer);
  if (drawn) GST_BUFFER_FLAG_UNSET(buffer, GST_BUFFER_FLAG_GAP);
  if (plan.attach_meta) {
    attach_region_metas(buffer, renderer_.objects());
    analytics_->attach(buffer, renderer_.objects(), {frame_->size, plan.time.stream_time, mask_origin()});
  }
  if (track_log_ && plan.mask_index >= 0) log_tracks(plan.time);
  if (plan.post_message) {
    gst_element_post_message(
        element_, make_frame_message(element_, segment, buffer, plan.time, plan.mask_index, renderer_.objects()));
    object_events_.post(element_, segment, buffer, plan.time, renderer_.objects());
  }
  return drawn;
}

void Playback::compose(GstBuffer* buffer) {
  if (!composition_->is_drawn()) {
    composition_->draw(frame_->size,
                       [this](const Brush& brush, const composite::FrameView& frame) { draw_objects(brush, frame); });
  }
  composition_->attach(buffer);
}

void Playback::draw_objects(const Brush& brush, const composite::FrameView& frame) {
  const auto& look = settings_->look;
  const auto objects = std::as_const(renderer_).objects();
  renderer_.draw_masks(brush, frame, look);
  track_drawing_.draw_trails(brush, frame, look, objects, *tracks_, *schedule_, placement_.placement());
  track_drawing_.draw_boxes(brush, frame, look, objects);
  renderer_.draw_markers(brush, frame, look);
  track_drawing_.draw_labels(brush, frame, look, objects);
}

bool Playback::draw(GstBuffer* buffer) {
  if (frame_->format == nullptr) {
    warn_once(warned_of_frame_,
              {ErrorCode::Format,
               "Frames were left undrawn: they are not in system memory, and nothing downstream draws "
               "overlay compositions"});
    return false;
  }
  auto mapped = MappedFrame::map(buffer, *frame_);
  if (!mapped) {
    warn_once(warned_of_frame_, mapped.error());
    return false;
  }
  const composite::Painter painter(*frame_->format, frame_->encoding);
  draw_objects(Brush(painter), mapped->view());
  return true;
}

}  // namespace sam2::element
