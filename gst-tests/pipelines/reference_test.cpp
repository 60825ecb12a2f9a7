// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// The tables of the pages against the element.
#include <map>
#include <set>

#include "pipelines/readme_clip.hpp"
#include "support/gst_check.hpp"
#include "support/player.hpp"

using namespace sam2::test;

namespace {

/// Type and default of a property in the words of the reference.
std::pair<std::string, std::string> type_and_default(const GParamSpec* pspec) {
  static const std::map<GType, std::string> kTypes{
      {G_TYPE_STRING, "string"},   {G_TYPE_DOUBLE, "double"},       {G_TYPE_UINT64, "uint64"},
      {G_TYPE_INT64, "int64"},     {G_TYPE_UINT, "uint"},           {G_TYPE_INT, "int"},
      {G_TYPE_BOOLEAN, "boolean"}, {GST_TYPE_FRACTION, "fraction"}, {GST_TYPE_STRUCTURE, "structure"}};
  const auto type = G_PARAM_SPEC_VALUE_TYPE(pspec);
  const auto* const value = g_param_spec_get_default_value(const_cast<GParamSpec*>(pspec));
  std::string initial;
  if (type == G_TYPE_STRING) {
    initial = g_value_get_string(value) != nullptr ? g_value_get_string(value) : "NULL";
  } else if (G_IS_PARAM_SPEC_FLAGS(pspec)) {
    const auto* const klass = G_PARAM_SPEC_FLAGS(pspec)->flags_class;
    for (guint i = 0; i < klass->n_values; ++i) {
      if ((g_value_get_flags(value) & klass->values[i].value) == 0) continue;
      initial += (initial.empty() ? "" : "+") + std::string(klass->values[i].value_nick);
    }
  } else if ((pspec->flags & G_PARAM_WRITABLE) != 0) {
    auto* const text = gst_value_serialize(value);
    initial = text;
    g_free(text);
  }
  if (G_TYPE_IS_ENUM(type)) return {"enum", initial};
  if (G_TYPE_IS_FLAGS(type)) return {"flags", initial};
  return {kTypes.at(type), initial};
}

std::string mutability(const GParamSpec* pspec) {
  if ((pspec->flags & GST_PARAM_MUTABLE_PLAYING) != 0) return "always";
  return (pspec->flags & GST_PARAM_MUTABLE_READY) != 0 ? "before loading" : "";
}

std::set<std::string> nicks_of(const GParamSpec* pspec) {
  std::set<std::string> nicks;
  if (G_IS_PARAM_SPEC_ENUM(pspec)) {
    const auto* const klass = G_PARAM_SPEC_ENUM(pspec)->enum_class;
    for (guint i = 0; i < klass->n_values; ++i) nicks.insert(klass->values[i].value_nick);
  } else if (G_IS_PARAM_SPEC_FLAGS(pspec)) {
    const auto* const klass = G_PARAM_SPEC_FLAGS(pspec)->flags_class;
    for (guint i = 0; i < klass->n_values; ++i) nicks.insert(klass->values[i].value_nick);
  }
  return nicks;
}

std::set<std::string> fields_of(const GstStructure* structure) {
  std::set<std::string> fields;
  for (int i = 0; i < gst_structure_n_fields(structure); ++i)
    fields.insert(gst_structure_nth_field_name(structure, static_cast<guint>(i)));
  return fields;
}

/// Every name of the table's first column, with its type.
std::map<std::string, std::string> documented_fields(const std::string& head) {
  std::map<std::string, std::string> fields;
  for (const auto& row : readme_table({head, "type", "meaning"})) {
    for (const auto& name : names_in(row[0])) fields[name] = row[1];
  }
  return fields;
}

void check_fields(const GstStructure* structure, const std::map<std::string, std::string>& documented) {
  static const std::map<std::string, std::string> kTypeNames{{"int", "gint"},
                                                             {"string", "gchararray"},
                                                             {"double", "gdouble"},
                                                             {"uint64", "guint64"},
                                                             {"list", "GstValueList"}};
  for (const auto& field : fields_of(structure)) fail_unless(documented.contains(field), "%s", field.c_str());
  for (const auto& [name, type] : documented) {
    fail_unless(gst_structure_has_field(structure, name.c_str()), "there is no field %s", name.c_str());
    fail_unless_equals_string(g_type_name(gst_structure_get_field_type(structure, name.c_str())),
                              kTypeNames.at(type).c_str());
  }
}

/// The first message of that type and, if given, name that a line of gst-launch posts.
MessagePtr message_of(const std::string& line, GstMessageType type, const char* name = nullptr) {
  GError* error = nullptr;
  auto* const pipeline = gst_parse_launch(line.c_str(), &error);
  fail_unless(error == nullptr, "%s: %s", line.c_str(), error != nullptr ? error->message : "");
  auto* const bus = gst_element_get_bus(pipeline);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  MessagePtr message;
  do {
    message.reset(gst_bus_timed_pop_filtered(bus, 20 * GST_SECOND, type));
  } while (message != nullptr && name != nullptr && !gst_message_has_name(message.get(), name));
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(bus);
  gst_object_unref(pipeline);
  fail_unless(message != nullptr, "%s", line.c_str());
  return message;
}

std::string overlay_line(const std::string& properties) {
  return "videotestsrc num-buffers=2 ! video/x-raw,width=64,height=48 ! sam2overlay " + properties + " ! fakesink";
}

}  // namespace

