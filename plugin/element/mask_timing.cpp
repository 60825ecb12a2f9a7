// SPDX-License-Identifier: LGPL-2.1-or-later
#include "element/mask_timing.hpp"

#include <string>
#include <utility>

#include "base/checked_math.hpp"
#include "element/bus_error.hpp"
#include "element/debug.hpp"

namespace sam2::element {
namespace {

std::string seconds(std::int64_t nanoseconds) {
  return std::to_string(static_cast<double>(nanoseconds) / static_cast<double>(timing::kNanosecondsPerSecond)) + " s";
}

const char* name_of(timing::Schedule::Basis basis) {
  switch (basis) {
    case timing::Schedule::Basis::Still:
      return "nothing: a still shows on every frame";
    case timing::Schedule::Basis::Time:
      return "stream time";
    case timing::Schedule::Basis::Buffers:
      return "counting buffers";
  }
  return "";
}

}  // namespace

void MaskTiming::on_event(GstEvent* event) {
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_STREAM_START: {
      const gchar* stream_id = nullptr;
      gst_event_parse_stream_start(event, &stream_id);
      clock_.on_stream_start(stream_id != nullptr ? stream_id : "");
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
    default:
      break;
  }
}

bool MaskTiming::update(const masks::MaskSet& masks, const Settings& settings) {
  const ScheduleKey key{settings.timing, settings.framerate, stream_rate_, settings.timeline_options()};
  if (schedule_ && key == schedule_key_) return false;
  schedule_key_ = key;
  make_schedule(masks);
  if (schedule_ && schedule_->lacks_rate()) {
    post_warning_once(
        element_, warned_of_rate_,
        {ErrorCode::Settings,
         "Neither the mask file nor the caps say a frame rate: the k-th buffer shows the k-th mask, until a seek; "
         "set the property framerate to be exact"});
  }
  return true;
}

void MaskTiming::make_schedule(const masks::MaskSet& masks) {
  timing::ScheduleInput input;
  input.still = masks.is_still();
  input.frame_numbers = masks.frame_numbers();
  input.timestamps = masks.timestamps();
  input.timing = schedule_key_.timing;
  input.wanted_rate = schedule_key_.wanted_rate;
  input.file_rate = masks.fps().value_or(Fraction{});
  input.stream_rate = schedule_key_.stream_rate;
  input.options = schedule_key_.options;
  auto schedule = timing::Schedule::make(input);
  if (!schedule) {
    // The property changed while playing; at start, this is an error.
    post_warning_once(element_, warned_of_timing_, schedule.error());
    input.timing = timing::Timing::Auto;
    schedule = timing::Schedule::make(input);
  }
  if (schedule) schedule_ = *std::move(schedule);
  if (!schedule_) return;
  GST_INFO_OBJECT(element_, "masks are chosen by %s, %" G_GUINT64_FORMAT " entries, period %" G_GINT64_FORMAT " ns",
                  name_of(schedule_->basis()), guint64{schedule_->entry_count()}, gint64{schedule_->period()});
}

FrameTime MaskTiming::next(const GstSegment& segment, const GstBuffer* buffer) {
  return clock_.next(
      segment, buffer,
      {schedule_ ? schedule_->period() : 0, timing::period_of(stream_rate_), schedule_ && schedule_->has_timestamps()});
}

std::int64_t MaskTiming::mask_origin(const Settings& settings) const {
  const auto origin = settings.time_origin == TimeOrigin::FirstFrame ? clock_.first_stream_time().value_or(0) : 0;
  return saturated_sum(origin, settings.ts_offset);
}

void MaskTiming::report_origin(const Settings& settings) {
  if (reported_origin_ || settings.time_origin != TimeOrigin::Stream) return;
  reported_origin_ = true;
  const auto first = clock_.first_stream_time().value_or(0);
  if (first <= schedule_->period() / 2) return;
  post_info(element_, "The first frame is at stream time " + seconds(first) +
                          ", and mask time 0 is stream time 0. If the masks belong to the first frame, set "
                          "time-origin=first-frame, or ts-offset=" +
                          std::to_string(first));
}

void MaskTiming::check_duration(FrameTime& time, const Settings& settings) {
  if (!time.uncertain_end) return;
  const auto origin = mask_origin(settings);
  const auto begin = saturated_difference(time.uncut_time, origin);
  const auto end = saturated_difference(*time.uncertain_end, origin);
  // As far as stamps in ms are off.
  constexpr std::int64_t kSlack = 510'000;
  // Nothing begins at the end of the last one.
  if (!schedule_->entry_beginning_at(end, kSlack) && !schedule_->all_begin_before(end)) {
    clock_.distrust_durations();
  } else if (time.uncut_time != time.stream_time) {
    const auto entry = schedule_->entry_beginning_at(begin, time.slack);
    // Where no other frame begins in between, the length is right in either case.
    if (!entry || entry != schedule_->entry_at(saturated_difference(end, 2 * kSlack))) FrameClock::trust_duration(time);
  }
}

std::optional<timing::Held> MaskTiming::held_at(const FrameTime& time, const Settings& settings) {
  switch (schedule_->basis()) {
    case timing::Schedule::Basis::Still:
      return schedule_->entry_count() == 0 ? std::nullopt : std::optional(timing::Held{});
    case timing::Schedule::Basis::Time:
      report_origin(settings);
      return held_by_time(time, settings);
    case timing::Schedule::Basis::Buffers:
      return held_by_count(time);
  }
  return std::nullopt;
}

std::optional<timing::Held> MaskTiming::held_by_time(const FrameTime& time, const Settings& settings) const {
  const auto origin = mask_origin(settings);
  // Half a frame later there may be another one already, where some frames are short.
  const auto entry = schedule_->entry_beginning_at(saturated_difference(time.uncut_time, origin), time.slack);
  if (entry) return timing::Held{*entry, saturated_difference(time.lookup, time.uncut_time)};
  return schedule_->held_at(saturated_difference(time.lookup, origin));
}

std::optional<timing::Held> MaskTiming::held_by_count(const FrameTime& time) {
  if (time.countable) {
    const auto entry = schedule_->entry_of(time.number);
    return entry ? std::optional(timing::Held{*entry, 0}) : std::nullopt;
  }
  post_warning_once(
      element_, warned_of_seek_,
      {ErrorCode::Settings,
       "After a seek into the stream, counting buffers does not tell which mask is due: none is shown; set "
       "the property framerate, or timing=framerate"});
  return std::nullopt;
}

std::optional<tracking::Moment> MaskTiming::moment_at(FrameTime& time, const tracking::Tracks& tracks,
                                                      const Settings& settings) {
  check_duration(time, settings);
  const auto held = held_at(time, settings);
  if (!held) return std::nullopt;
  const bool is_timed = schedule_->basis() == timing::Schedule::Basis::Time;
  const bool moves = settings.interpolation == Interpolation::Motion && is_timed;
  const auto next = moves ? tracks.entry_after(held->entry) : std::nullopt;
  if (!next) return tracking::Moment{held->entry, 0, 0};
  const auto way = saturated_difference(schedule_->time_of(*next), schedule_->time_of(held->entry));
  const auto frame = timing::period_of(stream_rate_);
  const auto elapsed = saturated_difference(held->time, saturated_difference(time.lookup, time.uncut_time));
  return tracking::moment_after(held->entry, elapsed, way, frame > 0 ? frame : schedule_->period());
}

}  // namespace sam2::element
