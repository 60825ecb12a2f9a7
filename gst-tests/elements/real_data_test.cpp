// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Real clips with real masks: what is drawn and told, against truth that numpy computed from the original annotation.
#include "support/overlay.hpp"
#include "support/pipeline.hpp"
#include "support/sample_source.hpp"

using namespace sam2::test;

namespace {

/// What truth.csv says of an object in a frame.
struct Truth {
  int frame = 0;
  int id = 0;
  guint64 area = 0;
  double x = 0, y = 0;
  int left = 0, top = 0, right = 0, bottom = 0;  ///< the box, inclusive
};

std::vector<Truth> read_truth(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  fail_unless(line.starts_with("frame,object_id,area_px,centroid_x,centroid_y,box_x0"), "%s: %s", path.c_str(),
              line.c_str());
  std::vector<Truth> rows;
  while (std::getline(file, line)) {
    std::ranges::replace(line, ',', ' ');
    std::istringstream fields(line);
    Truth truth;
    fields >> truth.frame >> truth.id >> truth.area;
    if (truth.area > 0) fields >> truth.x >> truth.y >> truth.left >> truth.top >> truth.right >> truth.bottom;
    fail_unless(!fields.fail(), "%s: %s", path.c_str(), line.c_str());
    rows.push_back(truth);
  }
  return rows;
}

/// Counts pixels as numpy would.
struct Measure {
  guint64 area = 0;
  double sum_x = 0, sum_y = 0;
  int left = G_MAXINT, top = G_MAXINT, right = -1, bottom = -1;

  void add(int x, int y) {
    ++area;
    sum_x += x;
    sum_y += y;
    left = std::min(left, x);
    top = std::min(top, y);
    right = std::max(right, x);
    bottom = std::max(bottom, y);
  }
};

void assert_measure(const Measure& got, const Truth& truth, const std::string& what) {
  fail_unless(got.area == truth.area, "%s: area %" G_GUINT64_FORMAT ", truth %" G_GUINT64_FORMAT, what.c_str(),
              got.area, truth.area);
  if (truth.area == 0) return;
  const auto x = got.sum_x / double(got.area);
  const auto y = got.sum_y / double(got.area);
  // Truth has four decimals.
  fail_unless(std::abs(x - truth.x) < 1e-4 && std::abs(y - truth.y) < 1e-4, "%s: centroid %f %f, truth %f %f",
              what.c_str(), x, y, truth.x, truth.y);
  fail_unless(got.left == truth.left && got.top == truth.top && got.right == truth.right && got.bottom == truth.bottom,
              "%s: box %d %d %d %d", what.c_str(), got.left, got.top, got.right, got.bottom);
}

/// An object of a message against truth.
void assert_told(const GstStructure* object, const Truth& truth, const std::string& what) {
  guint64 area = 0;
  double x = 0;
  double y = 0;
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
  fail_unless(gst_structure_get(object, "area", G_TYPE_UINT64, &area, "x", G_TYPE_DOUBLE, &x, "y", G_TYPE_DOUBLE, &y,
                                "left", G_TYPE_INT, &left, "top", G_TYPE_INT, &top, "width", G_TYPE_INT, &width,
                                "height", G_TYPE_INT, &height, nullptr));
  fail_unless(area == truth.area, "%s: area %" G_GUINT64_FORMAT ", truth %" G_GUINT64_FORMAT, what.c_str(), area,
              truth.area);
  fail_unless(std::abs(x - truth.x) < 1e-4 && std::abs(y - truth.y) < 1e-4, "%s: centroid %f %f", what.c_str(), x, y);
  fail_unless(left == truth.left && top == truth.top && width == truth.right - truth.left + 1 &&
                  height == truth.bottom - truth.top + 1,
              "%s: box %d %d %d %d", what.c_str(), left, top, width, height);
}

/// The object of that id in a message, or nullptr.
const GstStructure* find_object(const GstStructure* message, int id) {
  const auto* list = gst_structure_get_value(message, "objects");
  for (guint i = 0; i < gst_value_list_get_size(list); ++i) {
    const auto* object = gst_value_get_structure(gst_value_list_get_value(list, i));
    int found = -1;
    gst_structure_get_int(object, "id", &found);
    if (found == id) return object;
  }
  return nullptr;
}

/// The luma plane, without padding.
Bytes luma_of(GstSample* sample) {
  GstVideoInfo info;
  fail_unless(gst_video_info_from_caps(&info, gst_sample_get_caps(sample)));
  GstVideoFrame frame;
  fail_unless(gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ));
  Bytes luma;
  for (int y = 0; y < info.height; ++y) {
    const auto* row =
        static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)) + y * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
    luma.insert(luma.end(), row, row + info.width);
  }
  gst_video_frame_unmap(&frame);
  return luma;
}

}  // namespace

