// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// In the GStreamer editing services, an effect with the clip's in-point shows the masks of the media's frames.
#include <sys/wait.h>

#include "support/numbered_clip.hpp"
#include "support/program.hpp"

using namespace sam2::test;

namespace {

constexpr ClipRate kRate{25, 1};

bool have_editing() {
  auto* const program = g_find_program_in_path("ges-launch-1.0");
  const bool found = program != nullptr;
  g_free(program);
  if (!found) std::cerr << "skipped: there is no ges-launch-1.0\n";
  return found && have_mp4();
}

/// One clip of a timeline: its place in the media and in the timeline, and effects before the masks.
struct Cut {
  const char* place;     ///< properties of the clip
  const char* in_point;  ///< of the effect; seconds
  const char* before = nullptr;
};

class Timeline {
 public:
  /// Renders cuts of two media files, in turn, and returns a source of the frames.
  std::string render(const std::vector<Cut>& cuts) {
    std::vector<std::string> words{"ges-launch-1.0", "--track-types", "video", "--video-caps",
                                   "video/x-raw,framerate=25/1"};
    for (std::size_t i = 0; i < cuts.size(); ++i) {
      const auto& cut = cuts[i];
      words.insert(words.end(), {"+clip", i % 2 == 0 ? first_.path() : second_.path()});
      std::istringstream place(cut.place);
      for (std::string word; place >> word;) words.push_back(word);
      if (cut.before != nullptr) words.insert(words.end(), {"+effect", cut.before});
      words.insert(words.end(), {"+effect",
                                 "sam2overlay location=" + masks_[i % 2].path() +
                                     " axes=TNHW draw=fill opacity=1 colors=0xFFFFFF framerate=25/1",
                                 std::string("inpoint=") + cut.in_point});
    }
    const auto out = directory_.file("cut.mkv");
    words.insert(words.end(), {"--outputuri", "file://" + out, "--format", "video/x-matroska:video/x-h264"});
    const auto finished = run_program(words);
    fail_unless(finished.exit_code == 0, "%d: %s%s", finished.exit_code, finished.out.c_str(), finished.errors.c_str());
    fail_unless(finished.errors.find("GStreamer-Base-WARNING") == std::string::npos, "%s", finished.errors.c_str());
    return "filesrc location=" + out +
           " ! decodebin ! videoconvert ! video/x-raw,format=I420 ! appsink name=sink sync=false";
  }

 private:
  const Container& mp4_ = containers()[0];
  NumberedClip first_{mp4_, kRate};
  NumberedClip second_{mp4_, kRate};
  std::array<MaskFile, 2> masks_{MaskFile({numbered_masks()}), MaskFile({numbered_masks()})};
  TemporaryDirectory directory_;
};

/// The picture's and the mask's number of each frame.
std::vector<std::pair<int, int>> numbers_of(const std::string& description) {
  SampleSource source(description);
  std::vector<std::pair<int, int>> numbers;
  while (const auto sample = source.pull()) {
    GstVideoInfo info;
    fail_unless(gst_video_info_from_caps(&info, gst_sample_get_caps(sample.get())));
    GstVideoFrame frame;
    fail_unless(gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample.get()), GST_MAP_READ));
    numbers.emplace_back(read_number(frame, 1), read_number(frame, 3));
    gst_video_frame_unmap(&frame);
  }
  return numbers;
}

struct Case {
  const char* name;
  std::vector<Cut> cuts;
  int first;            ///< number of the first picture
  int last;             ///< number of the last picture
  int mixed_begin = 0;  ///< frames [begin, end) show two clips at once
  int mixed_end = 0;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"whole", {{"", "0"}}, 0, kClipFrames - 1},
      {"in-point", {{"inpoint=1.0 duration=2.0", "1.0"}}, 25, 74},
      {"two clips with their own files",
       {{"inpoint=1.0 duration=2.0", "1.0"}, {"inpoint=3.0 duration=1.0", "3.0"}},
       25,
       99},
      {"crossfade",
       {{"inpoint=1.0 duration=2.0", "1.0"}, {"start=1.6 inpoint=3.0 duration=1.2", "3.0"}},
       25,
       104,
       39,
       51},
      {"double rate", {{"inpoint=1.0 duration=1.0", "1.0", "videorate rate=2.0"}}, 25, 73},
      {"half rate", {{"inpoint=1.0 duration=1.0", "1.0", "videorate rate=0.5"}}, 25, 36},
  };
  return all;
}

}  // namespace

START_TEST(test_an_effect_with_the_in_point_of_its_clip_shows_the_masks_of_the_media) {
  if (!have_editing()) return;
  const auto& expected = cases()[static_cast<std::size_t>(_i)];
  Timeline timeline;
  const auto numbers = numbers_of(timeline.render(expected.cuts));
  fail_unless(!numbers.empty(), "%s: no frames", expected.name);
  fail_unless(numbers.front().first == expected.first && numbers.back().first == expected.last,
              "%s: pictures %d to %d instead of %d to %d", expected.name, numbers.front().first, numbers.back().first,
              expected.first, expected.last);
  for (int i = 0; i < static_cast<int>(numbers.size()); ++i) {
    if (i >= expected.mixed_begin && i < expected.mixed_end) continue;
    const auto [picture, mask] = numbers[static_cast<std::size_t>(i)];
    fail_unless(picture == mask, "%s: frame %d: picture %d, mask %d", expected.name, i, picture, mask);
  }
}
END_TEST

static Suite* editing_suite() {
  auto* suite = suite_create("editing");
  auto* tests = tcase_create("timelines");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_an_effect_with_the_in_point_of_its_clip_shows_the_masks_of_the_media, 0,
                      static_cast<int>(cases().size()));
  return suite;
}

GST_CHECK_MAIN(editing)
