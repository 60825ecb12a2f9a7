// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Objects that cross lines and enter areas: messages, lines in the file of tracks, and what is drawn.
#include "support/overlay.hpp"

using namespace sam2::test;

namespace {

constexpr int kWidth = 64;
constexpr int kHeight = 48;
constexpr GstClockTime kPeriod = 100 * GST_MSECOND;

/// Where an object is in each frame; a square of 2 x 2 pixels around it. None: it is not there.
using Walk = std::vector<std::optional<std::pair<std::size_t, std::size_t>>>;

Array walks_array(const std::vector<Walk>& walks) {
  return mask_array(walks[0].size(), walks.size(), kHeight, kWidth, [&](auto t, auto n, auto y, auto x) {
    const auto& at = walks[n][t];
    return at && x + 1 - at->first < 2 && y + 1 - at->second < 2;
  });
}

/// Through the gate at x = 32, and back.
const Walk kCat{{{20, 24}}, {{28, 24}}, {{36, 24}}, {{44, 24}}, {{36, 24}}, {{28, 24}}};
/// Appears in the area from (45, 34) to (58, 46), is missing once, and is outside then.
const Walk kOther{{}, {{50, 40}}, {{52, 40}}, {{50, 42}}, {}, {{40, 40}}};

constexpr const char* kZones = "gate:0.5,0.1 0.5,0.9; door:0.7,0.7 0.9,0.7 0.9,0.95 0.7,0.95";

/// The cat is object 7, the other one object 3.
std::vector<Array> walkers() {
  return {walks_array({kCat, kOther}), int64_array("object_ids", {7, 3}), text_array("labels", {U"cat", U""})};
}

std::string field_text(const GstStructure* structure, const char* name, GType type) {
  const auto* const value = gst_structure_get_value(structure, name);
  fail_unless(value != nullptr && G_VALUE_TYPE(value) == type, "field %s", name);
  return text_of(value);
}

/// A message as text: "door entered in 3 'cat' 1/0 inside 1 dwell 0".
std::string describe(const GstStructure* structure) {
  const auto text = [&](const char* name) { return field_text(structure, name, G_TYPE_STRING); };
  const auto number = [&](const char* name) { return field_text(structure, name, G_TYPE_UINT64); };
  return text("zone") + " " + text("event") + " " + text("direction") + " " + field_text(structure, "id", G_TYPE_INT) +
         " '" + text("label") + "' " + number("count-in") + "/" + number("count-out") + " inside " + number("inside") +
         " dwell " + number("dwell");
}

using Texts = std::vector<std::string>;

const Texts kEnters{"door entered in 3 '' 1/0 inside 1 dwell 0"};
const Texts kCrosses{"gate crossed in 7 'cat' 1/0 inside 0 dwell 0"};
const Texts kEnds{"gate crossed out 7 'cat' 1/1 inside 0 dwell 0", "door left out 3 '' 1/1 inside 0 dwell 400000000"};

Texts joined(const std::vector<Texts>& parts) {
  Texts all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Texts reversed(Texts texts) {
  std::ranges::reverse(texts);
  return texts;
}

void assert_texts(const Texts& found, const Texts& expected, const std::string& what) {
  std::string all;
  for (const auto& text : found) all += "\n  " + text;
  fail_unless(found == expected, "%s:%s", what.c_str(), all.c_str());
}

/// GRAY8 frames of 10 a second.
class Stage {
 public:
  Stage(const std::vector<Array>& arrays, Properties properties, int scale = 1)
      : masks_(arrays),
        overlay_(with_zones(masks_.with(in_any_order(std::move(properties)))),
                 caps_text("GRAY8", kWidth * scale, kHeight * scale, "framerate=10/1")),
        bytes_(std::size_t(kWidth * kHeight * scale * scale)) {}

  /// The messages about zones that come with frame `k`.
  Texts show(GstClockTime k) {
    output_ = overlay_.process(make_buffer(Bytes(bytes_, 100), k * kPeriod, kPeriod));
    Texts found;
    for (const auto& message : overlay_.messages(GST_MESSAGE_ELEMENT)) {
      const auto* const structure = gst_message_get_structure(message.get());
      if (!gst_structure_has_name(structure, "sam2overlay-zone")) continue;
      found.push_back(describe(structure));
      for (const auto* const name : {"timestamp", "stream-time"}) {
        assert_text(field_text(structure, name, G_TYPE_UINT64), std::to_string(k * kPeriod));
      }
      const auto running = is_backward_ ? from_ - k : k - from_;
      assert_text(field_text(structure, "running-time", G_TYPE_UINT64), std::to_string(running * kPeriod / speed_));
      assert_text(field_text(structure, "duration", G_TYPE_UINT64), std::to_string(kPeriod));
    }
    return found;
  }
  Texts show_all(const std::vector<GstClockTime>& frames) {
    std::vector<Texts> found;
    for (const auto k : frames) found.push_back(show(k));
    return joined(found);
  }
  /// The pixels of the last frame.
  [[nodiscard]] Bytes pixels() const { return bytes_of(output_.get()); }

  void seek(GstClockTime from, double rate = 1) {
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    segment.rate = rate;
    segment.start = segment.time = segment.position = from * kPeriod;
    segment.stop = 100 * kPeriod;
    if (rate < 0) {
      segment.start = segment.time = 0;
      segment.stop = segment.position = (from + 1) * kPeriod;
    }
    overlay_.seek(segment);
    is_backward_ = rate < 0;
    speed_ = guint64(std::abs(rate));
    from_ = is_backward_ ? from + 1 : from;
  }
  /// A segment that begins with frame `from`, without a flush.
  void leap(GstClockTime from) {
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    segment.start = segment.time = segment.position = from * kPeriod;
    overlay_.send(gst_event_new_segment(&segment));
    from_ = from;
  }
  Overlay& overlay() { return overlay_; }

 private:
  static Properties with_zones(Properties properties) {
    properties.insert(properties.begin(), {"zones", kZones});
    return properties;
  }

  MaskFile masks_;
  Overlay overlay_;
  std::size_t bytes_;
  Owned<GstBuffer> output_;
  // The running time 0 is that of frame `from_`.
  bool is_backward_ = false;
  guint64 speed_ = 1;
  GstClockTime from_ = 0;
};

int pixel(const Bytes& frame, int x, int y) {
  return frame[std::size_t(y * kWidth + x)];
}

}  // namespace

START_TEST(test_each_event_is_a_message_with_its_frame) {
  for (const auto* const silent : {"false", "true"}) {
    Stage stage(walkers(), {{"silent", silent}});
    assert_texts(stage.show(0), {}, "frame 0");
    assert_texts(stage.show(1), kEnters, "frame 1");
    assert_texts(stage.show(2), kCrosses, "frame 2");
    assert_texts(stage.show(3), {}, "frame 3");
    assert_texts(stage.show(4), {}, "frame 4");
    assert_texts(stage.show(5), kEnds, "frame 5");
    assert_texts(stage.show(8), {}, "after the masks");
  }
}
END_TEST

START_TEST(test_left_out_frames_leave_no_event_out_and_repeated_ones_repeat_none) {
  Stage stage(walkers(), {});
  assert_texts(stage.show_all({0, 3, 3, 3}), joined({kEnters, kCrosses}), "to frame 3");
  assert_texts(stage.show_all({5, 5}), kEnds, "frame 5");
  // After the masks, as the first frame that comes since.
  Stage late(walkers(), {});
  assert_texts(late.show_all({0, 9, 10}), joined({kEnters, kCrosses, kEnds}), "frame 9");
}
END_TEST

START_TEST(test_a_frame_has_the_same_events_after_any_seek_and_backwards) {
  Stage stage(walkers(), {});
  for (const GstClockTime k : {5, 1, 2, 0, 3, 2, 5}) {
    stage.seek(k);
    assert_texts(stage.show(k), k == 1 ? kEnters : k == 2 ? kCrosses : k == 5 ? kEnds : Texts{}, "after a seek");
  }
  stage.seek(1);
  assert_texts(stage.show_all({1, 2, 3, 4, 5}), joined({kEnters, kCrosses, kEnds}), "from a seek on");
  stage.seek(5, -1);
  assert_texts(stage.show(5), reversed(kEnds), "the last frame, backwards");
  assert_texts(stage.show_all({4, 3, 2, 1, 0}), joined({kCrosses, kEnters}), "backwards");
  stage.seek(5, -4);
  assert_texts(stage.show_all({5, 2, 0}), joined({reversed(kEnds), kCrosses, kEnters}), "backwards, frames left out");
}
END_TEST

START_TEST(test_a_leap_without_a_seek_brings_the_events_of_its_own_mask_only) {
  // Parts of an edit list are segments without a flush; a loop begins again without one.
  Stage stage(walkers(), {{"at-end", "loop"}});
  stage.show(0);
  stage.leap(5);
  assert_texts(stage.show(5), kEnds, "a part that begins later");
  stage.leap(2);
  assert_texts(stage.show_all({2, 3, 4, 5}), joined({kCrosses, kEnds}), "a part that begins earlier");
  assert_texts(stage.show_all({7, 8}), joined({kEnters, kCrosses}), "the second round");
}
END_TEST

START_TEST(test_the_counts_on_a_frame_depend_on_nothing_but_the_frame) {
  // Frames that have room for all of the text.
  constexpr int kScale = 4;
  Stage forward(walkers(), {{"draw", "zone"}}, kScale);
  std::vector<Bytes> pictures;
  for (GstClockTime k = 0; k < 9; ++k) {
    forward.show(k);
    pictures.push_back(forward.pixels());
  }
  // By the events above. In frame 4, nobody is inside; from frame 5 on, nothing happens.
  const std::vector<int> states{0, 1, 2, 2, 3, 4, 4, 4, 4};
  for (std::size_t k = 0; k < states.size(); ++k) {
    for (std::size_t other = 0; other < k; ++other) {
      const bool is_equal = states[k] == states[other];
      fail_unless((pictures[k] == pictures[other]) == is_equal, "frames %zu and %zu", k, other);
    }
  }
  Stage stage(walkers(), {{"draw", "zone"}}, kScale);
  for (const GstClockTime k : {7, 3, 0, 5, 4, 8, 1, 2, 6}) {
    stage.seek(k);
    stage.show(k);
    fail_unless(stage.pixels() == pictures[k], "frame %d after a seek", int(k));
  }
  stage.seek(8, -2);
  for (const GstClockTime k : {8, 7, 6, 5, 4, 3, 2, 1, 0}) {
    stage.show(k);
    fail_unless(stage.pixels() == pictures[k], "frame %d backwards", int(k));
  }
}
END_TEST

START_TEST(test_interpolation_changes_no_count) {
  // A mask for every third frame; at the second one, the cat is beyond the gate.
  const std::vector<Array> arrays{walks_array({kCat}), int64_array("frame_indices", {0, 3, 6, 9, 12, 15}),
                                  double_scalar("fps", 10)};
  Stage held(arrays, {{"draw", "zone"}});
  Stage moved(arrays, {{"draw", "zone"}, {"interpolation", "motion"}});
  for (GstClockTime k = 0; k < 20; ++k) {
    const auto texts = held.show(k);
    assert_texts(texts,
                 k == 6    ? Texts{"gate crossed in 1 '' 1/0 inside 0 dwell 0"}
                 : k == 15 ? Texts{"gate crossed out 1 '' 1/1 inside 0 dwell 0"}
                           : Texts{},
                 "frame " + std::to_string(k));
    assert_texts(moved.show(k), texts, "interpolated frame " + std::to_string(k));
    fail_unless(held.pixels() == moved.pixels(), "frame %d", int(k));
  }
}
END_TEST

START_TEST(test_json_lines_have_the_events_and_csv_has_none) {
  const TemporaryDirectory directory;
  const auto path = directory.file("tracks.jsonl");
  const auto table = directory.file("tracks.csv");
  for (const auto& file : {path, table}) {
    Stage stage(walkers(), {{"tracks-location", file}});
    stage.show_all({0, 1, 2, 3, 4, 5});
    stage.overlay().send(gst_event_new_eos());
  }
  std::istringstream lines(read_file(path));
  std::string found;
  std::size_t others = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("\"zone\"") == std::string::npos) {
      ++others;
    } else {
      found += line + "\n";
    }
  }
  assert_text(
      found,
      "{\"frame\":2,\"zone\":\"door\",\"event\":\"entered\",\"direction\":\"in\",\"id\":3,\"label\":\"\",\"count-in\":"
      "1,"
      "\"count-out\":0,\"inside\":1,\"dwell\":0,\"time\":100000000}\n"
      "{\"frame\":3,\"zone\":\"gate\",\"event\":\"crossed\",\"direction\":\"in\",\"id\":7,\"label\":\"cat\",\"count-"
      "in\":"
      "1,\"count-out\":0,\"inside\":0,\"dwell\":0,\"time\":200000000}\n"
      "{\"frame\":6,\"zone\":\"gate\",\"event\":\"crossed\",\"direction\":\"out\",\"id\":7,\"label\":\"cat\","
      "\"count-in\":1,\"count-out\":1,\"inside\":0,\"dwell\":0,\"time\":500000000}\n"
      "{\"frame\":6,\"zone\":\"door\",\"event\":\"left\",\"direction\":\"out\",\"id\":3,\"label\":\"\",\"count-in\":1,"
      "\"count-out\":1,\"inside\":0,\"dwell\":400000000,\"time\":500000000}\n");
  // Six masks of one object, four of the other.
  fail_unless_equals_int(int(others), 10);
  fail_unless_equals_int(int(std::ranges::count(read_file(table), '\n')), 11);
}
END_TEST

