// SPDX-License-Identifier: LGPL-2.1-or-later
#include "element/frame_clock.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "timing/timeline.hpp"

namespace sam2::element {
namespace {

constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

std::int64_t saturated(guint64 time) {
  return static_cast<std::int64_t>(std::min<guint64>(time, kHighest));
}

/// A and b are times in ns; neither the sum nor its parts may reach GST_CLOCK_TIME_NONE.
GstClockTime later(GstClockTime time, GstClockTime by) {
  return by >= GST_CLOCK_TIME_NONE - 1 - time ? GST_CLOCK_TIME_NONE - 1 : time + by;
}

/// Stream time, extrapolated to times outside the segment; PTS itself where the segment has none (BYTES, or no time
/// base).
std::int64_t stream_time_of(const GstSegment& segment, GstClockTime pts) {
  if (segment.format == GST_FORMAT_TIME) {
    guint64 stream_time = 0;
    const auto sign = gst_segment_to_stream_time_full(&segment, GST_FORMAT_TIME, pts, &stream_time);
    if (sign != 0) return sign > 0 ? saturated(stream_time) : -saturated(stream_time);
  }
  return saturated(pts);
}

/// A span of stream time, in the PTS' own pace.
std::int64_t in_pts_pace(std::int64_t span, const GstSegment& segment) {
  const double pace = std::abs(segment.applied_rate);
  if (span <= 0) return 0;
  if (segment.format != GST_FORMAT_TIME || pace == 1.0 || pace <= 0.0) return span;
  return static_cast<std::int64_t>(std::clamp(static_cast<double>(span) / pace, 1.0, 9e18));
}

bool begins_at_start(const GstSegment& segment, GstClockTime pts) {
  return segment.format == GST_FORMAT_TIME && segment.applied_rate == 1.0 && pts == segment.start && pts > 0;
}

/// After an accurate seek, decoders cut what is before the seek position off the first frame: later PTS, shorter
/// duration. Only its end says which frame it is; where stamps are rounded to ms, the rest may even lie in the next
/// frame's time altogether. What begins at 0 has nothing before it.
bool is_clipped(const GstSegment& segment, GstClockTime pts, std::int64_t duration, std::int64_t whole) {
  return begins_at_start(segment, pts) && duration > 0 && duration < whole;
}

/// Stamps are in ms where they are coarsest.
constexpr std::int64_t kRounding = 1'000'000;
/// How far off they are elsewhere: the ticks of mp4 are often of 1/3000 s.
constexpr std::int64_t kFineRounding = 250'000;
/// How far off they are in a file that has them in seconds with six decimals.
constexpr GstClockTime kDecimals = 1'000;

/// A frame that is clipped by an unknown length: it may begin here, unless so little is left that the next one does.
void place_by_rest(FrameTime& time, std::int64_t duration) {
  time.uncut_time = time.stream_time;
  time.slack = duration > kRounding ? kFineRounding : 0;
}

/// A clipped frame where frames vary. `whole` is how long it was, if greater than its duration.
void place_clipped(FrameTime& time, const GstSegment& segment, GstClockTime pts, std::int64_t duration,
                   std::int64_t whole) {
  if (whole > duration) {
    time.uncut_time = stream_time_of(segment, pts - std::min(pts, static_cast<GstClockTime>(whole - duration)));
    time.slack = std::min(kRounding, whole / 2);
  } else {
    place_by_rest(time, duration);
  }
  // The PTS is within the frame, unless it is rounded and the end is near.
  const auto offset = std::min(duration, 2 * kRounding) - kRounding;
  const auto inside = offset > 0 ? later(pts, static_cast<GstClockTime>(offset))
                                 : pts - std::min(pts, static_cast<GstClockTime>(-offset));
  time.lookup = stream_time_of(segment, inside);
}

}  // namespace

void FrameClock::on_stream_start(const std::string& stream_id) {
  // Some elements repeat the event for the same stream.
  if (stream_id == stream_id_) return;
  reset();
  stream_id_ = stream_id;
}

void FrameClock::on_flush() {
  expected_pts_ = GST_CLOCK_TIME_NONE;
  flushed_ = true;
  sought_ = true;
}

void FrameClock::on_segment(const GstSegment& segment) {
  expected_pts_ = GST_CLOCK_TIME_NONE;
  sought_ |= has_segment_;
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
    if (!sought_) first_duration_ = duration;
    return;
  }
  const bool differs = whole_duration_ > 0 && std::abs(duration - whole_duration_) > kRounding;
  if (differs) lengths_ = Lengths::True;
  whole_duration_ = duration;
}

void FrameClock::trust_duration(FrameTime& time) {
  place_by_rest(time, *time.uncertain_end - time.stream_time);
}

FrameTime FrameClock::next(const GstSegment& segment, const GstBuffer* buffer, const Periods& periods) {
  auto pts = GST_BUFFER_PTS(buffer);
  if (!GST_CLOCK_TIME_IS_VALID(pts)) pts = expected_pts_;
  if (!GST_CLOCK_TIME_IS_VALID(pts)) pts = segment.format == GST_FORMAT_TIME ? segment.start : 0;
  if (!GST_CLOCK_TIME_IS_VALID(pts)) pts = 0;
  auto duration = GST_BUFFER_DURATION_IS_VALID(buffer) ? saturated(GST_BUFFER_DURATION(buffer)) : 0;
  const auto period = in_pts_pace(periods.mask > 0 ? periods.mask : periods.video, segment);

  FrameTime time;
  time.stream_time = stream_time_of(segment, pts);
  time.number = next_number_++;
  time.countable = countable_;
  if (!first_stream_time_) first_stream_time_ = time.stream_time;
  expected_pts_ = later(pts, static_cast<GstClockTime>(duration > 0 ? duration : period));

  // With a negative applied_rate, stream time begins with the end of the frame.
  if (segment.applied_rate > 0) time.slack = std::min(kRounding, (duration > 0 ? duration : period) / 2);
  const auto usual = whole_duration_ > 0 ? whole_duration_ : first_duration_;
  const auto nominal = usual > 0 ? usual : periods.video;
  learn_duration(segment, pts, duration);
  if (periods.vary && lengths_ == Lengths::Unknown && duration > 0 && segment.applied_rate == 1.0) {
    time.uncertain_end = stream_time_of(segment, later(pts, static_cast<GstClockTime>(duration)));
  }
  if (periods.vary && sought_ && begins_at_start(segment, pts) && duration == 0) {
    // Neither its beginning nor its end is known, but it is shown now.
    time.uncut_time = time.stream_time;
    time.lookup = stream_time_of(segment, later(pts, kDecimals));
    time.slack = 0;
    return time;
  }
  // Where frames vary, the rate of the caps is a guess at best.
  const auto varying = nominal > 0 ? nominal : periods.mask;
  if (is_clipped(segment, pts, duration, periods.vary ? varying : periods.video)) {
    if (periods.vary) {
      place_clipped(time, segment, pts, duration, lengths_ == Lengths::True ? duration : nominal);
      return time;
    }
    // Rounding may put the beginning of the very first frame before 0.
    pts -= std::min(pts, static_cast<GstClockTime>(periods.video - duration));
    duration = periods.video;
  }
  time.uncut_time = stream_time_of(segment, pts);
  const auto offset = timing::lookup_offset(period > 0 ? period : duration, duration);
  // The offset goes in before the conversion: where applied_rate is negative, it leads backwards.
  time.lookup = stream_time_of(segment, later(pts, static_cast<GstClockTime>(offset)));
  return time;
}

}  // namespace sam2::element