START_TEST(test_chair_is_drawn_and_told_as_annotated_in_every_frame) {
  const auto clip = shared_file("puma-chair/chair.mp4");
  const auto masks = shared_file("puma-chair/chair_video.npz");
  const auto truth_path = shared_file("puma-chair/truth.csv");
  if (clip.empty() || masks.empty() || truth_path.empty()) return;
  const auto truth = read_truth(truth_path);
  fail_unless_equals_uint64(truth.size(), 60);
  const auto described = [&](const std::string& color) {
    return "filesrc location=" + clip + " ! decodebin ! sam2overlay location=" + masks +
           " post-messages=true draw=fill opacity=1 colors=" + color + " ! appsink name=sink sync=false";
  };
  // A pixel is in the mask where a black and a white one differ.
  SampleSource black(described("#000000"));
  SampleSource white(described("#FFFFFF"));
  std::size_t frames = 0;
  while (const auto sample = black.pull()) {
    const auto other = white.pull();
    fail_unless(other != nullptr && frames < truth.size());
    const auto dark = luma_of(sample.get());
    const auto light = luma_of(other.get());
    fail_unless_equals_uint64(dark.size(), 720 * 480);
    // The decoder's caps say full range and no matrix, which GstVideoInfo takes for no colorimetry at all.
    GstVideoInfo info;
    fail_unless(gst_video_info_from_caps(&info, gst_sample_get_caps(sample.get())));
    const bool full = info.colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
    const int black_code = full ? 0 : 16;
    const int white_code = full ? 255 : 235;
    Measure measure;
    for (std::size_t i = 0; i < dark.size(); ++i) {
      if (dark[i] == light[i]) continue;
      fail_unless(dark[i] == black_code && light[i] == white_code, "frame %zu: %d and %d", frames, dark[i], light[i]);
      measure.add(int(i % 720), int(i / 720));
    }
    const auto what = "frame " + std::to_string(frames);
    assert_measure(measure, truth[frames], what);
    ++frames;
  }
  fail_unless_equals_uint64(frames, 60);

  const auto& messages = black.frame_messages();
  fail_unless_equals_uint64(messages.size(), 60);
  for (std::size_t k = 0; k < messages.size(); ++k) {
    const auto* structure = gst_message_get_structure(messages[k].get());
    int index = -2;
    gst_structure_get_int(structure, "mask-index", &index);
    fail_unless_equals_int(index, int(k));
    const auto* object = find_object(structure, 1);
    fail_unless(object != nullptr);
    assert_told(object, truth[k], "message " + std::to_string(k));
  }
}
END_TEST

START_TEST(test_chair_still_is_found_by_itself_and_drawn_on_its_frame) {
  const auto clip = shared_file("puma-chair/chair.mp4");
  const auto masks = shared_file("puma-chair/chair_image.npz");
  if (clip.empty() || masks.empty()) return;
  const auto described = [&](const std::string& color) {
    return "filesrc location=" + clip + " ! decodebin ! sam2overlay location=" + masks +
           " post-messages=true draw=fill opacity=1 colors=" + color + " ! appsink name=sink sync=false";
  };
  const auto truth = read_truth(shared_file("puma-chair/truth.csv"));
  SampleSource black(described("#000000"));
  SampleSource white(described("#FFFFFF"));
  int frames = 0;
  while (const auto sample = black.pull()) {
    const auto dark = luma_of(sample.get());
    const auto light = luma_of(white.pull().get());
    Measure measure;
    for (std::size_t i = 0; i < dark.size(); ++i) {
      if (dark[i] != light[i]) measure.add(int(i % 720), int(i / 720));
    }
    assert_measure(measure, truth[0], "frame " + std::to_string(frames++));
  }
  fail_unless_equals_int(frames, 60);
  for (const auto& message : black.frame_messages()) {
    int index = -2;
    gst_structure_get_int(gst_message_get_structure(message.get()), "mask-index", &index);
    fail_unless_equals_int(index, 0);
  }
}
END_TEST