START_TEST(test_zones_may_change_while_playing) {
  Stage stage(walkers(), {});
  stage.show_all({0, 1, 2});
  // What happened before was not at this zone; its counts are those of the file all the same.
  stage.overlay().set("zones", "late:0.65,0 0.65,1");
  assert_texts(stage.show_all({2, 3}), {"late crossed in 7 'cat' 1/0 inside 0 dwell 0"}, "another zone");
  // A text that is no zones leaves the old ones.
  stage.overlay().set("zones", "late:320,0 320,48");
  assert_report(only_warning(stage.overlay()), GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
                "zones: the point \"320,0\" of zone \"late\" is not on the frame");
  assert_texts(stage.show_all({3, 4}), {"late crossed out 7 'cat' 1/1 inside 0 dwell 0"}, "the old zone");
  stage.overlay().set("zones", nullptr);
  assert_texts(stage.show_all({5}), {}, "no zone");
  assert_no_reports(stage.overlay());
}
END_TEST

START_TEST(test_the_memory_of_the_counts_is_in_the_stats) {
  // It crosses the gate with each frame but the first.
  constexpr std::size_t kFrames = 300;
  Walk walk;
  for (std::size_t t = 0; t < kFrames; ++t) walk.push_back({{t % 2 == 0 ? 20 : 44, 24}});
  Stage stage({walks_array({walk})}, {});
  fail_unless_equals_uint64(stage.overlay().stat("zone-bytes"), 0);
  fail_unless(stage.show(1).size() == 1);
  const auto at_first = stage.overlay().stat("zone-bytes");
  stage.show(kFrames - 1);
  const auto of_others = stage.overlay().stat("zone-bytes") - at_first;
  // An event has its time, the object, when that came, and two counts. The zone has a time and two counts for it.
  fail_unless(of_others > (kFrames - 2) * (5 + 3) * 8 && of_others < kFrames * 500, "%d bytes", int(of_others));
}
END_TEST

