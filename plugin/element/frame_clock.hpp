// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <optional>
#include <string>

#include "element/enums.hpp"

namespace sam2::element {

/// When a frame is, as far as its masks are concerned.
struct FrameTime {
  /// Stream time in ns of the moment inside the frame at which its mask is looked up, before origin and offset; signed,
  /// since frames before the segment have negative times.
  std::int64_t lookup = 0;
  std::int64_t stream_time = 0;  ///< of the frame's beginning
  std::int64_t uncut_time = 0;   ///< the same, as far as known where a seek cut its beginning off
  /// A stamp of the file that is at most this far from `uncut_time` means just this frame; 0: none does.
  std::int64_t slack = 0;
  /// Where in stream time it ends by its duration, while nobody knows whether durations are true.
  std::optional<std::int64_t> uncertain_end;
  std::uint64_t number = 0;  ///< of the buffer since the stream began
  bool countable = true;     ///< false where `number` says nothing: after a seek into the stream
};

/// Follows the stream's events and gives each buffer its time. Used by the streaming thread only.
class FrameClock {
 public:
  /// A new stream: nothing of the old one counts.
  void reset() { *this = FrameClock(); }
  void on_stream_start(const std::string& stream_id);
  void on_flush();
  void on_segment(const GstSegment& segment);

  /// ns from one to the next, in stream time; 0: unknown.
  struct Periods {
    std::int64_t mask = 0;   ///< of the frames that the mask file numbers
    std::int64_t video = 0;  ///< of the frames of the stream
    bool vary = false;       ///< these are but typical: the file has a stamp for each mask
  };

  /// Time of the next buffer. A buffer without PTS continues where the one before ended. Each buffer must be asked for
  /// once.
  FrameTime next(const GstSegment& segment, const GstBuffer* buffer, const Periods& periods);

  /// The file's stamps say that durations are not those of the frames: decoders that know none give all frames the
  /// same.
  void distrust_durations() { lengths_ = Lengths::Nominal; }
  /// They say that a clipped frame of uncertain end has a duration of its own.
  static void trust_duration(FrameTime& time);

  /// Stream time of the first frame since the stream began; nothing before it.
  [[nodiscard]] std::optional<std::int64_t> first_stream_time() const { return first_stream_time_; }

 private:
  /// What durations say.
  enum class Lengths {
    Unknown,
    True,
    Nominal,  ///< the same of all frames, however long they are
  };

  void learn_duration(const GstSegment& segment, GstClockTime pts, std::int64_t duration);

  std::string stream_id_;
  std::optional<std::int64_t> first_stream_time_;
  GstClockTime expected_pts_ = GST_CLOCK_TIME_NONE;
  std::int64_t first_duration_ = 0;  ///< of the stream's first buffer, which an edit list may have clipped
  std::int64_t whole_duration_ = 0;  ///< of the last buffer that nobody clipped; 0: none had one
  Lengths lengths_ = Lengths::Unknown;
  std::uint64_t next_number_ = 0;
  bool countable_ = true;
  bool flushed_ = false;
  bool has_segment_ = false;
  bool sought_ = false;  ///< the segment is not the stream's first one
};

}  // namespace sam2::element
