// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/check/gstharness.h>

#include "support/buffers.hpp"
#include "support/mask_file.hpp"
#include "support/sample_layout.hpp"

namespace sam2::test {

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

/// Formats of whole samples that GStreamer's description of components locates: bytes, and words in the machine's
/// order. sam2overlay_formats_test has all others.
inline std::vector<std::string> described_formats() {
  auto formats = drawn_formats();
  std::erase_if(formats, [](const std::string& name) {
    const auto* const info = gst_video_format_get_info(gst_video_format_from_string(name.c_str()));
    if (!has_whole_samples(info)) return true;
    const SampleLayout layout(info);
    if (layout.is_big_endian() || layout.shift() != int(GST_VIDEO_FORMAT_INFO_SHIFT(info, 0))) return true;
    for (unsigned i = 0; i < layout.components(); ++i) {
      const auto bytes = int(layout.bytes());
      const auto described = int(GST_VIDEO_FORMAT_INFO_POFFSET(info, i) + bytes - 1) / bytes * bytes;
      if (int(layout.first_byte(i)) / bytes * bytes != described) return true;
    }
    return false;
  });
  return formats;
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

/// A sam2overlay outside of any pipeline, with a bus of its own. Made from properties, it plays between the two pads of
/// a harness at once; otherwise a Player may play it.
class Overlay {
 public:
  Overlay() : element_(gst_element_factory_make("sam2overlay", nullptr)) {
    fail_unless(element_ != nullptr, "the plugin is not on GST_PLUGIN_PATH_1_0");
    gst_object_ref_sink(element_.get());
    gst_element_set_bus(element_.get(), bus_.get());
  }
  explicit Overlay(const Properties& properties) : Overlay() {
    for (const auto& [name, value] : properties) set(name, value);
    harness_ = gst_harness_new_with_element(element_.get(), "sink", "src");
  }
  Overlay(const Properties& properties, const std::string& caps) : Overlay(properties) { set_caps(caps); }
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;
  ~Overlay() {
    if (harness_ != nullptr) gst_harness_teardown(harness_);
    gst_element_set_state(element_.get(), GST_STATE_NULL);
    gst_bus_set_flushing(bus_.get(), TRUE);
    gst_element_set_bus(element_.get(), nullptr);
  }

  [[nodiscard]] GstElement* element() const { return element_.get(); }
  [[nodiscard]] GstBus* bus() const { return bus_.get(); }
  /// nullptr unless the overlay was made from properties.
  [[nodiscard]] GstHarness* harness() const { return harness_; }

  /// Sets a property from text as gst-launch would; nullptr sets a text to NULL.
  Overlay& set(const char* name, const char* text) {
    if (text == nullptr) {
      g_object_set(element(), name, nullptr, nullptr);
    } else {
      gst_util_set_object_arg(G_OBJECT(element()), name, text);
    }
    return *this;
  }
  Overlay& set(const std::string& name, const std::string& text) { return set(name.c_str(), text.c_str()); }
  Overlay& set_location(const std::optional<std::string>& location) {
    g_object_set(element(), "location", location ? location->c_str() : nullptr, nullptr);
    return *this;
  }
  /// Draws masks as opaque white areas and nothing else.
  Overlay& set_plain_look() { return set("draw", "fill").set("opacity", "1").set("colors", "#ffffff"); }
  Overlay& reset(const char* name) {
    auto* pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(element()), name);
    fail_unless(pspec != nullptr, "no property %s", name);
    g_object_set_property(G_OBJECT(element()), name, g_param_spec_get_default_value(pspec));
    return *this;
  }
  [[nodiscard]] std::string get(const char* name) const {
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(element()), name, &value);
    const auto text = text_of(&value);
    g_value_unset(&value);
    return text;
  }

