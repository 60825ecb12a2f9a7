// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <optional>

namespace sam2::element {

/// Learns the stream time of the stream's first frame, which tools that make masks count from.
///
/// A frame is the first one if the first segment begins with it, or a later one that begins at stream time 0. Demuxers
/// of MPEG streams and FLV begin their first segment at the first timestamp, and not at 0. Other demuxers name their
/// container in a tag: if their first segment does not begin at 0, then a seek came before it.
class StreamOrigin {
 public:
  /// Forgets the stream.
  void reset() { *this = StreamOrigin(); }
  void on_flush() { flushed_ = true; }
  void on_tags(const GstTagList* tags);
  void on_segment(const GstSegment& segment);
  /// The segment ends. Played backwards, the stream ends with its first frame.
  void on_end(std::int64_t period);

  struct Frame {
    GstClockTime pts;
    std::int64_t stream_time;  ///< ns; of the whole frame, if a clip cuts it off at its begin
    std::int64_t duration;     ///< ns; 0: unknown
    std::int64_t period;       ///< ns; 0: unknown
    const GstBuffer* buffer;
    bool is_cut = false;  ///< `stream_time` is not that of the stamp
  };
  /// Takes the next frame. Returns true if it is the first of the stream. The second frame may correct `first()`: it
  /// shows whether the first one was as long as its duration said, and so whether its begin was cut off.
  bool on_frame(const GstSegment& segment, const Frame& frame);

  /// Stream time of the first frame in this segment, if known. It is 0 if the stamp is within half a period of 0.
  [[nodiscard]] std::optional<std::int64_t> first() const { return in_segment_; }
  /// The first frame was not seen, and the container does not say that it is at 0.
  [[nodiscard]] bool is_uncertain() const { return !first_ && !begins_at_zero_; }
  /// The first frame came long after its segment, as it does from a live source.
  [[nodiscard]] bool came_late() const { return came_late_; }

 private:
  /// How a container places the first frame.
  enum class Container {
    Unnamed,
    Zero,     ///< at 0, always
    Mp4,      ///< segments begin at 0; with an edit list, so does the first frame
    Segment,  ///< segments begin at 0
  };

  [[nodiscard]] bool begins_stream(const GstSegment& segment) const;
  void learn(const GstSegment& segment, const Frame& frame);
  void correct(const Frame& second);

  Container container_ = Container::Unnamed;
  std::optional<std::int64_t> first_;  ///< stream time of the first frame when it was seen first
  std::optional<std::int64_t> in_segment_;
  std::optional<std::int64_t> lowest_;  ///< lowest stream time of a segment that is played backwards to 0
  GstClockTime first_pts_ = GST_CLOCK_TIME_NONE;
  /// Duration in ns of a first frame that seems to be cut, until the frame after it has come.
  std::optional<std::int64_t> rest_of_first_;
  std::optional<guint64> stop_;  ///< stream time at which the segment stops, if it says so
  int segments_ = 0;
  bool flushed_ = false;
  bool is_seek_ = false;       ///< the segment comes from a seek
  bool is_first_due_ = false;  ///< no frame of the segment has come yet
  bool has_frames_ = false;
  bool begins_at_zero_ = false;
  bool came_late_ = false;
};

}  // namespace sam2::element
