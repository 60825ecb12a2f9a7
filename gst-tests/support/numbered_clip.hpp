// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <map>

#include "support/sample_source.hpp"

namespace sam2::test {

// Every frame carries its number in its picture, and its mask carries it too, in blocks that survive h264: the upper
// half is the picture's, the lower one the mask's. Block 0 of each is always set, the others are the bits of the
// number.
inline constexpr int kBlock = 16;
inline constexpr int kBits = 9;
inline constexpr int kClipWidth = kBlock * (kBits + 1);
inline constexpr int kClipHeight = 4 * kBlock;
inline constexpr int kClipFrames = 150;

inline bool block_is_set(int block, int number) {
  return block == 0 || (number >> (block - 1) & 1) != 0;
}

/// I420.
inline Bytes numbered_frame(int number) {
  Bytes frame(kClipWidth * kClipHeight * 3 / 2, 128);
  for (int y = 0; y < kClipHeight; ++y) {
    for (int x = 0; x < kClipWidth; ++x) {
      frame[std::size_t(y * kClipWidth + x)] = y < kClipHeight / 2 && block_is_set(x / kBlock, number) ? 235 : 16;
    }
  }
  return frame;
}

/// Mask k is that of frame numbers[k].
inline Array masks_of_frames(const std::vector<int>& numbers) {
  return mask_array(numbers.size(), 1, kClipHeight, kClipWidth, [&](auto t, auto, auto y, auto x) {
    return y >= kClipHeight / 2 && block_is_set(int(x) / kBlock, numbers[t]);
  });
}

/// first, first + step, ...
inline std::vector<int> counting(int first, int count, int step = 1) {
  std::vector<int> numbers;
  for (int i = 0; i < count; ++i) numbers.push_back(first + i * step);
  return numbers;
}

inline Array numbered_masks() {
  return masks_of_frames(counting(0, kClipFrames));
}

/// Masks with their stamps: frame k begins at begins[k], and the last one ends at the last of these.
inline MaskFile masks_at(const std::vector<GstClockTime>& begins) {
  return MaskFile(
      {numbered_masks(), int64_array("timestamps", std::vector<std::int64_t>(begins.begin(), begins.end() - 1))});
}

/// The look in which the masks can be read back.
inline constexpr const char* kReadableLook = " axes=TNHW draw=fill opacity=1 colors=#FFFFFF ";

/// What a half of the luma plane says: a number, or -1 where block 0 is not set.
inline int read_number(const GstVideoFrame& frame, int quarter) {
  const auto y = GST_VIDEO_FRAME_HEIGHT(&frame) * quarter / 4;
  const auto block = GST_VIDEO_FRAME_WIDTH(&frame) / (kBits + 1);
  const auto* row =
      static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)) + y * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
  const auto lit = [&](int k) { return row[k * block + block / 2] > 125; };
  if (!lit(0)) return -1;
  int number = 0;
  for (int bit = 0; bit < kBits; ++bit) number |= int{lit(bit + 1)} << bit;
  return number;
}

/// What is visible of a frame, without what may be behind its rows.
inline std::string checksum_of(const GstVideoFrame& frame) {
  auto* const checksum = g_checksum_new(G_CHECKSUM_SHA1);
  for (guint component = 0; component < GST_VIDEO_FRAME_N_COMPONENTS(&frame); ++component) {
    for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(&frame, component); ++y) {
      const auto* const data = static_cast<const guint8*>(GST_VIDEO_FRAME_COMP_DATA(&frame, component));
      g_checksum_update(checksum, data + y * GST_VIDEO_FRAME_COMP_STRIDE(&frame, component),
                        GST_VIDEO_FRAME_COMP_WIDTH(&frame, component));
    }
  }
  std::string text = g_checksum_get_string(checksum);
  g_checksum_free(checksum);
  return text;
}

/// Reads frames of planar 8-bit YUV. No frame may show another mask than its own, or the same number in other pixels.
class NumberedFrames {
 public:
  enum class Masks { Readable, AnyLook };

