// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "runs/run_mask.hpp"

namespace sam2::tracking {

/// An object on a frame, as it is written to a file; lengths in frame pixels.
struct TrackRow {
  std::int64_t frame = 1;  ///< counted from 1, as in MOT files
  std::int32_t id = 0;
  runs::RegionProps props;
  runs::Point velocity;   ///< a second
  double score = 0;       ///< NaN: unknown
  std::uint64_t age = 0;  ///< ns
  std::int64_t time = 0;  ///< ns
  std::string_view label;
};

/// What an object did at a zone, as it is written to a file and told in messages.
struct ZoneRow {
  std::int64_t frame = 1;      ///< of the track rows
  std::int64_t time = 0;       ///< ns
  std::string_view zone;       ///< its name
  std::string_view event;      ///< "entered", "left" or "crossed"
  std::string_view direction;  ///< "in" or "out"
  std::int32_t id = 0;
  std::string_view label;
  std::uint64_t count_in = 0;
  std::uint64_t count_out = 0;
  std::uint64_t inside = 0;  ///< objects in the area
  std::uint64_t dwell = 0;   ///< ns between coming in and going out
};

/// A file with a line for each object of each frame: CSV, whose columns begin with those of the MOT challenge, or JSON
/// lines of the same names. JSON lines have one more for each event at a zone, with the names of the message.
class TrackLog {
 public:
  /// Replaces the file at `path`; its suffix, .csv or .jsonl, decides the format. Errors: Settings (another suffix),
  /// OpenWrite.
  static Result<TrackLog> open(const std::string& path);

  /// Errors: Write.
  Result<void> add(const TrackRow& row);
  /// Adds nothing to CSV, which has one kind of rows. Errors: Write.
  Result<void> add(const ZoneRow& row);
  /// Hands over to the system what was added. Errors: Write.
  Result<void> flush();

 private:
  enum class Format { Csv, JsonLines };
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  TrackLog() = default;
  Result<void> write(std::string_view text);
  /// By errno.
  [[nodiscard]] Error write_error() const;

  std::string path_;
  Format format_ = Format::Csv;
  std::unique_ptr<std::FILE, Close> file_;
  std::string line_;
};

}  // namespace sam2::tracking