START_TEST(test_a_text_that_is_no_zones_is_an_error_at_the_start) {
  Overlay overlay;
  overlay.set("zones", "gate:0.5,0");
  fail_unless(overlay.go(GST_STATE_PAUSED) == GST_STATE_CHANGE_FAILURE);
  const auto report = only_report(overlay);
  fail_unless(report.type == GST_MESSAGE_ERROR);
  assert_report(report, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, "zones: zone \"gate\" has one point");
  overlay.set("zones", "gate:0.5,0 0.5,1");
  fail_unless(overlay.go(GST_STATE_PAUSED) != GST_STATE_CHANGE_FAILURE);
}
END_TEST

START_TEST(test_zones_are_drawn_where_they_are_and_only_if_asked_for) {
  const Bytes blank(std::size_t(kWidth * kHeight), 100);
  Stage stage(walkers(),
              {{"draw", "zone"}, {"line-width", "1"}, {"zones", "g:0.25,0.5 0.25,1; a:0.5,0.5 0.75,0.5 0.75,0.75"}});
  // Frames without masks have their zones too.
  for (const GstClockTime k : {3, 9}) {
    stage.show(k);
    const auto picture = stage.pixels();
    // Column 16 begins at a quarter of the width, and the line is between two columns.
    for (int y = 38; y < kHeight; ++y) {
      fail_unless(pixel(picture, 15, y) == 255 || pixel(picture, 16, y) == 255, "row %d of the line", y);
      for (const int x : {11, 12, 20}) fail_unless(pixel(picture, x, y) == 100 || y < 42, "beside the line, row %d", y);
    }
    // The arrow leads to the right, where `in` is: the line goes down.
    const auto is_changed = [&](int x) { return pixel(picture, x, 36) != 100 || pixel(picture, x, 35) != 100; };
    fail_unless(is_changed(20) && is_changed(26) && !is_changed(12) && !is_changed(8));
    // The slanted edge of the area.
    fail_unless(pixel(picture, 40, 30) == 255 || pixel(picture, 39, 29) == 255 || pixel(picture, 40, 29) == 255);
    for (int x = 0; x < kWidth; ++x) fail_unless_equals_int(pixel(picture, x, 2), 100);
  }
  stage.overlay().set("silent", "true");
  stage.show(3);
  fail_unless(stage.pixels() == blank);
  stage.overlay().set("silent", "false").set("draw", "0");
  stage.show(3);
  fail_unless(stage.pixels() == blank);
  stage.overlay().set("draw", "zone").set("zones", "");
  stage.show(3);
  fail_unless(stage.pixels() == blank);
  fail_unless_equals_uint64(stage.overlay().stat("rendered"), 2);
}
END_TEST