  explicit NumberedFrames(std::string what, Masks masks = Masks::Readable) : what_(std::move(what)), masks_(masks) {}
  NumberedFrames(const NumberedFrames&) = delete;
  NumberedFrames& operator=(const NumberedFrames&) = delete;
  ~NumberedFrames() { std::cerr << what_ << ": " << checked_ << " frames checked\n"; }

  /// The number of a frame that is right.
  int check(GstBuffer* buffer, GstCaps* caps) {
    GstVideoInfo info;
    fail_unless(gst_video_info_from_caps(&info, caps));
    GstVideoFrame frame;
    fail_unless(gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ));
    const auto picture = read_number(frame, 1);
    const auto mask = masks_ == Masks::Readable ? read_number(frame, 3) : picture;
    const auto checksum = std::to_string(info.width) + " wide: " + checksum_of(frame);
    gst_video_frame_unmap(&frame);
    fail_unless(picture >= 0 && picture == mask,
                "%s: picture %d, mask %d, PTS %" GST_TIME_FORMAT ", duration %" GST_TIME_FORMAT, what_.c_str(), picture,
                mask, GST_TIME_ARGS(GST_BUFFER_PTS(buffer)), GST_TIME_ARGS(GST_BUFFER_DURATION(buffer)));
    const auto& first = checksums_.try_emplace({picture, info.width}, checksum).first->second;
    fail_unless(checksum == first, "%s: frame %d has other pixels than before", what_.c_str(), picture);
    ++checked_;
    return picture;
  }
  int check(GstSample* sample) { return check(gst_sample_get_buffer(sample), gst_sample_get_caps(sample)); }

  /// All frames up to the end of the stream or segment.
  std::vector<int> check_all(SampleSource& source) {
    std::vector<int> numbers;
    while (const auto sample = source.pull()) numbers.push_back(check(sample.get()));
    return numbers;
  }

  [[nodiscard]] std::size_t different() const { return checksums_.size(); }
  [[nodiscard]] const std::string& what() const { return what_; }

 private:
  std::string what_;
  Masks masks_;
  std::map<std::pair<int, int>, std::string> checksums_;
  int checked_ = 0;
};

inline void assert_numbers(const std::vector<int>& got, const std::vector<int>& expected, const std::string& what) {
  if (got == expected) return;
  std::string text;
  for (const auto number : got) text += " " + std::to_string(number);
  fail_unless(false, "%s: %zu frames instead of %zu:%s", what.c_str(), got.size(), expected.size(), text.c_str());
}

struct ClipRate {
  int numerator, denominator;

  [[nodiscard]] std::string text() const { return std::to_string(numerator) + "/" + std::to_string(denominator); }
  [[nodiscard]] GstClockTime begin_of(gint64 frame) const {
    return gst_util_uint64_scale(guint64(frame) * guint64(denominator), GST_SECOND, guint64(numerator));
  }
  [[nodiscard]] gint64 frame_at(GstClockTime time) const {
    return gint64(gst_util_uint64_scale(time, guint64(numerator), guint64(denominator) * GST_SECOND));
  }
};

struct Container {
  const char* name;
  std::string encode;  ///< from raw video to the file
  std::vector<const char*> elements;
  std::string decode = "decodebin";
  const char* more = "";  ///< properties of the overlay
};

