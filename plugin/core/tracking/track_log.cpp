// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "tracking/track_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <system_error>
#include <type_traits>

namespace sam2::tracking {
namespace {

constexpr std::string_view kHeader =
    "frame,id,bb_left,bb_top,bb_width,bb_height,conf,x,y,z,area,vx,vy,age,time,label\n";

template <typename Number>
void append(std::string& text, Number number) {
  // Locales have no say in it.
  std::array<char, 32> digits;
  text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

/// JSON knows neither NaN nor infinity.
void append_json(std::string& text, double number) {
  if (std::isfinite(number)) {
    append(text, number);
  } else {
    text += "null";
  }
}

void append_csv(std::string& text, std::string_view label) {
  text += '"';
  for (const char c : label) {
    if (c == '"') text += '"';
    text += c;
  }
  text += '"';
}

void append_json(std::string& text, std::string_view label) {
  constexpr std::string_view kHex = "0123456789abcdef";
  text += '"';
  for (const char c : label) {
    if (c == '"' || c == '\\') text += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      text += "\\u00";
      text += kHex[static_cast<unsigned char>(c) >> 4];
      text += kHex[c & 15];
    } else {
      text += c;
    }
  }
  text += '"';
}

void write_csv(const TrackRow& row, std::string& line) {
  const auto& [area, centroid, box] = row.props;
  const auto add = [&](auto number) {
    append(line, number);
    line += ',';
  };
  add(row.frame);
  for (const auto number : {row.id, box.left, box.top, box.width, box.height}) add(number);
  // -1 is what MOT files have for the unknown, and for the third dimension.
  add(std::isfinite(row.score) ? row.score : -1.0);
  add(centroid.x);
  add(centroid.y);
  add(-1);
  add(area);
  add(row.velocity.x);
  add(row.velocity.y);
  add(row.age);
  add(row.time);
  append_csv(line, row.label);
  line += '\n';
}

/// Writes an object of JSON on a line of its own.
class JsonLine {
 public:
  explicit JsonLine(std::string& line) : line_(line) { line_ += '{'; }
  ~JsonLine() { line_ += "}\n"; }
  JsonLine(const JsonLine&) = delete;
  JsonLine& operator=(const JsonLine&) = delete;

  template <typename Number>
  requires std::is_integral_v<Number>
  void add(std::string_view name, Number number) {
    add_name(name);
    append(line_, number);
  }
  void add(std::string_view name, double number) {
    add_name(name);
    append_json(line_, number);
  }
  void add(std::string_view name, std::string_view text) {
    add_name(name);
    append_json(line_, text);
  }

 private:
  void add_name(std::string_view name) {
    if (line_.back() != '{') line_ += ',';
    ((line_ += '"') += name) += "\":";
  }

  std::string& line_;
};

void write_json(const TrackRow& row, std::string& text) {
  const auto& [area, centroid, box] = row.props;
  JsonLine line(text);
  line.add("frame", row.frame);
  line.add("id", row.id);
  line.add("bb_left", box.left);
  line.add("bb_top", box.top);
  line.add("bb_width", box.width);
  line.add("bb_height", box.height);
  line.add("conf", row.score);
  line.add("x", centroid.x);
  line.add("y", centroid.y);
  line.add("area", area);
  line.add("vx", row.velocity.x);
  line.add("vy", row.velocity.y);
  line.add("age", row.age);
  line.add("time", row.time);
  line.add("label", row.label);
}

void write_json(const ZoneRow& row, std::string& text) {
  JsonLine line(text);
  line.add("frame", row.frame);
  line.add("zone", row.zone);
  line.add("event", row.event);
  line.add("direction", row.direction);
  line.add("id", row.id);
  line.add("label", row.label);
  line.add("count-in", row.count_in);
  line.add("count-out", row.count_out);
  line.add("inside", row.inside);
  line.add("dwell", row.dwell);
  line.add("time", row.time);
}

}  // namespace

Result<TrackLog> TrackLog::open(const std::string& path) {
  TrackLog log;
  log.path_ = path;
  if (path.ends_with(".jsonl")) {
    log.format_ = Format::JsonLines;
  } else if (!path.ends_with(".csv")) {
    return Error{ErrorCode::Settings,
                 "tracks-location is \"" + path + "\", expected a name that ends in .csv or .jsonl"};
  }
  // Without O_NONBLOCK, a pipe that nobody reads would block for ever.
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0666);
  if (descriptor < 0 || ::fcntl(descriptor, F_SETFL, O_WRONLY) != 0) {
    const auto reason = std::generic_category().message(errno);
    if (descriptor >= 0) ::close(descriptor);
    return Error{ErrorCode::OpenWrite, path + ": cannot be written: " + reason};
  }
  log.file_.reset(::fdopen(descriptor, "w"));
  if (!log.file_) {
    ::close(descriptor);
    return Error{ErrorCode::OpenWrite, path + ": cannot be written: out of memory"};
  }
  if (log.format_ == Format::Csv) SAM2_TRY(log.write(kHeader));
  return log;
}

Result<void> TrackLog::add(const TrackRow& row) {
  line_.clear();
  if (format_ == Format::Csv) {
    write_csv(row, line_);
  } else {
    write_json(row, line_);
  }
  return write(line_);
}

Result<void> TrackLog::add(const ZoneRow& row) {
  if (format_ == Format::Csv) return {};
  line_.clear();
  write_json(row, line_);
  return write(line_);
}

Result<void> TrackLog::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size()) return {};
  return write_error();
}

Result<void> TrackLog::flush() {
  if (std::fflush(file_.get()) == 0) return {};
  return write_error();
}

Error TrackLog::write_error() const {
  return {ErrorCode::Write, path_ + ": cannot be written any further: " + std::generic_category().message(errno)};
}

}  // namespace sam2::tracking
