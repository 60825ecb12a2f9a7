// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#include "support/gst_check.hpp"
#include "support/mask_file.hpp"
#include "support/owned.hpp"

namespace sam2::test {

inline constexpr GstClockTime kFramePeriod = GST_SECOND / 25;
inline constexpr gsize kWidth = 16;
inline constexpr gsize kHeight = 12;
inline constexpr gsize kFrameBytes = kWidth * kHeight;
inline constexpr const char* kGrayCaps = "video/x-raw,format=GRAY8,width=16,height=12,framerate=25/1";

using BufferPtr = Owned<GstBuffer>;
using MessagePtr = Owned<GstMessage>;
using CapsPtr = Owned<GstCaps>;
using StructurePtr = Owned<GstStructure>;

inline CapsPtr caps_of(const char* text) {
  auto* caps = gst_caps_from_string(text);
  ck_assert_msg(caps != nullptr, "caps %s", text);
  return CapsPtr(caps);
}

/// As gst-launch takes it, flags by their nicks; a text that is NULL is "(null)".
inline std::string text_of(const GValue* value) {
  if (G_VALUE_HOLDS_STRING(value)) return g_value_get_string(value) != nullptr ? g_value_get_string(value) : "(null)";
  std::string text;
  if (G_VALUE_HOLDS_FLAGS(value)) {
    auto* const klass = static_cast<GFlagsClass*>(g_type_class_ref(G_VALUE_TYPE(value)));
    for (guint i = 0; i < klass->n_values; ++i) {
      if ((g_value_get_flags(value) & klass->values[i].value) == 0) continue;
      text += (text.empty() ? "" : "+") + std::string(klass->values[i].value_nick);
    }
    g_type_class_unref(klass);
  } else if (auto* const serialized = gst_value_serialize(value)) {
    text = serialized;
    g_free(serialized);
  }
  return text;
}

/// An error, warning or info message, taken apart.
struct Report {
  GstMessageType type = GST_MESSAGE_UNKNOWN;
  GQuark domain = 0;
  int code = 0;
  std::string text;

  [[nodiscard]] bool says(const std::string& fragment) const { return text.find(fragment) != std::string::npos; }
};

inline Report parse_report(GstMessage* message) {
  GError* error = nullptr;
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
      gst_message_parse_error(message, &error, nullptr);
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning(message, &error, nullptr);
      break;
    default:
      gst_message_parse_info(message, &error, nullptr);
      break;
  }
  Report report{GST_MESSAGE_TYPE(message), error->domain, error->code, error->message};
  g_error_free(error);
  return report;
}

/// A sam2overlay outside of any pipeline, with a bus of its own.
class Overlay {
 public:
  Overlay() : element_(gst_element_factory_make("sam2overlay", nullptr)), bus_(gst_bus_new()) {
    ck_assert_msg(element_ != nullptr, "the plugin is not on GST_PLUGIN_PATH_1_0");
    gst_object_ref_sink(element_);
    gst_element_set_bus(element_, bus_);
  }
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;
  ~Overlay() {
    gst_element_set_state(element_, GST_STATE_NULL);
    gst_bus_set_flushing(bus_, TRUE);
    gst_element_set_bus(element_, nullptr);
    gst_object_unref(bus_);
    gst_object_unref(element_);
  }

  [[nodiscard]] GstElement* element() const { return element_; }
  [[nodiscard]] GstBus* bus() const { return bus_; }

  Overlay& set_location(const std::optional<std::string>& location) {
    g_object_set(element_, "location", location ? location->c_str() : nullptr, nullptr);
    return *this;
  }
  /// As gst-launch would; nullptr sets a text to NULL.
  Overlay& set(const char* name, const char* text) {
    if (text == nullptr) {
      g_object_set(element_, name, nullptr, nullptr);
    } else {
      gst_util_set_object_arg(G_OBJECT(element_), name, text);
    }
    return *this;
  }
  /// Masks are opaque white areas and nothing else.
  Overlay& set_plain_look() { return set("draw", "fill").set("opacity", "1").set("colors", "#ffffff"); }

