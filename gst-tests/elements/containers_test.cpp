// SPDX-License-Identifier: LGPL-2.1-or-later
// Every frame carries its number in its picture, and its mask carries it too: in any container, after any seek, the two
// agree.
#include "support/harness.hpp"
#include "support/sample_source.hpp"

using namespace sam2::test;

namespace {

// Blocks that survive h264: the upper half is the picture's, the lower one the mask's. Block 0 of each is always set,
// the others are the bits of the number.
constexpr int kBlock = 16;
constexpr int kBits = 9;
constexpr int kWidth = kBlock * (kBits + 1);
constexpr int kHeight = 4 * kBlock;
constexpr int kFrames = 150;

bool is_set(int block, int number) {
  return block == 0 || (number >> (block - 1) & 1) != 0;
}

Bytes numbered_frame(int number) {
  Bytes frame(kWidth * kHeight * 3 / 2, 128);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      frame[std::size_t(y * kWidth + x)] = y < kHeight / 2 && is_set(x / kBlock, number) ? 235 : 16;
    }
  }
  return frame;
}

Array numbered_masks() {
  return mask_array(kFrames, 1, kHeight, kWidth,
                    [](auto t, auto, auto y, auto x) { return y >= kHeight / 2 && is_set(int(x) / kBlock, int(t)); });
}

/// What a half of the luma plane says: a number, or -1 where block 0 is not set.
int read_number(const GstVideoFrame& frame, int y) {
  const auto* row =
      static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)) + y * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
  const auto lit = [&](int block) { return row[block * kBlock + kBlock / 2] > 125; };
  if (!lit(0)) return -1;
  int number = 0;
  for (int bit = 0; bit < kBits; ++bit) number |= int{lit(bit + 1)} << bit;
  return number;
}

struct Numbers {
  int picture = -2;
  int mask = -2;
};

Numbers read_numbers(GstSample* sample) {
  GstVideoInfo info;
  fail_unless(gst_video_info_from_caps(&info, gst_sample_get_caps(sample)));
  fail_unless(info.width == kWidth && info.height == kHeight);
  GstVideoFrame frame;
  fail_unless(gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ));
  const Numbers numbers{read_number(frame, kHeight / 4), read_number(frame, kHeight * 3 / 4)};
  gst_video_frame_unmap(&frame);
  return numbers;
}

bool have_elements(const std::string& what, const std::vector<const char*>& names) {
  for (const auto* name : names) {
    const Owned<GstObject> factory(reinterpret_cast<GstObject*>(gst_element_factory_find(name)));
    if (factory != nullptr) continue;
    std::cerr << "skipped: " << what << ": there is no element " << name << "\n";
    return false;
  }
  return true;
}

struct Container {
  std::string name;
  std::string encode;  ///< from raw video to the file
  std::vector<const char*> elements;
  int numerator, denominator;

  [[nodiscard]] GstClockTime begin_of(int frame) const {
    return gst_util_uint64_scale(guint64(frame) * guint64(denominator), GST_SECOND, guint64(numerator));
  }
};

