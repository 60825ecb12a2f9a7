// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Masks belong to what an mp4's edit list shows, not to what the file holds.
#include <fstream>

#include "support/numbered_clip.hpp"

using namespace sam2::test;

namespace {

constexpr ClipRate kRate = {25, 1};

std::uint32_t read_u32(const std::string& data, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(data.at(at + i));
  return value;
}

std::string u32(std::uint32_t value) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

/// A part of the clip, in frames; one that begins nowhere shows nothing.
struct Edit {
  double begin;
  double length;
};
constexpr double kNowhere = -1;

/// An mp4 whose edit list is `edits`.
void write_edited(const std::vector<Edit>& edits, const std::string& path) {
  write_clip(containers()[0], kRate.text(), begins_at(kRate), path);
  auto data = read_file(path);
  // Behind the name: version and flags, the number of entries, and one entry of length, begin and rate.
  const auto list = data.rfind("elst");
  fail_unless(list != std::string::npos && read_u32(data, list + 8) == 1);
  const double ticks = double(read_u32(data, list + 12)) / kClipFrames;
  const double origin = read_u32(data, list + 16);
  auto entries = u32(std::uint32_t(edits.size()));
  for (const auto& [begin, length] : edits) {
    entries += u32(std::uint32_t(length * ticks + 0.5));
    entries += begin == kNowhere ? u32(0xffffffff) : u32(std::uint32_t(origin + begin * ticks + 0.5));
    entries += u32(0x10000);
  }
  data.replace(list + 8, 16, entries);
  // The index is behind the frames, so that these stay where they are.
  auto box = list;
  for (const auto* name : {"elst", "edts", "trak", "moov"}) {
    box = data.rfind(name, box);
    data.replace(box - 4, 4, u32(read_u32(data, box - 4) + std::uint32_t(entries.size() - 16)));
  }
  std::ofstream(path, std::ios::binary) << data;
}

/// Plays all of it, and seeks to 20 of its frames, the first of which is at `origin`.
void check(const std::vector<Edit>& edits, const std::vector<int>& shown, const std::string& properties,
           GstClockTime origin, const std::string& what) {
  const TemporaryDirectory directory;
  write_edited(edits, directory.file("clip"));
  const MaskFile masks({masks_of_frames(shown)});
  NumberedFrames frames(what);
  SampleSource source("filesrc location=" + directory.file("clip") + " ! qtdemux ! h264parse ! avdec_h264 ! " +
                      "sam2overlay framerate=25/1 location=" + masks.path() + kReadableLook + properties +
                      " ! appsink name=sink sync=false max-buffers=2");
  assert_numbers(frames.check_all(source), shown, what);
  std::mt19937 random(test_seed());
  for (int i = 0; i < 20; ++i) {
    const auto k = random() % shown.size();
    source.seek(origin + kRate.begin_of(gint64(k)) + random() % 9 * GST_MSECOND);
    const auto sample = source.pull();
    fail_unless(sample != nullptr, "%s: nothing at frame %zu", what.c_str(), std::size_t(k));
    fail_unless_equals_int(frames.check(sample.get()), shown[k]);
  }
}

}  // namespace

START_TEST(test_a_clip_that_is_cut_at_both_ends) {
  if (!have_mp4()) return;
  check({{10, 130}}, counting(10, 130), "", 0, "cut between frames");
  check({{10.25, 129.5}}, counting(10, 130), "", 0, "cut within frames");
  check({{10.75, 129}}, counting(10, 130), "", 0, "cut near the end of the first frame");
}
END_TEST

START_TEST(test_a_clip_that_begins_late) {
  if (!have_mp4()) return;
  const std::vector<Edit> late = {{kNowhere, 12}, {0, kClipFrames}};
  const auto origin = kRate.begin_of(12);
  check(late, counting(0, kClipFrames), "", origin, "late");
  check(late, counting(0, kClipFrames), " time-origin=first-frame", origin, "late, from the first frame on");
  check(late, counting(0, kClipFrames), " time-origin=stream ts-offset=" + std::to_string(origin), origin,
        "late, with an offset");
}
END_TEST

static Suite* edit_lists_suite() {
  auto* suite = suite_create("edit_lists");
  auto* tests = tcase_create("edit_lists");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_clip_that_is_cut_at_both_ends);
  tcase_add_test(tests, test_a_clip_that_begins_late);
  return suite;
}

GST_CHECK_MAIN(edit_lists)