/// h264 with B-frames, so that PTS do not begin at 0 and mp4 gets an edit list.
inline const std::vector<Container>& containers() {
  static const std::string h264 =
      "x264enc bframes=3 b-adapt=false key-int-max=20 quantizer=18 pass=quant speed-preset=veryfast ! h264parse ! ";
  static const std::vector<Container> all = {
      {"mp4", h264 + "mp4mux", {"x264enc", "h264parse", "mp4mux", "qtdemux", "avdec_h264"}},
      {"mkv", h264 + "matroskamux", {"x264enc", "h264parse", "matroskamux", "matroskademux", "avdec_h264"}},
      {"avi", "jpegenc quality=95 ! avimux", {"jpegenc", "avimux", "avidemux", "jpegdec"}},
      {"ts",
       h264 + "mpegtsmux",
       {"x264enc", "h264parse", "mpegtsmux", "tsdemux", "avdec_h264"},
       // After a seek, tsdemux begins between key frames; what is decoded without one is no picture of the clip.
       "tsdemux ! h264parse ! avdec_h264 output-corrupt=false",
       " time-origin=first-frame"},
  };
  return all;
}

/// Whether the container's elements are installed; says which one is not.
inline bool have_elements(const Container& container) {
  for (const auto* name : container.elements) {
    const Owned<GstObject> factory(reinterpret_cast<GstObject*>(gst_element_factory_find(name)));
    if (factory != nullptr) continue;
    std::cerr << "skipped: " << container.name << ": there is no element " << name << "\n";
    return false;
  }
  return true;
}

inline bool have_mp4() {
  return have_elements(containers()[0]);
}

/// Writes frames that begin at `begins`; the last of these is the end.
inline void write_clip(const Container& container, const std::string& framerate,
                       const std::vector<GstClockTime>& begins, const std::string& path) {
  const auto pipeline =
      parse_pipeline("appsrc name=source format=time ! " + container.encode + " ! filesink location=" + path);
  const Owned<GstElement> source(gst_bin_get_by_name(GST_BIN(pipeline.get()), "source"));
  const Owned<GstCaps> caps(
      gst_caps_from_string(caps_text("I420", kClipWidth, kClipHeight, "framerate=" + framerate).c_str()));
  g_object_set(source.get(), "caps", caps.get(), nullptr);
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  GstFlowReturn flow = GST_FLOW_OK;
  for (std::size_t k = 0; k + 1 < begins.size(); ++k) {
    const Owned<GstBuffer> buffer(make_buffer(numbered_frame(int(k)), begins[k], begins[k + 1] - begins[k]));
    g_signal_emit_by_name(source.get(), "push-buffer", buffer.get(), &flow);
    fail_unless_equals_int(flow, GST_FLOW_OK);
  }
  g_signal_emit_by_name(source.get(), "end-of-stream", &flow);
  const Owned<GstBus> bus(gst_element_get_bus(pipeline.get()));
  const Owned<GstMessage> end(gst_bus_timed_pop_filtered(
      bus.get(), 60 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
  fail_unless(end != nullptr && GST_MESSAGE_TYPE(end.get()) == GST_MESSAGE_EOS, "%s", container.name);
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
}

inline std::vector<GstClockTime> begins_at(const ClipRate& rate, int frames = kClipFrames) {
  std::vector<GstClockTime> begins;
  for (int k = 0; k <= frames; ++k) begins.push_back(rate.begin_of(k));
  return begins;
}

/// A clip in a container and its masks, as files.
class NumberedClip {
 public:
  NumberedClip(const Container& container, const ClipRate& rate) : container_(container), rate_(rate) {
    write_clip(container, rate.text(), begins_at(rate), path());
  }

  [[nodiscard]] std::string path() const { return directory_.file("clip"); }
  [[nodiscard]] const ClipRate& rate() const { return rate_; }
  [[nodiscard]] std::string name() const { return std::string(container_.name) + " at " + rate_.text(); }
  /// A SampleSource of it.
  [[nodiscard]] std::string play(const std::string& look = kReadableLook) const {
    return "filesrc location=" + path() + " ! " + container_.decode + " ! sam2overlay location=" + masks_.path() +
           look + container_.more + " framerate=" + rate_.text() + " ! appsink name=sink sync=false max-buffers=2";
  }

 private:
  const Container& container_;
  ClipRate rate_;
  TemporaryDirectory directory_;
  MaskFile masks_{{numbered_masks()}};
};

}  // namespace sam2::test
