// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/stream_origin.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "base/checked_math.hpp"
#include "base/wide_math.hpp"
#include "element/debug.hpp"

namespace sam2::element {
namespace {

/// First frames of files come sooner after the begin of their segment.
constexpr std::int64_t kLate = 1'000'000'000;
/// Stamps and durations in ms are off by up to this much together.
constexpr std::int64_t kRounding = 1'200'000;

bool is_time(const GstSegment& segment) {
  return segment.format == GST_FORMAT_TIME;
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> heads) {
  return std::ranges::any_of(heads, [&](std::string_view head) { return text.starts_with(head); });
}

/// A generator may say the number of a frame. Then the frames before it were lost on the way.
bool says_number(const StreamOrigin::Frame& frame) {
  const auto offset = GST_BUFFER_OFFSET(frame.buffer);
  if (offset == GST_BUFFER_OFFSET_NONE || offset == 0 || frame.period <= 0) return false;
  if (GST_BUFFER_OFFSET_END(frame.buffer) != offset + 1) return false;
  const auto begin = saturated(Int128{offset} * frame.period);
  return std::abs(begin - frame.stream_time) < frame.period / 2;
}

}  // namespace

void StreamOrigin::on_tags(const GstTagList* tags) {
  const gchar* name = nullptr;
  if (!gst_tag_list_peek_string_index(tags, GST_TAG_CONTAINER_FORMAT, 0, &name)) return;
  if (starts_with_any(name, {"AVI", "Ogg"})) {
    container_ = Container::Zero;
  } else if (starts_with_any(name, {"ISO MP4", "ISO 3GP", "3GP", "Quicktime", "QuickTime"})) {
    container_ = Container::Mp4;
  } else if (starts_with_any(name, {"ISO", "Matroska", "WebM"})) {
    container_ = Container::Segment;
  }
}

void StreamOrigin::on_segment(const GstSegment& segment) {
  ++segments_;
  const bool is_flushed = flushed_ || (segment.flags & GST_SEGMENT_FLAG_RESET) != 0;
  flushed_ = false;
  // An edit list may begin with nothing: then the second segment begins where the first one, without frames, stops.
  const bool goes_on = !has_frames_ && !is_seek_ && stop_ && *stop_ == segment.time;
  is_seek_ = is_flushed || (segments_ > 1 && !goes_on);
  stop_.reset();
  if (is_time(segment) && GST_CLOCK_TIME_IS_VALID(segment.stop) && segment.stop >= segment.start) {
    stop_ = segment.time + (segment.stop - segment.start);
  }
  is_first_due_ = true;
  rest_of_first_.reset();
  lowest_.reset();
  in_segment_ = first_;
}

bool StreamOrigin::begins_stream(const GstSegment& segment) const {
  if (!is_time(segment)) return true;
  if (segment.rate < 0 || segment.applied_rate < 0) return false;
  if (segment.time == 0) return true;
  if (is_seek_) return false;
  if (segments_ > 1) return true;
  return container_ == Container::Unnamed && segment.start == segment.time;
}

void StreamOrigin::learn(const GstSegment& segment, const Frame& frame) {
  const bool is_near = !frame.is_cut && std::abs(frame.stream_time) <= frame.period / 2;
  first_ = is_near || says_number(frame) ? 0 : frame.stream_time;
  first_pts_ = frame.pts;
  in_segment_ = first_;
  rest_of_first_.reset();
  if (frame.is_cut) rest_of_first_ = frame.duration;
  if (!is_time(segment)) return;
  const bool is_whole = segment.start == 0 && segment.time == 0;
  came_late_ = is_whole && frame.stream_time >= kLate;
  GST_INFO("the first frame of the stream is at stream time %" G_GINT64_FORMAT " ns", frame.stream_time);
}

void StreamOrigin::correct(const Frame& second) {
  const auto rest = std::exchange(rest_of_first_, std::nullopt);
  if (!rest || second.period <= 0 || GST_BUFFER_FLAG_IS_SET(second.buffer, GST_BUFFER_FLAG_DISCONT)) return;
  // Frames between the two may be missing.
  const auto gap = GST_CLOCK_DIFF(first_pts_, second.pts);
  const auto apart = std::abs(gap - *rest) % second.period;
  if (std::min(apart, second.period - apart) <= kRounding) return;
  first_ = saturated_difference(second.stream_time, gap);
  if (std::abs(*first_) <= second.period / 2) first_ = 0;
  in_segment_ = first_;
  GST_INFO(
      "the frame after the first one shows that nothing was cut off: the first one is at stream time %" G_GINT64_FORMAT
      " ns",
      *first_);
}

bool StreamOrigin::on_frame(const GstSegment& segment, const Frame& frame) {
  const bool is_backwards = is_time(segment) && segment.rate < 0;
  const bool is_plain = !is_backwards && (!is_time(segment) || segment.applied_rate == 1.0);
  if (is_backwards && segment.time == 0) {
    lowest_ = lowest_ ? std::min(*lowest_, frame.stream_time) : frame.stream_time;
  }
  if (!is_first_due_) {
    correct(frame);
    return false;
  }
  is_first_due_ = false;
  has_frames_ = true;
  if (is_time(segment)) {
    // An edit list moves the first frame to 0. An editor moves what it shows to where it wants it.
    const bool is_moved = segment.start != segment.time && (container_ == Container::Mp4 || segments_ == 1);
    begins_at_zero_ = container_ == Container::Zero || is_moved;
  }
  const bool is_inside = !is_time(segment) || frame.pts >= segment.start;
  if (!first_) {
    if (!begins_stream(segment) || !is_inside) return false;
    learn(segment, frame);
    return true;
  }
  if (!is_plain || !GST_CLOCK_TIME_IS_VALID(first_pts_)) return false;
  // tsdemux gives the first frame another stream time after a seek to before it.
  const auto apart = GST_CLOCK_DIFF(first_pts_, frame.pts);
  const bool is_first = std::abs(apart) < std::max<std::int64_t>(frame.period / 4, 1);
  if (is_first && is_seek_ && std::abs(frame.stream_time - *first_) > frame.period / 2) {
    in_segment_ = frame.stream_time;
  }
  return is_first;
}

void StreamOrigin::on_end(std::int64_t period) {
  if (first_ || !lowest_) return;
  first_ = *lowest_ <= period / 2 ? 0 : *lowest_;
  in_segment_ = first_;
}

}  // namespace sam2::element
