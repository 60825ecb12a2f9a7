// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Each frame shows its own mask in every container that ffmpeg and GStreamer write, at a fixed and at a varying rate,
// from start to end, after seeks, and backwards, without any property.
#include "support/numbered_clip.hpp"
#include "support/program.hpp"

using namespace sam2::test;

namespace {

constexpr int kSeeks = 40;

/// How a clip gets into its container: by ffmpeg from mkv with h264, which has B-frames.
struct Row {
  const char* name;
  const char* input = "";   ///< options of the input
  const char* output = "";  ///< options of the output; none: the clip stays as it is
  const char* suffix = "";  ///< of the file
  bool has_times = true;    ///< frames have timestamps, so that they may come unevenly
  bool plays_backwards = true;
  int lost = 0;  ///< frames at the end that the demuxer does not play
  const char* decode = "decodebin";
  /// False if the demuxer stamps frames after a seek otherwise than in linear playback, so that no mask can be told.
  bool has_stamps_after_seeks = true;
};

constexpr Row kRows[] = {
    {"mkv"},
    {"mp4", "", "-c copy", ".mp4"},
    {"mp4, fragmented", "", "-c copy -movflags frag_keyframe+empty_moov", ".mp4"},
    // Its last frames lie behind the duration that the file says.
    {"mp4, no edit list", "", "-c copy -use_editlist 0", ".mp4", true, true, 8},
    {"mov, delayed", "-itsoffset 0.48", "-c copy", ".mov"},
    {"webm", "", "-c:v libvpx -crf 4 -b:v 4M -deadline realtime -enc_time_base 1:1000 -fps_mode passthrough", ".webm"},
    {"flv", "", "-c copy", ".flv"},
    {"ts", "", "-c copy", ".ts", true, false, 0, "tsdemux ! h264parse ! avdec_h264 output-corrupt=false"},
    {"ts, from an hour on", "", "-c copy -output_ts_offset 3600", ".ts", true, false, 0,
     "tsdemux ! h264parse ! avdec_h264 output-corrupt=false"},
    {"hls", "", "-c copy -f hls -hls_time 1 -hls_list_size 0", ".m3u8", true, false, 0,
     "hlsdemux ! tsdemux ! h264parse ! avdec_h264 output-corrupt=false", false},
    {"mpeg-ps", "", "-c:v mpeg2video -q:v 2 -bf 2 -g 15 -r 25", ".mpg", false, false, 0, "decodebin", false},
    {"avi", "", "-c:v mpeg4 -q:v 2", ".avi", false},
    {"ogg", "", "-c:v libtheora -q:v 10", ".ogv", false},
    {"mxf", "", "-c:v mpeg2video -q:v 2 -r 25", ".mxf", false, false},
};

/// One frame as it came out.
struct Shown {
  int picture = -1;
  int mask = -1;
  gint64 stream_time = 0;
  GstClockTime pts = 0;
  bool is_cut = false;  ///< it begins where its segment does
};

Shown look(GstSample* sample) {
  GstVideoInfo info;
  fail_unless(gst_video_info_from_caps(&info, gst_sample_get_caps(sample)));
  GstVideoFrame frame;
  auto* const buffer = gst_sample_get_buffer(sample);
  fail_unless(gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ));
  Shown shown{read_number(frame, 1), read_number(frame, 3)};
  gst_video_frame_unmap(&frame);
  shown.pts = GST_BUFFER_PTS(buffer);
  shown.is_cut = shown.pts == gst_sample_get_segment(sample)->start;
  guint64 time = 0;
  const auto sign = gst_segment_to_stream_time_full(gst_sample_get_segment(sample), GST_FORMAT_TIME, shown.pts, &time);
  shown.stream_time = sign * gint64(time);
  return shown;
}

/// Counts of one way of playing.
struct Count {
  int frames = 0;
  int wrong = 0;
  /// Frames whose stamp lies in the time of another frame, as linear playback stamped it. No mask can be told from it.
  int misstamped = 0;
  std::string first_wrong;

  [[nodiscard]] std::string text() const {
    return std::to_string(wrong) + "/" + std::to_string(frames) +
           (misstamped > 0 ? " (" + std::to_string(misstamped) + " misstamped)" : "");
  }
};

/// A clip, and what linear playback of it showed.
class Clip {
 public:
  Clip(const Row& row, bool varies) : row_(row) {
    constexpr ClipRate kRate = {25, 1};
    begins_ = varies ? uneven_begins() : begins_at(kRate);
    write_clip(containers()[1], "25/1", begins_, directory_.file("clip.mkv"));
    path_ = directory_.file(std::string("out") + row.suffix);
    if (*row.output == '\0') {
      path_ = directory_.file("clip.mkv");
      return;
    }
    const auto written = run_command("ffmpeg -v error -y " + std::string(row.input) + " -i " +
                                     directory_.file("clip.mkv") + " " + row.output + " " + path_);
    fail_unless(written.exit_code == 0, "%s: %s", row.name, written.out.c_str());
  }

  [[nodiscard]] std::string play() const {
    return "filesrc location=" + path_ + " ! " + row_.decode + " ! sam2overlay name=overlay location=" + masks_.path() +
           kReadableLook + " ! videoconvert ! video/x-raw,format=I420 ! appsink name=sink sync=false max-buffers=2";
  }

  Count linear(SampleSource& source) {
    Count count;
    while (const auto sample = source.pull()) {
      const auto shown = look(sample.get());
      fail_unless(shown.picture == count.frames, "%s: frame %d after %d", row_.name, shown.picture, count.frames - 1);
      linear_.push_back(shown);
      add(count, shown);
    }
    return count;
  }

