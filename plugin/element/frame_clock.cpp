// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/frame_clock.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/checked_math.hpp"
#include "base/wide_math.hpp"
#include "element/debug.hpp"
#include "timing/timeline.hpp"

namespace sam2::element {
namespace {

/// The sum of two times in ns, neither of which is GST_CLOCK_TIME_NONE. The sum stops short of it.
GstClockTime later(GstClockTime time, GstClockTime by) {
  return by >= GST_CLOCK_TIME_NONE - 1 - time ? GST_CLOCK_TIME_NONE - 1 : time + by;
}

/// The stream time of `pts`, extrapolated to times outside the segment. Returns the PTS if the segment has no stream
/// time (format BYTES, or no time base).
std::int64_t stream_time_of(const GstSegment& segment, GstClockTime pts) {
  if (segment.format == GST_FORMAT_TIME) {
    guint64 stream_time = 0;
    const auto sign = gst_segment_to_stream_time_full(&segment, GST_FORMAT_TIME, pts, &stream_time);
    if (sign != 0) return sign > 0 ? saturated(stream_time) : -saturated(stream_time);
  }
  return saturated(pts);
}

/// Converts a duration in stream time to a duration in PTS.
std::int64_t in_pts_pace(std::int64_t span, const GstSegment& segment) {
  const double pace = std::abs(segment.applied_rate);
  if (span <= 0) return 0;
  if (segment.format != GST_FORMAT_TIME || pace == 1.0 || pace <= 0.0) return span;
  return static_cast<std::int64_t>(std::clamp(static_cast<double>(span) / pace, 1.0, 9e18));
}

bool begins_at_start(const GstSegment& segment, GstClockTime pts) {
  return segment.format == GST_FORMAT_TIME && segment.applied_rate == 1.0 && pts == segment.start && pts > 0;
}

/// After an accurate seek, decoders cut the first frame at the seek position: its PTS grows and its duration shrinks.
/// Only the end of the frame identifies it. If stamps are rounded to ms, the rest may even lie within the time of the
/// next frame. A frame that begins at 0 is never cut.
bool is_clipped(const GstSegment& segment, GstClockTime pts, std::int64_t duration, std::int64_t whole) {
  return begins_at_start(segment, pts) && duration > 0 && duration < whole;
}

/// The coarsest timestamps are in ms.
constexpr std::int64_t kRounding = 1'000'000;
/// Rounding of other timestamps: the ticks of mp4 are often 1/3000 s.
constexpr std::int64_t kFineRounding = 250'000;
/// The parts of an edit list may be this far from each other.
constexpr std::int64_t kSeam = 50'000'000;
/// Rounding of timestamps in seconds with six decimals.
constexpr GstClockTime kDecimals = 1'000;

/// Places a frame that was clipped by an unknown length. It may begin here, unless so little of it is left that the
/// next frame does.
void place_by_rest(FrameTime& time, std::int64_t duration) {
  time.uncut_time = time.stream_time;
  time.slack = duration > kRounding ? kFineRounding : 0;
}

/// Places a clipped frame of varying length. `whole` is its full length, if greater than its duration.
void place_clipped(FrameTime& time, const GstSegment& segment, GstClockTime pts, std::int64_t duration,
                   std::int64_t whole) {
  if (whole > duration) {
    time.uncut_time = stream_time_of(segment, pts - std::min(pts, static_cast<GstClockTime>(whole - duration)));
    time.slack = std::min(kRounding, whole / 2);
  } else {
    place_by_rest(time, duration);
  }
  // The PTS lies within the frame, unless it is rounded and the end is near.
  const auto offset = std::min(duration, 2 * kRounding) - kRounding;
  const auto inside = offset > 0 ? later(pts, static_cast<GstClockTime>(offset))
                                 : pts - std::min(pts, static_cast<GstClockTime>(-offset));
  time.lookup = stream_time_of(segment, inside);
}

/// The first frame after a seek, of unknown begin and end. It is shown now, so now lies within it.
void place_without_duration(FrameTime& time, const GstSegment& segment, GstClockTime pts) {
  time.uncut_time = time.stream_time;
  time.lookup = stream_time_of(segment, later(pts, kDecimals));
  time.slack = 0;
}

}  // namespace

void FrameClock::place_whole(FrameTime& time, const GstSegment& segment, const Stamp& stamp, std::int64_t period) {
  time.uncut_time = stream_time_of(segment, stamp.pts);
  const auto offset = timing::lookup_offset(period > 0 ? period : stamp.duration, stamp.duration);
  // The offset is added before the conversion: with a negative applied_rate it leads backwards.
  time.lookup = stream_time_of(segment, later(stamp.pts, static_cast<GstClockTime>(offset)));
}

bool FrameClock::on_stream_start(const std::string& stream_id) {
  // Some elements send the event again for the same stream.
  if (stream_id == stream_id_) return false;
  reset();
  stream_id_ = stream_id;
  return true;
}

void FrameClock::on_flush() {
  expected_pts_ = GST_CLOCK_TIME_NONE;
  flushed_ = true;
  follows_ = false;
  after_seek_ = true;
}

void FrameClock::on_segment(const GstSegment& segment) {
  GST_DEBUG("segment %" GST_SEGMENT_FORMAT, static_cast<const void*>(&segment));
  expected_pts_ = GST_CLOCK_TIME_NONE;
  // The parts of an edit list are segments that follow each other in stream time.
  const bool goes_on = last_end_ && std::abs(saturated_difference(saturated(Int128{segment.time}), *last_end_)) < kSeam;
  follows_ = follows_ && !flushed_ && segment.format == GST_FORMAT_TIME && segment.rate > 0 && goes_on;
  after_seek_ |= has_segment_;
  has_segment_ = true;
  if (!flushed_) return;
  flushed_ = false;
  next_number_ = 0;
  const bool from_start = segment.format != GST_FORMAT_TIME || segment.time == 0;
  countable_ = from_start && segment.rate > 0;
}

void FrameClock::learn_duration(const GstSegment& segment, GstClockTime pts, std::int64_t duration) {
  const bool is_last = later(pts, static_cast<GstClockTime>(duration)) >= segment.stop;
  if (duration <= 0 || is_last) return;
  if (pts == segment.start) {
    if (!after_seek_) first_duration_ = duration;
    return;
  }
  const bool differs = whole_duration_ > 0 && std::abs(duration - whole_duration_) > kRounding;
  if (differs) lengths_ = Lengths::True;
  whole_duration_ = duration;
}

void FrameClock::trust_duration(FrameTime& time) {
  place_by_rest(time, *time.uncertain_end - time.stream_time);
}

FrameClock::Stamp FrameClock::stamp_of(const GstSegment& segment, const GstBuffer* buffer) const {
  auto pts = GST_BUFFER_PTS(buffer);
  if (!GST_CLOCK_TIME_IS_VALID(pts)) pts = expected_pts_;
  if (!GST_CLOCK_TIME_IS_VALID(pts)) pts = segment.format == GST_FORMAT_TIME ? segment.start : 0;
  if (!GST_CLOCK_TIME_IS_VALID(pts)) pts = 0;
  return {pts, GST_BUFFER_DURATION_IS_VALID(buffer) ? saturated(GST_BUFFER_DURATION(buffer)) : 0};
}

FrameClock::Kind FrameClock::kind_of(const GstSegment& segment, const Stamp& stamp, std::int64_t usual,
                                     const Periods& periods) const {
  if (periods.vary && after_seek_ && begins_at_start(segment, stamp.pts) && stamp.duration == 0) {
    return Kind::WithoutDuration;
  }
  // Where frames vary, the rate of the caps is only a guess.
  const auto nominal = usual > 0 ? usual : periods.mask;
  if (!is_clipped(segment, stamp.pts, stamp.duration, periods.vary ? nominal : periods.video)) return Kind::Whole;
  return periods.vary ? Kind::ClippedVarying : Kind::Clipped;
}

FrameTime FrameClock::next(const GstSegment& segment, const GstBuffer* buffer, const Periods& periods) {
  const auto stamp = stamp_of(segment, buffer);
  const auto [pts, duration] = stamp;
  const auto period = in_pts_pace(periods.mask > 0 ? periods.mask : periods.video, segment);

  FrameTime time;
  time.stream_time = stream_time_of(segment, pts);
  time.number = next_number_++;
  time.countable = countable_;
  if (!first_stream_time_) first_stream_time_ = time.stream_time;
  expected_pts_ = later(pts, static_cast<GstClockTime>(duration > 0 ? duration : period));
  constexpr int kTrickModes = GST_SEGMENT_FLAG_TRICKMODE | GST_SEGMENT_FLAG_TRICKMODE_KEY_UNITS;
  const bool is_plain = segment.format != GST_FORMAT_TIME ||
                        (segment.rate > 0 && segment.applied_rate == 1.0 && (segment.flags & kTrickModes) == 0);
  time.pts = pts;
  time.duration = duration;
  time.may_be_cut = after_seek_ && begins_at_start(segment, pts);
  time.follows = std::exchange(follows_, is_plain) && is_plain;
  last_end_ = stream_time_of(segment, expected_pts_);

  // With a negative applied_rate, stream time begins with the end of the frame.
  if (segment.applied_rate > 0) time.slack = std::min(kRounding, (duration > 0 ? duration : period) / 2);
  const auto known = whole_duration_ > 0 ? whole_duration_ : first_duration_;
  const auto usual = known > 0 ? known : periods.video;
  learn_duration(segment, pts, duration);
  if (periods.vary && lengths_ == Lengths::Unknown && duration > 0 && segment.applied_rate == 1.0) {
    time.uncertain_end = stream_time_of(segment, later(pts, static_cast<GstClockTime>(duration)));
  }
  switch (kind_of(segment, stamp, usual, periods)) {
    case Kind::Whole:
      time.is_whole = true;
      place_whole(time, segment, stamp, period);
      break;
    case Kind::Clipped: {
      GST_DEBUG("the frame at %" GST_TIME_FORMAT " is clipped: a seek left %" G_GINT64_FORMAT " ns of it",
                GST_TIME_ARGS(pts), duration);
      // Rounding may put the beginning of the very first frame before 0.
      const auto lost = std::min(pts, static_cast<GstClockTime>(periods.video - duration));
      place_whole(time, segment, {pts - lost, periods.video}, period);
      break;
    }
    case Kind::ClippedVarying:
      GST_DEBUG("the frame at %" GST_TIME_FORMAT " is clipped, and frames vary: a seek left %" G_GINT64_FORMAT " ns",
                GST_TIME_ARGS(pts), duration);
      place_clipped(time, segment, pts, duration, lengths_ == Lengths::True ? duration : usual);
      break;
    case Kind::WithoutDuration:
      GST_DEBUG("the frame at %" GST_TIME_FORMAT " after a seek has no duration", GST_TIME_ARGS(pts));
      place_without_duration(time, segment, pts);
      break;
  }
  return time;
}

}  // namespace sam2::element