START_TEST(test_the_property_table_is_that_of_the_element) {
  const Overlay overlay;
  std::map<std::string, TableRow> rows;
  for (const auto& row : readme_table({"property", "type", "default", "meaning", "may change"})) {
    fail_unless_equals_uint64(row.size(), 5);
    fail_unless_equals_uint64(names_in(row[0]).size(), 1);
    rows[names_in(row[0])[0]] = row;
  }
  guint count = 0;
  auto** const properties = g_object_class_list_properties(G_OBJECT_GET_CLASS(overlay.element()), &count);
  std::size_t own = 0;
  for (guint i = 0; i < count; ++i) {
    const auto* const pspec = properties[i];
    if (pspec->owner_type != G_OBJECT_TYPE(overlay.element())) continue;
    ++own;
    fail_unless(rows.contains(pspec->name), "the reference has no property %s", pspec->name);
    const auto& row = rows[pspec->name];
    const auto [type, initial] = type_and_default(pspec);
    fail_unless(row[1] == type, "%s is %s", pspec->name, type.c_str());
    fail_unless(row[2] == initial, "the default of %s is %s", pspec->name, initial.c_str());
    fail_unless(row[4] == mutability(pspec), "%s may change: %s", pspec->name, mutability(pspec).c_str());
    fail_unless(((pspec->flags & GST_PARAM_CONTROLLABLE) != 0) == row[3].ends_with("; controllable"), "%s",
                pspec->name);
    const auto names = names_in(row[3]);
    for (const auto& nick : nicks_of(pspec)) {
      fail_unless(std::ranges::find(names, nick) != names.end(), "%s can be %s", pspec->name, nick.c_str());
    }
  }
  g_free(properties);
  fail_unless_equals_uint64(rows.size(), own);
}
END_TEST

START_TEST(test_the_stats_have_the_fields_that_are_listed) {
  const Overlay overlay;
  for (const auto& row : readme_table({"property", "type", "default", "meaning", "may change"})) {
    if (row[0] != "`stats`") continue;
    const auto names = names_in(row[3]);
    fail_unless(fields_of(overlay.stats().get()) == std::set(names.begin(), names.end()));
    return;
  }
  fail_unless(false, "no row for stats");
}
END_TEST

START_TEST(test_the_formats_are_those_of_the_pads) {
  const Overlay overlay;
  auto* const pad = gst_element_get_static_pad(overlay.element(), "sink");
  const CapsPtr caps(gst_pad_get_pad_template_caps(pad));
  gst_object_unref(pad);
  std::set<std::string> formats;
  const auto* const list = gst_structure_get_value(gst_caps_get_structure(caps.get(), 0), "format");
  for (guint i = 0; i < gst_value_list_get_size(list); ++i) {
    formats.insert(g_value_get_string(gst_value_list_get_value(list, i)));
  }
  const auto text = readme_text();
  const auto begin = text.find("\n### Formats");
  fail_unless(begin != std::string::npos);
  const auto section = text.substr(begin, text.find("\n## ", begin) - begin);
  // Formats of newer GStreamers are documented, too.
  for (const auto& format : formats) {
    fail_unless(section.find("`" + format + "`") != std::string::npos, "%s is not documented", format.c_str());
  }
}
END_TEST

START_TEST(test_the_message_has_the_fields_that_are_listed) {
  const auto message = message_of(overlay_line("post-messages=true location=" + data_file("nhw.npz")),
                                  GST_MESSAGE_ELEMENT, "sam2overlay");
  const auto* const structure = gst_message_get_structure(message.get());
  check_fields(structure, documented_fields("field"));
  const auto* const objects = gst_structure_get_value(structure, "objects");
  fail_unless(gst_value_list_get_size(objects) > 0);
  const auto* const object = gst_value_get_structure(gst_value_list_get_value(objects, 0));
  fail_unless_equals_string(gst_structure_get_name(object), "object");
  check_fields(object, documented_fields("field of an object"));
  const auto event = message_of(overlay_line("zones=\"all:0,0 1,0 1,1 0,1\" location=" + data_file("nhw.npz")),
                                GST_MESSAGE_ELEMENT, "sam2overlay-zone");
  check_fields(gst_message_get_structure(event.get()), documented_fields("field of an event"));
  const auto loaded =
      message_of(overlay_line("location=" + data_file("nhw.npz")), GST_MESSAGE_ELEMENT, "sam2overlay-loaded");
  check_fields(gst_message_get_structure(loaded.get()), documented_fields("field when loaded"));
}
END_TEST

