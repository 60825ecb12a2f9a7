// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Files of tracks, as Python's own modules read them.
#include "tracking/track_log.hpp"

#include <clocale>
#include <cmath>
#include <limits>

#include "support/gst_check.hpp"
#include "support/mask_file.hpp"
#include "support/program.hpp"

using namespace sam2;
using namespace sam2::test;
using tracking::TrackLog;
using tracking::TrackRow;

namespace {

constexpr auto kNan = std::numeric_limits<double>::quiet_NaN();
constexpr auto kMost = std::numeric_limits<std::int64_t>::max();

TrackRow row_of(std::string_view label, double score) {
  TrackRow row;
  row.frame = 12;
  row.id = -3;
  row.props = {345, {1.5, 2.25}, {1, 2, 30, 40}};
  row.velocity = {-0.1, 1e-9};
  row.score = score;
  row.age = 40000000;
  row.time = -7;
  row.label = label;
  return row;
}

const std::vector<TrackRow>& rows() {
  static const std::vector<TrackRow> all = [] {
    std::vector<TrackRow> made{row_of("", 0.75), row_of("a \"b\", c\\n", kNan), row_of("\xC3\xA9\xF0\x9F\x98\x80", 1)};
    // What a hostile file may have.
    made.push_back(row_of("line\nbreak\r\n\ttab,\x01\x1F\x7F", -std::numeric_limits<double>::infinity()));
    made.push_back(row_of("=1+1", 1e300));
    made.back().props.centroid = {1e18, -1.0 / 3};
    made.back().velocity = {kNan, std::numeric_limits<double>::max()};
    made.back().age = std::numeric_limits<std::uint64_t>::max();
    made.back().time = kMost;
    made.back().frame = kMost;
    return made;
  }();
  return all;
}

void write_all(const std::string& path) {
  auto log = TrackLog::open(path);
  fail_unless(log.has_value());
  for (const auto& row : rows()) fail_unless((*log).add(row).has_value());
  fail_unless((*log).flush().has_value());
}

/// What Python makes of the rows; numbers as hexadecimal, so that not a bit is lost.
std::string expected() {
  std::string text;
  char line[512];
  const auto hex = [](double value) {
    char digits[64];
    std::snprintf(digits, sizeof digits, "%a", value);
    return std::isfinite(value) ? std::string(digits) : std::string("unknown");
  };
  for (const auto& row : rows()) {
    const auto& [area, centroid, box] = row.props;
    std::snprintf(line, sizeof line, "%lld %d %d %d %d %d %s %s %s %llu %s %s %llu %lld ",
                  static_cast<long long>(row.frame), row.id, box.left, box.top, box.width, box.height,
                  hex(row.score).c_str(), hex(centroid.x).c_str(), hex(centroid.y).c_str(),
                  static_cast<unsigned long long>(area), hex(row.velocity.x).c_str(), hex(row.velocity.y).c_str(),
                  static_cast<unsigned long long>(row.age), static_cast<long long>(row.time));
    text += line;
    for (const char c : row.label) {
      std::snprintf(line, sizeof line, "%02x", static_cast<unsigned char>(c));
      text += line;
    }
    text += "\n";
  }
  return text;
}

/// Writes a file of that name and has Python tell what is in it; `read` makes a list of dictionaries of `file`.
void check_by_python(const char* name, const char* read) {
  const TemporaryDirectory directory;
  const auto path = directory.file(name);
  write_all(path);
  const auto script = directory.file("read.py");
  // C's %a, of which Python's hex() differs in the zeros at the end.
  std::ofstream(script) << R"(import csv, ctypes, json, math, sys
libc = ctypes.CDLL(None)
def real(text):
    if text is None: return "unknown"
    value = float(text)
    if not math.isfinite(value): return "unknown"
    digits = ctypes.create_string_buffer(64)
    libc.snprintf(digits, ctypes.c_size_t(64), b"%a", ctypes.c_double(value))
    return digits.value.decode()
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    rows = )" << read << R"(
for row in rows:
    whole = lambda *names: [str(int(row[name])) for name in names]
    reals = lambda *names: [real(row[name]) for name in names]
    print(*whole("frame", "id", "bb_left", "bb_top", "bb_width", "bb_height"), *reals("conf", "x", "y"), *whole("area"),
          *reals("vx", "vy"), *whole("age", "time"), row["label"].encode().hex())
)";
  const auto outcome = run_command("/usr/bin/python3 " + script + " " + path);
  fail_unless(outcome.exit_code == 0, "%s", outcome.out.c_str());
  const auto wanted = expected();
  fail_unless(outcome.out == wanted, "%s\ninstead of\n%s", outcome.out.c_str(), wanted.c_str());
}

}  // namespace

START_TEST(test_json_lines_are_what_python_reads) {
  // Python would take NaN, which is no JSON.
  check_by_python("tracks.jsonl",
                  "[json.loads(line, parse_constant=sys.exit) for line in file.read().split('\\n') if line]");
}
END_TEST

START_TEST(test_csv_is_what_python_reads) {
  check_by_python("tracks.csv",
                  "[{**row, 'conf': row['conf'] if row['conf'] != '-1' else None} for row in csv.DictReader(file)]");
}
END_TEST

START_TEST(test_csv_has_the_columns_of_mot_files_first) {
  const TemporaryDirectory directory;
  const auto path = directory.file("tracks.csv");
  write_all(path);
  const auto text = read_file(path);
  fail_unless(text.starts_with("frame,id,bb_left,bb_top,bb_width,bb_height,conf,x,y,z,"), "%s", text.c_str());
  fail_unless(text.find("\n12,-3,1,2,30,40,0.75,1.5,2.25,-1,") != std::string::npos, "%s", text.c_str());
}
END_TEST

START_TEST(test_a_locale_with_commas_changes_nothing) {
  const TemporaryDirectory directory;
  write_all(directory.file("before.csv"));
  // Where it is not installed, there is nothing to find out.
  if (std::setlocale(LC_ALL, "de_DE.UTF-8") == nullptr) return;
  write_all(directory.file("after.csv"));
  fail_unless(read_file(directory.file("before.csv")) == read_file(directory.file("after.csv")));
}
END_TEST

static Suite* track_log_suite() {
  auto* const suite = suite_create("track_log");
  auto* const cases = tcase_create("track_log");
  tcase_add_test(cases, test_json_lines_are_what_python_reads);
  tcase_add_test(cases, test_csv_is_what_python_reads);
  tcase_add_test(cases, test_csv_has_the_columns_of_mot_files_first);
  tcase_add_test(cases, test_a_locale_with_commas_changes_nothing);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(track_log);
