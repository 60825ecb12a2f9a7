// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/stream_frames.hpp"

#include <utility>

#include "base/checked_math.hpp"
#include "element/debug.hpp"
#include "element/owned.hpp"
#include "element/upstream.hpp"
#include "timing/schedule.hpp"

namespace sam2::element {

void StreamFrames::on_event(GstEvent* event) {
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_STREAM_START: {
      const gchar* stream_id = nullptr;
      gst_event_parse_stream_start(event, &stream_id);
      if (!clock_.on_stream_start(stream_id != nullptr ? stream_id : "")) break;
      origin_.reset();
      counter_.reset();
      is_live_ = false;
      has_looked_upstream_ = false;
      break;
    }
    case GST_EVENT_FLUSH_STOP:
      clock_.on_flush();
      origin_.on_flush();
      previous_running_time_ = GST_CLOCK_TIME_NONE;
      break;
    case GST_EVENT_SEGMENT: {
      const GstSegment* segment = nullptr;
      gst_event_parse_segment(event, &segment);
      clock_.on_segment(*segment);
      origin_.on_segment(*segment);
      break;
    }
    case GST_EVENT_TAG: {
      GstTagList* tags = nullptr;
      gst_event_parse_tag(event, &tags);
      origin_.on_tags(tags);
      break;
    }
    case GST_EVENT_EOS:
    case GST_EVENT_SEGMENT_DONE:
      origin_.on_end(timing::period_of(rate_));
      break;
    default:
      break;
  }
}

void StreamFrames::set_rate(const Fraction& rate) {
  rate_ = rate;
  has_looked_upstream_ = false;
}

FrameTime StreamFrames::next(const GstSegment& segment, const GstBuffer* buffer, const MaskFrames& masks,
                             TimeOrigin origin) {
  if (!std::exchange(has_looked_upstream_, true)) upstream_ = look_upstream(element_);
  const bool arrives_first = !clock_.first_stream_time();
  const auto video_period = timing::period_of(rate_);
  auto time = clock_.next(segment, buffer, {masks.period, video_period, masks.have_times});
  const auto period = video_period > 0 ? video_period : masks.period;
  // Where frames vary, a short one need not be cut.
  const bool is_cut = !masks.have_times && time.uncut_time != time.stream_time;
  const bool begins_stream = learn_origin(segment, {time.pts, time.uncut_time, time.duration, period, buffer, is_cut});
  const bool is_first = origin == TimeOrigin::FirstFrame ? arrives_first : begins_stream;
  const Marks marks{GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT) != 0, may_be_late(segment, time)};
  count(time, is_first, marks, masks, origin);
  time.first_frame = first(origin).value_or(0);
  // videorate marks the frames that repeat the one before.
  time.is_repeat = upstream_.has_videorate && GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_GAP);
  return time;
}

bool StreamFrames::learn_origin(const GstSegment& segment, const StreamOrigin::Frame& frame) {
  const auto before = origin_.first();
  const bool is_first = origin_.on_frame(segment, frame);
  // The times that the counter keeps begin with the first frame.
  if (before && !is_first && origin_.first()) counter_.shift(saturated_difference(*before, *origin_.first()));
  if (!before && is_first) is_live_ = origin_.came_late() && is_live();
  return is_first;
}

bool StreamFrames::is_live() const {
  const Owned<GstPad> pad(gst_element_get_static_pad(element_, "sink"));
  if (pad == nullptr) return true;
  const Owned<GstQuery> query(gst_query_new_latency());
  gboolean live = TRUE;
  if (gst_pad_peer_query(pad.get(), query.get()) == TRUE) {
    gst_query_parse_latency(query.get(), &live, nullptr, nullptr);
  }
  return live == TRUE;
}

bool StreamFrames::may_be_late(const GstSegment& segment, const FrameTime& time) {
  const auto running_time = segment.format == GST_FORMAT_TIME
                                ? gst_segment_to_running_time(&segment, GST_FORMAT_TIME, time.pts)
                                : GST_CLOCK_TIME_NONE;
  const auto previous = std::exchange(previous_running_time_, running_time);
  return GST_CLOCK_TIME_IS_VALID(previous) && previous < earliest_time_;
}

void StreamFrames::count(FrameTime& time, bool is_first, const Marks& marks, const MaskFrames& masks,
                         TimeOrigin origin) {
  // Times of the counter begin with the first frame.
  if (std::exchange(counts_from_, origin) != origin) counter_.reset();
  const auto begin = first(origin);
  const bool counts_from_there = origin != TimeOrigin::Stream || origin_.first() == 0;
  if (is_live_ || upstream_.has_videorate || !begin || !counts_from_there) return;
  timing::CountedFrame frame;
  frame.time = saturated_difference(time.stream_time, *begin);
  frame.lookup = saturated_difference(time.lookup, *begin);
  frame.duration = time.duration;
  frame.is_first = is_first;
  frame.follows = time.follows;
  frame.is_marked = marks.is_discont;
  frame.may_be_late = marks.may_be_late;
  frame.may_be_cut = time.may_be_cut;
  counter_.set_complete(upstream_.is_decoded);
  time.frame_number = counter_.next(frame, rates(masks));
  GST_LOG("frame at %" G_GINT64_FORMAT " ns is number %" G_GINT64_FORMAT "%s%s", frame.time,
          time.frame_number.value_or(-1), frame.follows ? "" : ", does not follow",
          frame.may_be_cut ? ", may be cut" : "");
  if (!time.frame_number || !counter_.is_irregular() || !masks.have_times) return;
  // The frame was seen whole: where it begins is known.
  const auto whole = saturated_sum(*begin, counter_.begin_of(*time.frame_number));
  if (!time.may_be_cut || whole >= time.stream_time) return;
  time.uncut_time = whole;
  time.uncertain_end.reset();
}

std::optional<std::int64_t> StreamFrames::first(TimeOrigin origin) const {
  switch (origin) {
    case TimeOrigin::Auto:
      return origin_.first();
    case TimeOrigin::Stream:
      return 0;
    case TimeOrigin::FirstFrame:
      return clock_.first_stream_time();
  }
  return std::nullopt;
}

bool StreamFrames::varies(const MaskFrames& masks) const {
  return counter_.varies() && timing::FrameCounter::is_mask_for_each_frame(rates(masks));
}

bool StreamFrames::may_vary(const MaskFrames& masks) const {
  return (counter_.varies() || counter_.is_uneven()) && timing::FrameCounter::is_mask_for_each_frame(rates(masks));
}

std::int64_t StreamFrames::number_at(std::int64_t time, const MaskFrames& masks) const {
  return counter_.number_at(time, rates(masks));
}

bool StreamFrames::repeats_frames(const MaskFrames& masks) const {
  const auto period = timing::period_of(rate_);
  return upstream_.has_videorate && period > 0 && period < masks.period - masks.period / 100;
}

}  // namespace sam2::element