  [[nodiscard]] std::string get(const char* name) const {
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(element_), name, &value);
    const auto text = text_of(&value);
    g_value_unset(&value);
    return text;
  }

  [[nodiscard]] StructurePtr stats() const {
    GstStructure* stats = nullptr;
    g_object_get(element_, "stats", &stats, nullptr);
    ck_assert(stats != nullptr);
    return StructurePtr(stats);
  }
  [[nodiscard]] guint64 stat(const char* field) const {
    guint64 value = 0;
    ck_assert_msg(gst_structure_get_uint64(stats().get(), field, &value), "stats have no uint64 %s", field);
    return value;
  }

  /// Waits until all of the file is read.
  Overlay& finish_loading() {
    while (stat("load-time") == 0) g_usleep(1000);
    return *this;
  }

  GstStateChangeReturn go(GstState state) { return gst_element_set_state(element_, state); }

  Overlay& reset(const char* name) {
    auto* pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(element_), name);
    ck_assert_msg(pspec != nullptr, "no property %s", name);
    g_object_set_property(G_OBJECT(element_), name, g_param_spec_get_default_value(pspec));
    return *this;
  }

  /// Takes all messages off the bus; those of these types are told of.
  std::vector<Report> reports(int types = GST_MESSAGE_ERROR | GST_MESSAGE_WARNING) {
    std::vector<Report> found;
    while (MessagePtr message{gst_bus_pop_filtered(bus_, static_cast<GstMessageType>(types))}) {
      found.push_back(parse_report(message.get()));
    }
    return found;
  }
  int count_frame_messages() {
    int count = 0;
    while (MessagePtr message{gst_bus_pop_filtered(bus_, GST_MESSAGE_ELEMENT)}) {
      if (gst_message_has_name(message.get(), "sam2overlay")) ++count;
    }
    return count;
  }

 private:
  GstElement* element_;
  GstBus* bus_;
};

/// A mask file and an element that plays it in the plain look.
struct PlainFixture {
  PlainFixture(const Array& array, const char* axes) {
    write_npz(path, {array});
    overlay.set_location(path).set("axes", axes).set_plain_look().set("attach-meta", "false");
  }

  TemporaryDirectory directory;
  std::string path = directory.file("masks.npz");
  Overlay overlay;
};

inline void assert_no_reports(Overlay& overlay) {
  const auto reports = overlay.reports();
  ck_assert_msg(reports.empty(), "unexpected message: %s", reports.empty() ? "" : reports[0].text.c_str());
}

/// The one message there is; more or none fail the test.
inline Report only_report(Overlay& overlay) {
  const auto reports = overlay.reports();
  std::string all;
  for (const auto& report : reports) all += "\n  " + report.text;
  ck_assert_msg(reports.size() == 1, "%zu messages instead of one:%s", reports.size(), all.c_str());
  return reports[0];
}

inline Report only_warning(Overlay& overlay) {
  const auto report = only_report(overlay);
  ck_assert_msg(report.type == GST_MESSAGE_WARNING, "an error: %s", report.text.c_str());
  return report;
}

inline void assert_report(const Report& report, GQuark domain, int code, const std::string& fragment) {
  ck_assert_msg(report.domain == domain && report.code == code, "%s/%d instead of %s/%d: %s",
                g_quark_to_string(report.domain), report.code, g_quark_to_string(domain), code, report.text.c_str());
  ck_assert_msg(report.says(fragment), "'%s' is not in: %s", fragment.c_str(), report.text.c_str());
}

inline void assert_text(const std::string& found, const std::string& expected) {
  ck_assert_msg(found == expected, "'%s' instead of '%s'", found.c_str(), expected.c_str());
}

/// Frame number `k` at 25 frames a second; every byte is `value`.
inline GstBuffer* make_frame(guint64 k, gsize bytes = kFrameBytes, guint8 value = 0) {
  auto* buffer = gst_buffer_new_allocate(nullptr, bytes, nullptr);
  gst_buffer_memset(buffer, 0, value, bytes);
  GST_BUFFER_PTS(buffer) = k * kFramePeriod;
  GST_BUFFER_DURATION(buffer) = kFramePeriod;
  return buffer;
}