  /// The next `most` frames after a seek; all of them without a limit.
  void check(Count& count, SampleSource& source, int most) {
    for (int i = 0; i < most; ++i) {
      const auto sample = source.pull();
      if (sample == nullptr) break;
      add(count, look(sample.get()));
    }
  }

  [[nodiscard]] gint64 first() const { return linear_.front().stream_time; }
  /// End of a frame that linear playback showed.
  [[nodiscard]] gint64 end_of(std::size_t k) const {
    return k + 1 < linear_.size() ? linear_[k + 1].stream_time : linear_[k].stream_time + 40 * gint64(GST_MSECOND);
  }
  [[nodiscard]] std::size_t size() const { return linear_.size(); }
  [[nodiscard]] gint64 begin_of(std::size_t k) const { return linear_[k].stream_time; }

 private:
  /// Frames of 8 to 97 ms, the last ones short, as no container says how long the last one is.
  static std::vector<GstClockTime> uneven_begins() {
    std::mt19937 random(test_seed());
    std::vector<GstClockTime> begins = {0};
    while (begins.size() <= kClipFrames) {
      const unsigned longest = begins.size() > kClipFrames - 3 ? 10 : 97;
      begins.push_back(begins.back() + (8 + random() % (longest - 7)) * GST_MSECOND);
    }
    return begins;
  }

  /// True if the stamp is not that of linear playback, and not where a seek cut the frame either.
  [[nodiscard]] bool is_misstamped(const Shown& shown) const {
    const auto k = std::size_t(shown.picture);
    if (k >= linear_.size()) return false;
    constexpr gint64 kRounding = GST_MSECOND;
    const auto late = shown.stream_time - linear_[k].stream_time;
    // Decoders cut frames by their nominal length.
    const auto longest = std::max(end_of(k) - begin_of(k), gint64(40 * GST_MSECOND));
    constexpr gint64 kLeast = 10 * GST_USECOND;
    if (shown.is_cut) return late < -kRounding || late > longest - kLeast;
    return std::abs(late) > kRounding && std::abs(GST_CLOCK_DIFF(linear_[k].pts, shown.pts)) > kRounding;
  }

  void add(Count& count, const Shown& shown) {
    ++count.frames;
    if (shown.picture == shown.mask) return;
    if (std::getenv("SAM2_SHOW_STAMPS") != nullptr) {
      const auto k = std::size_t(shown.picture);
      std::cerr << row_.name << ": picture " << shown.picture << ", mask " << shown.mask << ", stamp "
                << shown.stream_time << ", linear " << (k < linear_.size() ? linear_[k].stream_time : -1)
                << (shown.is_cut ? ", cut" : "") << "\n";
    }
    if (is_misstamped(shown)) {
      ++count.misstamped;
      return;
    }
    ++count.wrong;
    if (!count.first_wrong.empty()) return;
    std::ostringstream text;
    text << "picture " << shown.picture << ", mask " << shown.mask << " at " << shown.stream_time << " ns";
    count.first_wrong = text.str();
  }

  const Row& row_;
  TemporaryDirectory directory_;
  std::string path_;
  std::vector<GstClockTime> begins_;
  MaskFile masks_{{numbered_masks()}};
  std::vector<Shown> linear_;
};

bool have_ffmpeg() {
  const bool found = run_command("ffmpeg -version").exit_code == 0 && have_elements(containers()[1]);
  if (!found) std::cerr << "skipped: there is no ffmpeg\n";
  return found;
}

void assert_right(const Row& row, const char* way, const Count& count) {
  fail_unless(count.wrong == 0, "%s, %s: %s: %s", row.name, way, count.text().c_str(), count.first_wrong.c_str());
}

}  // namespace

START_TEST(test_no_container_shows_a_wrong_mask) {
  const auto& row = kRows[std::size_t(_i) / 2];
  const bool varies = _i % 2 == 1;
  if (!have_ffmpeg() || (varies && !row.has_times)) return;
  Clip clip(row, varies);
  SampleSource source(clip.play());
  const auto linear = clip.linear(source);
  std::mt19937 random(test_seed());
  Count seeks;
  for (int i = 0; i < kSeeks; ++i) {
    const auto k = random() % (clip.size() - 3);
    const auto length = std::max<gint64>(1, clip.end_of(k) - clip.begin_of(k));
    source.seek(GstClockTime(clip.begin_of(k) + (i % 4 == 0 ? 0 : gint64(random()) % length)));
    clip.check(seeks, source, 3);
  }
  Count backwards;
  if (row.plays_backwards) {
    source.seek({.rate = -1.0, .stop = GstClockTime(clip.end_of(clip.size() - 1))});
    clip.check(backwards, source, 1000);
  }
  std::cerr << "| " << row.name << " | " << (varies ? "varying" : "fixed") << " | " << linear.text() << " | "
            << seeks.text() << " | " << (row.plays_backwards ? backwards.text() : "-") << " |\n";
  fail_unless(linear.frames >= kClipFrames - row.lost, "%s: %d frames", row.name, linear.frames);
  assert_right(row, "linear", linear);
  if (row.has_stamps_after_seeks) assert_right(row, "seeks", seeks);
  assert_right(row, "backwards", backwards);
  // Transport streams play less than three frames where they end soon.
  fail_unless(seeks.frames >= kSeeks, "%s: only %d frames after seeks", row.name, seeks.frames);
  if (row.plays_backwards) fail_unless(backwards.frames > 0, "%s: no frames backwards", row.name);
}
END_TEST

static Suite* every_container_suite() {
  auto* suite = suite_create("every_container");
  auto* tests = tcase_create("every_container");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_no_container_shows_a_wrong_mask, 0, 2 * int(std::size(kRows)));
  return suite;
}

GST_CHECK_MAIN(every_container)
