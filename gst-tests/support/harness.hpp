// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#include <functional>
#include <utility>

#include "support/gst_check.hpp"
#include "support/mask_file.hpp"
#include "support/owned.hpp"

namespace sam2::test {

using Bytes = std::vector<std::uint8_t>;
using Properties = std::vector<std::pair<std::string, std::string>>;

inline std::string caps_text(const std::string& format, int width, int height,
                             const std::string& more = "framerate=30/1") {
  return "video/x-raw,format=" + format + ",width=" + std::to_string(width) + ",height=" + std::to_string(height) +
         (more.empty() ? "" : "," + more);
}

inline GstVideoInfo video_info(const std::string& caps) {
  const Owned<GstCaps> parsed(gst_caps_from_string(caps.c_str()));
  GstVideoInfo info;
  fail_unless(gst_video_info_from_caps(&info, parsed.get()), "%s", caps.c_str());
  return info;
}

inline std::vector<std::string> drawn_formats() {
  auto* factory = gst_element_factory_find("sam2overlay");
  fail_unless(factory != nullptr, "the plugin is not found");
  const auto* pads = gst_element_factory_get_static_pad_templates(factory);
  const Owned<GstCaps> caps(gst_static_pad_template_get_caps(static_cast<GstStaticPadTemplate*>(pads->data)));
  const auto* list = gst_structure_get_value(gst_caps_get_structure(caps.get(), 0), "format");
  std::vector<std::string> formats;
  for (guint i = 0; i < gst_value_list_get_size(list); ++i) {
    formats.emplace_back(g_value_get_string(gst_value_list_get_value(list, i)));
  }
  gst_object_unref(factory);
  return formats;
}

inline GstBuffer* make_buffer(const Bytes& bytes, GstClockTime pts = 0, GstClockTime duration = GST_SECOND / 30) {
  auto* buffer = gst_buffer_new_allocate(nullptr, bytes.size(), nullptr);
  gst_buffer_fill(buffer, 0, bytes.data(), bytes.size());
  GST_BUFFER_PTS(buffer) = pts;
  GST_BUFFER_DURATION(buffer) = duration;
  return buffer;
}

inline Bytes bytes_of(GstBuffer* buffer) {
  Bytes bytes(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

/// In the order in which they were added.
inline std::vector<GstVideoRegionOfInterestMeta*> regions_of(GstBuffer* buffer) {
  std::vector<GstVideoRegionOfInterestMeta*> regions;
  gpointer state = nullptr;
  while (auto* meta = gst_buffer_iterate_meta_filtered(buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE)) {
    regions.push_back(reinterpret_cast<GstVideoRegionOfInterestMeta*>(meta));
  }
  return regions;
}

inline Bytes noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

/// The seed of this run; SAM2_TEST_SEED repeats one.
inline unsigned test_seed() {
  const auto* text = std::getenv("SAM2_TEST_SEED");
  const auto seed = text != nullptr ? static_cast<unsigned>(std::stoul(text)) : std::random_device{}();
  std::cerr << "SAM2_TEST_SEED=" << seed << "\n";
  return seed;
}

/// The whole bytes, row by row, in the message of a failure.
inline void assert_same_bytes(const Bytes& got, const Bytes& expected, std::size_t per_row, const std::string& what) {
  if (got == expected) return;
  std::ostringstream text;
  text << what << ": " << got.size() << " bytes, expected " << expected.size() << "\n";
  for (std::size_t i = 0; i < std::min(got.size(), expected.size()); ++i) {
    text << (i % per_row == 0 ? "\n" : " ") << int{got[i]};
    if (got[i] != expected[i]) text << "(" << int{expected[i]} << ")";
    if (i > 4000) break;
  }
  fail_unless(false, "%s", text.str().c_str());
}

/// One sam2overlay between two pads, and its messages.
class Overlay {
 public:
  explicit Overlay(const Properties& properties) : element_(gst_element_factory_make("sam2overlay", nullptr)) {
    fail_unless(element_ != nullptr, "the plugin is not found");
    gst_object_ref_sink(element_.get());
    gst_element_set_bus(element_.get(), bus_.get());
    for (const auto& [name, value] : properties) set(name, value);
    harness_ = gst_harness_new_with_element(element_.get(), "sink", "src");
  }
  Overlay(const Properties& properties, const std::string& caps) : Overlay(properties) { set_caps(caps); }
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;
  ~Overlay() {
    gst_harness_teardown(harness_);
    gst_element_set_bus(element_.get(), nullptr);
    gst_bus_set_flushing(bus_.get(), TRUE);
  }

  [[nodiscard]] GstElement* element() const { return element_.get(); }
  [[nodiscard]] GstHarness* harness() const { return harness_; }

  void set(const std::string& name, const std::string& value) {
    gst_util_set_object_arg(G_OBJECT(element_.get()), name.c_str(), value.c_str());
  }
  void set_caps(const std::string& caps) { gst_harness_set_src_caps_str(harness_, caps.c_str()); }

  void send(GstEvent* event) { fail_unless(gst_harness_push_event(harness_, event)); }

  /// What a flushing seek upstream sends.
  void seek(const GstSegment& segment) {
    send(gst_event_new_flush_start());
    send(gst_event_new_flush_stop(TRUE));
    send(gst_event_new_segment(&segment));
  }

  /// Takes the buffer.
  Owned<GstBuffer> process(GstBuffer* buffer) {
    fail_unless_equals_int(gst_harness_push(harness_, buffer), GST_FLOW_OK);
    return Owned<GstBuffer>(gst_harness_pull(harness_));
  }

  Bytes process(const Bytes& bytes) { return bytes_of(process(make_buffer(bytes)).get()); }

  /// Of the messages since the last call those of the type.
  std::vector<Owned<GstMessage>> messages(GstMessageType type) {
    std::vector<Owned<GstMessage>> found;
    while (auto* message = gst_bus_pop(bus_.get())) {
      if (GST_MESSAGE_TYPE(message) == type) {
        found.emplace_back(message);
      } else {
        gst_message_unref(message);
      }
    }
    return found;
  }

  /// The texts of warnings (or errors, infos) since the last call.
  std::vector<std::string> texts(GstMessageType type) {
    std::vector<std::string> found;
    for (const auto& message : messages(type)) {
      GError* error = nullptr;
      if (type == GST_MESSAGE_WARNING) gst_message_parse_warning(message.get(), &error, nullptr);
      if (type == GST_MESSAGE_ERROR) gst_message_parse_error(message.get(), &error, nullptr);
      if (type == GST_MESSAGE_INFO) gst_message_parse_info(message.get(), &error, nullptr);
      found.emplace_back(error->message);
      g_error_free(error);
    }
    return found;
  }

  [[nodiscard]] Owned<GstStructure> stats() const {
    GstStructure* stats = nullptr;
    g_object_get(element_.get(), "stats", &stats, nullptr);
    return Owned<GstStructure>(stats);
  }

 private:
  Owned<GstElement> element_;
  Owned<GstBus> bus_{gst_bus_new()};
  GstHarness* harness_ = nullptr;
};

/// A picture in letters as masks: one object per letter from 'A' on, two frames alike (a lone frame would be a still).
inline Array picture_masks(const std::vector<std::string>& rows, std::size_t objects = 1) {
  return mask_array(2, objects, rows.size(), rows.front().size(), [&](auto, auto n, auto y, auto x) {
    return rows[y][x] == static_cast<char>('A' + static_cast<int>(n));
  });
}

/// A mask file of its own, and the properties that play it.
class MaskFile {
 public:
  explicit MaskFile(const std::vector<Array>& arrays) { write_npz(path(), arrays); }

  [[nodiscard]] std::string path() const { return directory_.file("masks.npz"); }
  [[nodiscard]] Properties with(Properties more, const std::string& axes = "TNHW") const {
    more.insert(more.begin(), {{"location", path()}, {"axes", axes}});
    return more;
  }

 private:
  TemporaryDirectory directory_;
};

/// A pipeline, played to its end; the sam2overlay messages in it.
struct Played {
  std::vector<Owned<GstMessage>> frames;
  int warnings = 0;

  [[nodiscard]] std::vector<int> mask_indices() const {
    std::vector<int> indices;
    for (const auto& frame : frames) {
      int index = -2;
      gst_structure_get_int(gst_message_get_structure(frame.get()), "mask-index", &index);
      indices.push_back(index);
    }
    return indices;
  }
};

inline Owned<GstElement> parse_pipeline(const std::string& description) {
  GError* error = nullptr;
  auto* pipeline = gst_parse_launch(description.c_str(), &error);
  fail_unless(error == nullptr, "%s: %s", description.c_str(), error != nullptr ? error->message : "");
  gst_object_ref_sink(pipeline);
  return Owned<GstElement>(pipeline);
}

inline Played play(const std::string& description) {
  const auto pipeline = parse_pipeline(description);
  Played played;
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const Owned<GstBus> bus(gst_element_get_bus(pipeline.get()));
  bool ended = false;
  while (!ended) {
    Owned<GstMessage> message(gst_bus_timed_pop(bus.get(), 60 * GST_SECOND));
    fail_unless(message != nullptr, "no end: %s", description.c_str());
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR) {
      GError* error = nullptr;
      gst_message_parse_error(message.get(), &error, nullptr);
      fail_unless(false, "%s: %s", description.c_str(), error->message);
    }
    ended = GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_EOS;
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_WARNING) ++played.warnings;
    const bool is_frame =
        GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ELEMENT && gst_message_has_name(message.get(), "sam2overlay");
    if (is_frame) played.frames.push_back(std::move(message));
  }
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return played;
}

}  // namespace sam2::test