inline std::string bytes_of(GstBuffer* buffer) {
  std::string bytes(gst_buffer_get_size(buffer), '\0');
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

/// Brings an overlay to PLAYING between two harness pads.
class Player {
 public:
  explicit Player(Overlay& overlay, const char* caps = kGrayCaps)
      : harness_(gst_harness_new_with_element(overlay.element(), "sink", "src")) {
    gst_harness_set_src_caps_str(harness_, caps);
  }
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;
  ~Player() {
    const auto leave = [](GstPad* pad) { return GST_PAD(gst_object_ref(pad)); };
    auto* source = leave(harness_->srcpad);
    auto* sink = leave(harness_->sinkpad);
    gst_harness_teardown(harness_);
    // The element may get another harness.
    for (auto* const pad : {source, sink}) {
      if (auto* const peer = gst_pad_get_peer(pad)) {
        GST_PAD_IS_SRC(pad) ? gst_pad_unlink(pad, peer) : gst_pad_unlink(peer, pad);
        gst_object_unref(peer);
      }
      gst_object_unref(pad);
    }
  }

  [[nodiscard]] GstHarness* harness() const { return harness_; }

  /// Takes `buffer`; what comes out.
  BufferPtr pass(GstBuffer* buffer) {
    const auto flow = gst_harness_push(harness_, buffer);
    ck_assert_msg(flow == GST_FLOW_OK, "flow %s", gst_flow_get_name(flow));
    auto* result = gst_harness_try_pull(harness_);
    ck_assert_msg(result != nullptr, "the buffer was dropped");
    return BufferPtr(result);
  }
  /// Bytes of frame `k` after the element.
  std::string show(guint64 k, gsize bytes = kFrameBytes, guint8 value = 0) {
    return bytes_of(pass(make_frame(k, bytes, value)).get());
  }

 private:
  GstHarness* harness_;
};

/// (T,1,H,W): frame t is column t.
inline Array column_masks(std::size_t frames = kWidth) {
  return mask_array(frames, 1, kHeight, kWidth, [](auto t, auto, auto, auto x) { return x == t; });
}

/// Frame `k` of column_masks() in the plain look, on black GRAY8.
inline std::string column_frame(std::size_t k) {
  std::string frame(kFrameBytes, '\0');
  for (std::size_t i = 0; i < frame.size(); ++i) {
    if (i % kWidth == k) frame[i] = '\xFF';
  }
  return frame;
}

/// (T,1,H,W): frame t is everything but row t.
inline Array row_masks(std::size_t frames = kHeight) {
  return mask_array(frames, 1, kHeight, kWidth, [](auto t, auto, auto y, auto) { return y != t; });
}

inline std::string row_frame(std::size_t k) {
  std::string frame(kFrameBytes, '\xFF');
  for (std::size_t i = 0; i < frame.size(); ++i) {
    if (i / kWidth == k) frame[i] = '\0';
  }
  return frame;
}

/// (1,H,W), which axes=NHW makes a still.
template <typename Inside>
Array still_array(std::size_t height, std::size_t width, Inside inside) {
  auto array = mask_array(1, 1, height, width, [&](auto, auto, auto y, auto x) { return inside(y, x); });
  array.shape = {1, height, width};
  return array;
}

/// Writes a file of column_masks().
inline std::string column_file(const TemporaryDirectory& directory) {
  const auto path = directory.file("columns.npz");
  write_npz(path, {column_masks()});
  return path;
}

/// Two files that play with any setting of values_of_all_properties(), which names their arrays.
struct ColumnsAndRows {
  ColumnsAndRows() {
    for (const auto& [path, masks] : {std::pair{columns, column_masks()}, std::pair{rows, row_masks()}}) {
      auto other = masks;
      other.name = "segs";
      write_npz(path, {masks, other});
    }
  }

  TemporaryDirectory directory;
  std::string columns = directory.file("columns.npz");
  std::string rows = directory.file("rows.npz");
};

/// Two values of a property as text; the first is not its default.
struct TwoValues {
  const char* property;
  std::string first;
  std::string second;
};

/// For every writable property.
inline std::vector<TwoValues> values_of_all_properties(const std::string& location, const std::string& other_location) {
  return {
      {"location", location, other_location},
      {"array", "masks", "segs"},
      {"axes", "TNHW", "T1HW"},
      {"values", "binary", "labels"},
      {"threshold", "0.25", "-3"},
      {"max-memory", "0", "1000000"},
      {"tracking", "centroid", "ids"},
      {"timing", "framerate", "buffers"},
      {"framerate", "25/1", "30000/1001"},
      {"ts-offset", "-40000000", "9223372036854775807"},
      {"time-origin", "first-frame", "stream"},
      {"max-hold", "0", "1000000000"},
      {"at-end", "hold", "loop"},
      {"interpolation", "motion", "none"},
      {"draw", "fill", "contour+centroid+trail+label+box"},
      {"opacity", "0", "1"},
      {"palette", "golden", "sam2"},
      {"colors", "#ffffff", "#ff0000, #00FF00"},
      {"line-width", "1", "2147483647"},
      {"trail-length", "0", "5000000000"},
      {"objects", "1,3-5", "2"},
      {"silent", "true", "false"},
      {"fit", "contain", "cover"},
      {"edges", "smooth", "hard"},
      {"orientation", "180", "90l"},
      {"tracks-location", location + ".csv", other_location + ".jsonl"},
      {"render", "blend", "composition"},
      {"attach-meta", "false", "true"},
      {"post-messages", "true", "false"},
  };
}

}  // namespace sam2::test
