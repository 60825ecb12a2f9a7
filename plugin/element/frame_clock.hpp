// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <optional>
#include <string>

#include "element/enums.hpp"

namespace sam2::element {

/// The times of one frame that select its mask.
struct FrameTime {
  /// Stream time in ns, inside the frame, at which its mask is looked up; without origin and offset. Frames before the
  /// segment have negative times.
  std::int64_t lookup = 0;
  std::int64_t stream_time = 0;  ///< stream time of the begin of the frame as stamped
  std::int64_t uncut_time = 0;   ///< stream time of the begin before a seek clipped it, as far as known
  /// A timestamp of the file within this distance of `uncut_time` names this frame; 0: none does.
  std::int64_t slack = 0;
  /// End of the frame in stream time by its duration, while it is unknown whether durations are true.
  std::optional<std::int64_t> uncertain_end;
  GstClockTime pts = 0;                      ///< PTS, or where the frame before ended
  std::int64_t duration = 0;                 ///< duration in stream time; 0: unknown
  bool follows = false;                      ///< no seek lies between this frame and the previous one
  bool may_be_cut = false;                   ///< begins where a seek went to, which may have cut off its begin
  bool is_whole = false;                     ///< the duration does not tell that the frame is cut
  bool is_repeat = false;                    ///< upstream says that the frame repeats the previous one
  std::optional<std::int64_t> frame_number;  ///< number of the frame since the first one of the stream, if known
  std::int64_t first_frame = 0;              ///< stream time of the first frame, if known
  std::uint64_t number = 0;                  ///< number of the buffer since the stream began
  bool countable = true;                     ///< false after a seek into the stream, where `number` is meaningless
};

/// Follows the stream's events and gives each buffer its time. Used by the streaming thread only.
class FrameClock {
 public:
  /// Starts a new stream and drops the state of the old one.
  void reset() { *this = FrameClock(); }
  /// Returns false if the event only repeats that of the current stream.
  bool on_stream_start(const std::string& stream_id);
  void on_flush();
  void on_segment(const GstSegment& segment);

  /// Frame periods in ns of stream time; 0: unknown.
  struct Periods {
    std::int64_t mask = 0;   ///< period of the frames that the mask file numbers
    std::int64_t video = 0;  ///< period of the frames of the stream
    bool vary = false;       ///< the periods are only typical: the file has a timestamp for every mask
  };

  /// Returns the time of the next buffer. A buffer without PTS begins where the one before ended. Call it once for each
  /// buffer.
  FrameTime next(const GstSegment& segment, const GstBuffer* buffer, const Periods& periods);

  /// The timestamps of the file contradict the durations: some decoders give all frames one duration.
  void distrust_durations() { lengths_ = Lengths::Nominal; }
  /// The timestamps of the file confirm the duration of a clipped frame with `uncertain_end`.
  static void trust_duration(FrameTime& time);

  /// Stream time of the first frame since the stream began, once it has passed.
  [[nodiscard]] std::optional<std::int64_t> first_stream_time() const { return first_stream_time_; }

 private:
  /// Meaning of the durations of buffers.
  enum class Lengths {
    Unknown,
    True,     ///< each is the length of its frame
    Nominal,  ///< one value for all frames, whatever their length
  };

  /// What is known of the begin and the end of a frame.
  enum class Kind {
    Whole,
    Clipped,          ///< a seek cut its begin off; the length is that of the frame rate
    ClippedVarying,   ///< likewise, but frames vary in length
    WithoutDuration,  ///< the first frame after a seek where frames vary
  };
  struct Stamp {
    GstClockTime pts;
    std::int64_t duration;  ///< ns; 0: unknown
  };

  [[nodiscard]] Stamp stamp_of(const GstSegment& segment, const GstBuffer* buffer) const;
  [[nodiscard]] Kind kind_of(const GstSegment& segment, const Stamp& stamp, std::int64_t usual,
                             const Periods& periods) const;
  static void place_whole(FrameTime& time, const GstSegment& segment, const Stamp& stamp, std::int64_t period);
  void learn_duration(const GstSegment& segment, GstClockTime pts, std::int64_t duration);

  std::string stream_id_;
  std::optional<std::int64_t> first_stream_time_;
  GstClockTime expected_pts_ = GST_CLOCK_TIME_NONE;
  std::int64_t first_duration_ = 0;  ///< duration of the first buffer, which an edit list may have clipped
  std::int64_t whole_duration_ = 0;  ///< duration of the last buffer that was not clipped; 0: unknown
  Lengths lengths_ = Lengths::Unknown;
  std::uint64_t next_number_ = 0;
  bool countable_ = true;
  bool follows_ = false;                  ///< the next frame follows the last one
  std::optional<std::int64_t> last_end_;  ///< stream time at which the last frame ended, as far as known
  bool flushed_ = false;
  bool has_segment_ = false;
  bool after_seek_ = false;  ///< the segment is not the first one of the stream
};

}  // namespace sam2::element