  [[nodiscard]] StructurePtr stats() const {
    GstStructure* stats = nullptr;
    g_object_get(element(), "stats", &stats, nullptr);
    fail_unless(stats != nullptr);
    return StructurePtr(stats);
  }
  [[nodiscard]] guint64 stat(const char* field) const {
    guint64 value = 0;
    fail_unless(gst_structure_get_uint64(stats().get(), field, &value), "stats have no uint64 %s", field);
    return value;
  }

  /// Waits until all of the file is read.
  Overlay& finish_loading() {
    while (stat("load-time") == 0) g_usleep(1000);
    return *this;
  }

  GstStateChangeReturn go(GstState state) { return gst_element_set_state(element(), state); }

  void set_caps(const std::string& caps) { gst_harness_set_src_caps_str(harness_, caps.c_str()); }
  void send(GstEvent* event) { fail_unless(gst_harness_push_event(harness_, event)); }
  /// Sends what a flushing seek upstream sends.
  void seek(const GstSegment& segment) {
    send(gst_event_new_flush_start());
    send(gst_event_new_flush_stop(TRUE));
    send(gst_event_new_segment(&segment));
  }

  /// Takes the buffer.
  BufferPtr process(GstBuffer* buffer) {
    fail_unless_equals_int(gst_harness_push(harness_, buffer), GST_FLOW_OK);
    return BufferPtr(gst_harness_pull(harness_));
  }
  Bytes process(const Bytes& bytes) { return bytes_of(process(make_buffer(bytes)).get()); }

  /// Takes all messages off the bus and returns those of these types.
  std::vector<MessagePtr> messages(int types) {
    std::vector<MessagePtr> found;
    while (MessagePtr message{gst_bus_pop_filtered(bus(), static_cast<GstMessageType>(types))}) {
      found.push_back(std::move(message));
    }
    return found;
  }
  /// The same for errors, warnings and infos, taken apart.
  std::vector<Report> reports(int types = GST_MESSAGE_ERROR | GST_MESSAGE_WARNING) {
    std::vector<Report> found;
    for (const auto& message : messages(types)) found.push_back(parse_report(message.get()));
    return found;
  }
  std::vector<std::string> texts(int types) {
    std::vector<std::string> found;
    for (const auto& report : reports(types)) found.push_back(report.text);
    return found;
  }
  int count_frame_messages() {
    const auto is_about_a_frame = [](const auto& message) {
      return gst_message_has_name(message.get(), "sam2overlay");
    };
    const auto found = messages(GST_MESSAGE_ELEMENT);
    return static_cast<int>(std::ranges::count_if(found, is_about_a_frame));
  }

 private:
  Owned<GstElement> element_;
  Owned<GstBus> bus_{gst_bus_new()};
  GstHarness* harness_ = nullptr;
};

inline void assert_no_reports(Overlay& overlay) {
  const auto reports = overlay.reports();
  fail_unless(reports.empty(), "unexpected message: %s", reports.empty() ? "" : reports[0].text.c_str());
}

/// The one message there is; more or none fail the test.
inline Report only_report(Overlay& overlay) {
  const auto reports = overlay.reports();
  std::string all;
  for (const auto& report : reports) all += "\n  " + report.text;
  fail_unless(reports.size() == 1, "%zu messages instead of one:%s", reports.size(), all.c_str());
  return reports[0];
}

inline Report only_warning(Overlay& overlay) {
  const auto report = only_report(overlay);
  fail_unless(report.type == GST_MESSAGE_WARNING, "an error: %s", report.text.c_str());
  return report;
}

inline void assert_report(const Report& report, GQuark domain, int code, const std::string& fragment) {
  fail_unless(report.domain == domain && report.code == code, "%s/%d instead of %s/%d: %s",
              g_quark_to_string(report.domain), report.code, g_quark_to_string(domain), code, report.text.c_str());
  fail_unless(report.says(fragment), "'%s' is not in: %s", fragment.c_str(), report.text.c_str());
}

inline void assert_text(const std::string& found, const std::string& expected) {
  fail_unless(found == expected, "'%s' instead of '%s'", found.c_str(), expected.c_str());
}

}  // namespace sam2::test