void make_clip(const Container& container, const std::string& path) {
  const auto pipeline =
      parse_pipeline("appsrc name=source format=time ! " + container.encode + " ! filesink location=" + path);
  const Owned<GstElement> source(gst_bin_get_by_name(GST_BIN(pipeline.get()), "source"));
  const Owned<GstCaps> caps(gst_caps_from_string(
      caps_text("I420", kWidth, kHeight,
                "framerate=" + std::to_string(container.numerator) + "/" + std::to_string(container.denominator))
          .c_str()));
  g_object_set(source.get(), "caps", caps.get(), nullptr);
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  GstFlowReturn flow = GST_FLOW_OK;
  for (int k = 0; k < kFrames; ++k) {
    const auto begin = container.begin_of(k);
    const Owned<GstBuffer> buffer(make_buffer(numbered_frame(k), begin, container.begin_of(k + 1) - begin));
    g_signal_emit_by_name(source.get(), "push-buffer", buffer.get(), &flow);
    fail_unless_equals_int(flow, GST_FLOW_OK);
  }
  g_signal_emit_by_name(source.get(), "end-of-stream", &flow);
  const Owned<GstBus> bus(gst_element_get_bus(pipeline.get()));
  const Owned<GstMessage> end(gst_bus_timed_pop_filtered(
      bus.get(), 60 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
  fail_unless(end != nullptr && GST_MESSAGE_TYPE(end.get()) == GST_MESSAGE_EOS, "%s", container.name.c_str());
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
}

/// Linear playback, then 40 random accurate seeks of which three frames each are read.
void check_container(const Container& container) {
  if (!have_elements(container.name, container.elements)) return;
  const auto seed = test_seed();
  std::mt19937 random(seed);
  const TemporaryDirectory directory;
  const auto clip = directory.file("clip");
  make_clip(container, clip);
  const MaskFile masks({numbered_masks()});
  SampleSource source("filesrc location=" + clip + " ! decodebin ! sam2overlay location=" + masks.path() +
                      " axes=TNHW draw=fill opacity=1 colors=#FFFFFF framerate=" + std::to_string(container.numerator) +
                      "/" + std::to_string(container.denominator) + " ! appsink name=sink sync=false max-buffers=2");
  int frame = 0;
  while (const auto sample = source.pull()) {
    const auto numbers = read_numbers(sample.get());
    fail_unless(numbers.picture == frame && numbers.mask == frame, "%s: frame %d says %d, its mask %d",
                container.name.c_str(), frame, numbers.picture, numbers.mask);
    ++frame;
  }
  fail_unless_equals_int(frame, kFrames);

  for (int i = 0; i < 40; ++i) {
    const auto position = std::uniform_int_distribution<GstClockTime>(0, container.begin_of(kFrames - 4))(random);
    source.seek(position);
    for (int next = 0; next < 3; ++next) {
      const auto sample = source.pull();
      fail_unless(sample != nullptr, "%s: nothing at %" GST_TIME_FORMAT, container.name.c_str(),
                  GST_TIME_ARGS(position));
      const auto numbers = read_numbers(sample.get());
      const auto* buffer = gst_sample_get_buffer(sample.get());
      fail_unless(numbers.picture == numbers.mask,
                  "%s: seek to %" GST_TIME_FORMAT ", frame %d after it: picture %d, mask %d, PTS %" GST_TIME_FORMAT
                  ", duration %" GST_TIME_FORMAT,
                  container.name.c_str(), GST_TIME_ARGS(position), next, numbers.picture, numbers.mask,
                  GST_TIME_ARGS(GST_BUFFER_PTS(buffer)), GST_TIME_ARGS(GST_BUFFER_DURATION(buffer)));
      // The seek went where it should have: stamps in ms may be one frame off.
      const auto expected = int(gst_util_uint64_scale(position, guint64(container.numerator),
                                                      guint64(container.denominator) * GST_SECOND)) +
                            next;
      fail_unless(std::abs(numbers.picture - expected) <= 1, "%s: seek to %" GST_TIME_FORMAT " arrived at frame %d",
                  container.name.c_str(), GST_TIME_ARGS(position), numbers.picture - next);
    }
  }
}

const std::string kH264 = "x264enc bframes=3 b-adapt=false key-int-max=20 quantizer=18 pass=quant ! h264parse ! ";
const std::vector<const char*> kMp4Elements = {"x264enc", "h264parse", "mp4mux", "qtdemux", "avdec_h264"};

}  // namespace

START_TEST(test_mp4_at_30000_1001_shows_each_frame_its_mask) {
  check_container({"mp4", kH264 + "mp4mux", kMp4Elements, 30000, 1001});
}
END_TEST

START_TEST(test_mp4_at_24000_1001_shows_each_frame_its_mask) {
  check_container({"mp4", kH264 + "mp4mux", kMp4Elements, 24000, 1001});
}
END_TEST

START_TEST(test_mp4_at_25_shows_each_frame_its_mask) {
  check_container({"mp4", kH264 + "mp4mux", kMp4Elements, 25, 1});
}
END_TEST

START_TEST(test_matroska_shows_each_frame_its_mask) {
  check_container({"mkv",
                   kH264 + "matroskamux",
                   {"x264enc", "h264parse", "matroskamux", "matroskademux", "avdec_h264"},
                   30000,
                   1001});
}
END_TEST

START_TEST(test_avi_shows_each_frame_its_mask) {
  check_container({"avi", "jpegenc quality=95 ! avimux", {"jpegenc", "avimux", "avidemux", "jpegdec"}, 30000, 1001});
}
END_TEST

static Suite* containers_suite() {
  auto* suite = suite_create("containers");
  auto* tests = tcase_create("containers");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_mp4_at_30000_1001_shows_each_frame_its_mask);
  tcase_add_test(tests, test_mp4_at_24000_1001_shows_each_frame_its_mask);
  tcase_add_test(tests, test_mp4_at_25_shows_each_frame_its_mask);
  tcase_add_test(tests, test_matroska_shows_each_frame_its_mask);
  tcase_add_test(tests, test_avi_shows_each_frame_its_mask);
  return suite;
}

GST_CHECK_MAIN(containers)