START_TEST(test_sav_objects_are_told_as_annotated_in_every_frame) {
  const auto masks = shared_file("sav-000001-manual/sav_000001_manual.npz");
  const auto truth_path = shared_file("sav-000001-manual/truth.csv");
  if (masks.empty() || truth_path.empty()) return;
  const auto truth = read_truth(truth_path);
  fail_unless_equals_uint64(truth.size(), 121 * 5);
  // Four frames more than the annotation has: the last mask holds for the median spacing, and no longer.
  const auto played = play(
      "videotestsrc num-buffers=488 pattern=black ! video/x-raw,format=GRAY8,width=480,height=848,framerate=24/1 ! "
      "sam2overlay silent=true post-messages=true location=" +
      masks + " ! fakesink");
  fail_unless_equals_int(played.warnings, 0);
  const auto indices = played.mask_indices();
  fail_unless_equals_uint64(indices.size(), 488);
  for (int k = 0; k < 488; ++k) fail_unless_equals_int(indices[std::size_t(k)], k < 484 ? k / 4 : -1);
  int present = 0;
  for (const auto& row : truth) {
    // The mask holds for four frames.
    for (int k = row.frame; k < row.frame + 4; ++k) {
      const auto* object = find_object(gst_message_get_structure(played.frames[std::size_t(k)].get()), row.id);
      const auto what = "frame " + std::to_string(k) + ", object " + std::to_string(row.id);
      fail_unless((object != nullptr) == (row.area > 0), "%s", what.c_str());
      if (object == nullptr) continue;
      assert_told(object, row, what);
      ++present;
    }
  }
  std::cerr << present << " objects compared\n";
}
END_TEST

START_TEST(test_sav_objects_are_drawn_as_annotated) {
  const auto masks = shared_file("sav-000001-manual/sav_000001_manual.npz");
  const auto truth_path = shared_file("sav-000001-manual/truth.csv");
  if (masks.empty() || truth_path.empty()) return;
  const auto truth = read_truth(truth_path);
  for (int id = 0; id < 5; ++id) {
    SampleSource source(
        "videotestsrc num-buffers=484 pattern=black ! video/x-raw,format=GRAY8,width=480,height=848,framerate=24/1 ! "
        "sam2overlay draw=fill opacity=1 colors=#FFFFFF attach-meta=false objects=" +
        std::to_string(id) + " location=" + masks + " ! appsink name=sink sync=false max-buffers=4");
    for (int frame = 0; frame < 484; ++frame) {
      const auto sample = source.pull();
      fail_unless(sample != nullptr);
      // Each mask once, on one of the four frames that it holds for.
      if (frame % 4 != frame / 4 % 4) continue;
      const auto luma = luma_of(sample.get());
      Measure measure;
      for (std::size_t i = 0; i < luma.size(); ++i) {
        if (luma[i] == 255) measure.add(int(i % 480), int(i / 480));
      }
      const auto& row = truth[std::size_t(frame / 4 * 5 + id)];
      fail_unless(row.id == id && row.frame == frame / 4 * 4);
      assert_measure(measure, row, "frame " + std::to_string(frame) + ", object " + std::to_string(id));
    }
  }
}
END_TEST

static Suite* real_data_suite() {
  auto* suite = suite_create("real_data");
  auto* tests = tcase_create("real_data");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_chair_is_drawn_and_told_as_annotated_in_every_frame);
  tcase_add_test(tests, test_chair_still_is_found_by_itself_and_drawn_on_its_frame);
  tcase_add_test(tests, test_sav_objects_are_told_as_annotated_in_every_frame);
  tcase_add_test(tests, test_sav_objects_are_drawn_as_annotated);
  return suite;
}

GST_CHECK_MAIN(real_data)