START_TEST(test_a_frame_without_masks_has_its_zones_and_no_effect) {
  Stage stage(walkers(), {{"draw", "zone"}, {"background-effect", "color"}});
  stage.show(3);
  fail_unless_equals_int(pixel(stage.pixels(), 2, 2), 0);
  stage.show(9);
  fail_unless_equals_int(pixel(stage.pixels(), 2, 2), 100);
}
END_TEST

static Suite* zones_suite() {
  auto* suite = suite_create("zones");
  auto* tests = tcase_create("zones");
  tcase_add_test(tests, test_each_event_is_a_message_with_its_frame);
  tcase_add_test(tests, test_left_out_frames_leave_no_event_out_and_repeated_ones_repeat_none);
  tcase_add_test(tests, test_a_frame_has_the_same_events_after_any_seek_and_backwards);
  tcase_add_test(tests, test_a_leap_without_a_seek_brings_the_events_of_its_own_mask_only);
  tcase_add_test(tests, test_the_counts_on_a_frame_depend_on_nothing_but_the_frame);
  tcase_add_test(tests, test_interpolation_changes_no_count);
  tcase_add_test(tests, test_json_lines_have_the_events_and_csv_has_none);
  tcase_add_test(tests, test_zones_may_change_while_playing);
  tcase_add_test(tests, test_the_memory_of_the_counts_is_in_the_stats);
  tcase_add_test(tests, test_a_text_that_is_no_zones_is_an_error_at_the_start);
  tcase_add_test(tests, test_zones_are_drawn_where_they_are_and_only_if_asked_for);
  tcase_add_test(tests, test_a_frame_without_masks_has_its_zones_and_no_effect);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(zones);