START_TEST(test_each_error_of_the_table_is_posted) {
  output_of_python("import numpy; numpy.savez('list.npz', masks=numpy.ones(5))");
  // In the order of the table.
  const std::vector<std::string> causes{
      "location=none.npz",
      "location=/tmp",
      "max-memory=1 location=" + data_file("nhw.npz"),
      "location=" + source_file("README.md"),
      "location=" + data_file("pickled_masks.npz"),
      "location=" + folder->file("list.npz"),
      "array=none location=" + data_file("nhw.npz"),
      "tracks-location=/none/tracks.csv location=" + data_file("nhw.npz"),
  };
  constexpr const char* kBytes = "fakesrc num-buffers=1 sizetype=fixed sizemax=9 ! sam2overlay ! fakesink";
  const auto rows = readme_table({"what is wrong", "message"});
  fail_unless_equals_uint64(rows.size(), causes.size() + 1);
  struct Domain {
    const char* prefix;
    GQuark quark;
    GType codes;
  };
  const Domain domains[] = {{"RESOURCE/", GST_RESOURCE_ERROR, GST_TYPE_RESOURCE_ERROR},
                            {"STREAM/", GST_STREAM_ERROR, GST_TYPE_STREAM_ERROR},
                            {"CORE/", GST_CORE_ERROR, GST_TYPE_CORE_ERROR}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto line = i < causes.size() ? overlay_line(causes[i]) : kBytes;
    const auto report = parse_report(message_of(line, GST_MESSAGE_ERROR).get());
    const auto name = names_in(rows[i][1])[0];
    const auto* const domain =
        std::ranges::find_if(domains, [&](const Domain& one) { return name.starts_with(one.prefix); });
    fail_unless(domain != std::end(domains), "%s", name.c_str());
    auto* const codes = static_cast<GEnumClass*>(g_type_class_ref(domain->codes));
    auto* const code = g_enum_get_value(codes, report.code);
    const auto found = "GST_" + replaced(name, "/", "_ERROR_");
    fail_unless(report.domain == domain->quark && code != nullptr && found == code->value_name, "%s: %s, %s",
                name.c_str(), code != nullptr ? code->value_name : "", report.text.c_str());
    g_type_class_unref(codes);
  }
}
END_TEST

START_TEST(test_the_quick_reference_has_ten_properties_with_their_defaults) {
  const Overlay overlay;
  const auto rows = readme_table({"property", "default", "what it sets"});
  fail_unless_equals_uint64(rows.size(), 10);
  for (const auto& row : rows) {
    const auto name = names_in(row[0])[0];
    const auto* const pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(overlay.element()), name.c_str());
    fail_unless(pspec != nullptr, "there is no property %s", name.c_str());
    const auto initial = type_and_default(pspec).second;
    fail_unless(row[1] == initial, "the default of %s is %s", name.c_str(), initial.c_str());
  }
  const auto all = readme_table({"property", "type", "default", "meaning", "may change"}).size();
  const auto text = read_file(source_file("README.md"));
  fail_unless(text.find("All " + std::to_string(all) + " properties") != std::string::npos);
}
END_TEST

START_TEST(test_the_troubleshooting_table_names_properties_and_their_values) {
  const Overlay overlay;
  for (const auto& row : readme_table({"symptom", "where to look", "what to set"})) {
    fail_unless_equals_uint64(row.size(), 3);
    for (const auto& setting : names_in(row[2])) {
      const auto name = setting.substr(0, setting.find('='));
      if (name == "videoconvert") continue;
      auto* const pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(overlay.element()), name.c_str());
      fail_unless(pspec != nullptr, "there is no property %s", name.c_str());
      if (setting == name) continue;
      GValue value = G_VALUE_INIT;
      g_value_init(&value, G_PARAM_SPEC_VALUE_TYPE(pspec));
      fail_unless(gst_value_deserialize(&value, setting.substr(name.size() + 1).c_str()), "%s", setting.c_str());
      g_value_unset(&value);
    }
  }
}
END_TEST

static Suite* reference_suite() {
  auto* suite = suite_create("reference");
  auto* tests = tcase_create("reference");
  tcase_add_unchecked_fixture(tests, make_clip, remove_clip);
  tcase_add_test(tests, test_the_property_table_is_that_of_the_element);
  tcase_add_test(tests, test_the_stats_have_the_fields_that_are_listed);
  tcase_add_test(tests, test_the_formats_are_those_of_the_pads);
  tcase_add_test(tests, test_the_message_has_the_fields_that_are_listed);
  tcase_add_test(tests, test_each_error_of_the_table_is_posted);
  tcase_add_test(tests, test_the_quick_reference_has_ten_properties_with_their_defaults);
  tcase_add_test(tests, test_the_troubleshooting_table_names_properties_and_their_values);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(reference);
