// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pipelines/readme.hpp"

#include <map>
#include <set>

#include "support/gst_check.hpp"
#include "support/player.hpp"
#include "support/program.hpp"

using namespace sam2::test;

namespace {

/// With a clip and its masks under the names that the pages use. No static object: every test's process would remove
/// it at its end.
TemporaryDirectory* folder = nullptr;

/// Output of commands that succeed there.
std::string output_of(const std::string& commands) {
  const auto outcome = run_command("cd " + folder->file("") + "\n" + commands);
  ck_assert_msg(outcome.exit_code == 0, "%s: %d\n%s", commands.c_str(), outcome.exit_code, outcome.out.c_str());
  return outcome.out;
}

/// The same of a Python program, in Debian's Python, for which its NumPy is.
std::string output_of_python(const std::string& program) {
  std::ofstream(folder->file("example.py")) << program;
  return output_of("/usr/bin/python3 example.py");
}

void make_clip() {
  folder = new TemporaryDirectory();
  output_of(source_file("pipelines/make-clip.sh") + " clip.mp4 clip.npz");
}

void remove_clip() {
  delete folder;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::size_t count_of(const std::string& text, const std::string& fragment) {
  std::size_t count = 0;
  for (auto at = text.find(fragment); at != std::string::npos; at = text.find(fragment, at + 1)) ++count;
  return count;
}

/// Type and default of a property in the words of the reference.
std::pair<std::string, std::string> type_and_default(const GParamSpec* pspec) {
  static const std::map<GType, std::string> kTypes{{G_TYPE_STRING, "string"},       {G_TYPE_DOUBLE, "double"},
                                                   {G_TYPE_UINT64, "uint64"},       {G_TYPE_INT64, "int64"},
                                                   {G_TYPE_UINT, "uint"},           {G_TYPE_BOOLEAN, "boolean"},
                                                   {GST_TYPE_FRACTION, "fraction"}, {GST_TYPE_STRUCTURE, "structure"}};
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
  for (const auto& field : fields_of(structure)) ck_assert_msg(documented.contains(field), "%s", field.c_str());
  for (const auto& [name, type] : documented) {
    ck_assert_msg(gst_structure_has_field(structure, name.c_str()), "there is no field %s", name.c_str());
    ck_assert_str_eq(g_type_name(gst_structure_get_field_type(structure, name.c_str())), kTypeNames.at(type).c_str());
  }
}

/// The first message of that type and, if given, name that a line of gst-launch posts.
MessagePtr message_of(const std::string& line, GstMessageType type, const char* name = nullptr) {
  GError* error = nullptr;
  auto* const pipeline = gst_parse_launch(line.c_str(), &error);
  ck_assert_msg(error == nullptr, "%s: %s", line.c_str(), error != nullptr ? error->message : "");
  auto* const bus = gst_element_get_bus(pipeline);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  MessagePtr message;
  do {
    message.reset(gst_bus_timed_pop_filtered(bus, 20 * GST_SECOND, type));
  } while (message != nullptr && name != nullptr && !gst_message_has_name(message.get(), name));
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(bus);
  gst_object_unref(pipeline);
  ck_assert_msg(message != nullptr, "%s", line.c_str());
  return message;
}

std::string overlay_line(const std::string& properties) {
  return "videotestsrc num-buffers=2 ! video/x-raw,width=64,height=48 ! sam2overlay " + properties + " ! fakesink";
}

/// Axes that the element finds in the file.
std::string axes_in(const std::string& file) {
  Overlay overlay;
  overlay.set_location(folder->file(file));
  const auto state = overlay.go(GST_STATE_PAUSED);
  const auto reports = overlay.reports();
  ck_assert_msg(state != GST_STATE_CHANGE_FAILURE && reports.empty(), "%s: %s", file.c_str(),
                reports.empty() ? "" : reports[0].text.c_str());
  return gst_structure_get_string(overlay.stats().get(), "axes");
}

}  // namespace

START_TEST(test_the_property_table_is_that_of_the_element) {
  const Overlay overlay;
  std::map<std::string, TableRow> rows;
  for (const auto& row : readme_table({"property", "type", "default", "meaning", "may change"})) {
    ck_assert_uint_eq(row.size(), 5);
    ck_assert_uint_eq(names_in(row[0]).size(), 1);
    rows[names_in(row[0])[0]] = row;
  }
  guint count = 0;
  auto** const properties = g_object_class_list_properties(G_OBJECT_GET_CLASS(overlay.element()), &count);
  std::size_t own = 0;
  for (guint i = 0; i < count; ++i) {
    const auto* const pspec = properties[i];
    if (pspec->owner_type != G_OBJECT_TYPE(overlay.element())) continue;
    ++own;
    ck_assert_msg(rows.contains(pspec->name), "the reference has no property %s", pspec->name);
    const auto& row = rows[pspec->name];
    const auto [type, initial] = type_and_default(pspec);
    ck_assert_msg(row[1] == type, "%s is %s", pspec->name, type.c_str());
    ck_assert_msg(row[2] == initial, "the default of %s is %s", pspec->name, initial.c_str());
    ck_assert_msg(row[4] == mutability(pspec), "%s may change: %s", pspec->name, mutability(pspec).c_str());
    ck_assert_msg(((pspec->flags & GST_PARAM_CONTROLLABLE) != 0) == row[3].ends_with("; controllable"), "%s",
                  pspec->name);
    const auto names = names_in(row[3]);
    for (const auto& nick : nicks_of(pspec)) {
      ck_assert_msg(std::ranges::find(names, nick) != names.end(), "%s can be %s", pspec->name, nick.c_str());
    }
  }
  g_free(properties);
  ck_assert_uint_eq(rows.size(), own);
}
END_TEST

START_TEST(test_the_stats_have_the_fields_that_are_listed) {
  const Overlay overlay;
  for (const auto& row : readme_table({"property", "type", "default", "meaning", "may change"})) {
    if (row[0] != "`stats`") continue;
    const auto names = names_in(row[3]);
    ck_assert(fields_of(overlay.stats().get()) == std::set(names.begin(), names.end()));
    return;
  }
  ck_abort_msg("no row for stats");
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
  std::set<std::string> documented;
  const auto text = readme_text();
  const auto begin = text.find("\nFormats: ");
  ck_assert(begin != std::string::npos);
  std::istringstream words(text.substr(begin + 10, text.find('.', begin) - begin - 10));
  for (std::string word; words >> word;) documented.insert(replaced(word, ",", ""));
  ck_assert(documented == formats);
}
END_TEST

START_TEST(test_the_message_has_the_fields_that_are_listed) {
  const auto message = message_of(overlay_line("post-messages=true location=" + data_file("nhw.npz")),
                                  GST_MESSAGE_ELEMENT, "sam2overlay");
  const auto* const structure = gst_message_get_structure(message.get());
  check_fields(structure, documented_fields("field"));
  const auto* const objects = gst_structure_get_value(structure, "objects");
  ck_assert_uint_gt(gst_value_list_get_size(objects), 0);
  const auto* const object = gst_value_get_structure(gst_value_list_get_value(objects, 0));
  ck_assert_str_eq(gst_structure_get_name(object), "object");
  check_fields(object, documented_fields("field of an object"));
  const auto loaded =
      message_of(overlay_line("location=" + data_file("nhw.npz")), GST_MESSAGE_ELEMENT, "sam2overlay-loaded");
  check_fields(gst_message_get_structure(loaded.get()), documented_fields("field when loaded"));
}
END_TEST

START_TEST(test_each_error_of_the_table_comes_as_it_says) {
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
  const auto rows = readme_table({"what is wrong", "message"});
  ck_assert_uint_eq(rows.size(), causes.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto report = parse_report(message_of(overlay_line(causes[i]), GST_MESSAGE_ERROR).get());
    const auto name = names_in(rows[i][1])[0];
    const auto domain = name.starts_with("RESOURCE/") ? GST_RESOURCE_ERROR : GST_STREAM_ERROR;
    const auto type = domain == GST_RESOURCE_ERROR ? GST_TYPE_RESOURCE_ERROR : GST_TYPE_STREAM_ERROR;
    auto* const codes = static_cast<GEnumClass*>(g_type_class_ref(type));
    auto* const code = g_enum_get_value(codes, report.code);
    const auto found =
        (domain == GST_RESOURCE_ERROR ? "GST_RESOURCE_ERROR_" : "GST_STREAM_ERROR_") + name.substr(name.find('/') + 1);
    ck_assert_msg(report.domain == domain && code != nullptr && found == code->value_name, "%s: %s, %s", name.c_str(),
                  code != nullptr ? code->value_name : "", report.text.c_str());
    g_type_class_unref(codes);
  }
}
END_TEST

START_TEST(test_every_launch_line_runs) {
  const auto blocks = readme_blocks("sh");
  ck_assert_uint_gt(blocks.size(), 4);
  for (const auto& block : blocks) {
    const auto output = output_of(replaced(block, "autovideosink", "fakesink"));
    const bool prints_objects = block.find(" -m ") != std::string::npos;
    ck_assert_uint_eq(count_of(output, "sam2overlay, timestamp="), prints_objects ? 120 : 0);
  }
  ck_assert(std::filesystem::file_size(folder->file("out.mp4")) > 10000);
}
END_TEST

START_TEST(test_the_launch_lines_of_the_elements_documentation_run) {
  const auto text = read_file(source_file("plugin/element/gstsam2overlay.cpp"));
  int count = 0;
  for (auto begin = text.find("gst-launch-1.0 "); begin != std::string::npos; ++count) {
    const auto end = text.find('\n', begin);
    output_of(replaced(text.substr(begin, end - begin), "autovideosink", "fakesink"));
    begin = text.find("gst-launch-1.0 ", end);
  }
  ck_assert_int_ge(count, 3);
}
END_TEST

START_TEST(test_the_c_example_compiles_without_a_warning) {
  std::ofstream(folder->file("example.c")) << "#include <gst/gst.h>\n"
                                              "void example (GstMessage *message);\n"
                                              "void example (GstMessage *message) {\n"
                                           << readme_blocks("c")[0] << "}\n";
  output_of("cc -fsyntax-only -Wall -Wextra -Werror example.c $(pkg-config --cflags gstreamer-1.0)");
}
END_TEST

START_TEST(test_the_python_example_prints_every_object_of_every_frame) {
  for (const auto& block : readme_blocks("python")) {
    if (block.find("import gi\n") == std::string::npos) continue;
    ck_assert_uint_eq(lines_of(output_of_python(block)).size(), 120 * 4);
    return;
  }
  ck_abort_msg("the pages have no example with gi");
}
END_TEST

START_TEST(test_masks_saved_as_the_python_examples_say_are_read_as_meant) {
  // What SAM 2's calls give back, in NumPy: the logits of a video's frames, an image's masks as float32, and
  // annotations with transposed views as masks.
  const std::string predictors = R"(
import numpy as np

class Tensor(np.ndarray):
    def cpu(self):
        return self
    def numpy(self):
        return np.asarray(self)

class Predictor:
    def propagate_in_video(self, state):
        for frame in range(5):
            logits = np.full((2, 1, 48, 64), -1024, np.float32)
            logits[0, 0, 4:20, 8 + frame:30] = 6.5
            logits[1, 0, 20:30, 40:50] = 0.25
            yield frame, [4, 9], logits.view(Tensor)
    def predict(self, point_coords=None, point_labels=None, box=None, mask_input=None, multimask_output=True,
                return_logits=False, normalize_coords=True):
        count = 3 if multimask_output else 1
        masks = np.zeros((count, 48, 64), np.float32)
        for i in range(count):
            masks[i, 4 + 10 * i:12 + 10 * i, 8:30] = 1
        return masks, np.full(count, 0.5, np.float32), np.zeros((count, 256, 256), np.float32)

class Generator:
    def generate(self, image):
        masks = [np.asfortranarray(np.arange(48 * 64).reshape(48, 64) // 700 == i) for i in range(4)]
        return [{"segmentation": mask, "area": int(mask.sum()), "predicted_iou": 0.9} for mask in masks]

predictor, mask_generator, state, image = Predictor(), Generator(), None, None
points, labels = np.array([[20, 8]]), np.array([1])
)";
  std::map<std::string, std::string> axes;
  for (const auto& block : readme_blocks("python")) {
    if (block.find("np.save") == std::string::npos) continue;
    // Each save is the end of an example of its own.
    for (std::size_t begin = 0; begin < block.size();) {
      auto end = block.find("\n\n", block.find("np.save", begin));
      end = end == std::string::npos ? block.size() : end;
      const auto example = block.substr(begin, end - begin);
      begin = end;
      output_of_python(predictors + example);
      const auto name = example.substr(example.find("np.save"));
      const auto file = name.substr(name.find('"') + 1, name.find(".npz") + 3 - name.find('"'));
      axes[example.find("generate(") != std::string::npos ? "generator" : file] = axes_in(file);
    }
  }
  ck_assert_uint_eq(axes.size(), 3);
  ck_assert_str_eq(axes["clip.npz"].c_str(), "TNHW");
  ck_assert_str_eq(axes["generator"].c_str(), "NHW");
  // One mask of one object is enough; three alternatives of it would be drawn over each other.
  ck_assert_str_eq(axes["image.npz"].c_str(), "HW");
}
END_TEST

START_TEST(test_the_quick_reference_has_ten_properties_with_their_defaults) {
  const Overlay overlay;
  const auto rows = readme_table({"property", "default", "what it sets"});
  ck_assert_uint_eq(rows.size(), 10);
  for (const auto& row : rows) {
    const auto name = names_in(row[0])[0];
    const auto* const pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(overlay.element()), name.c_str());
    ck_assert_msg(pspec != nullptr, "there is no property %s", name.c_str());
    const auto initial = type_and_default(pspec).second;
    ck_assert_msg(row[1] == initial, "the default of %s is %s", name.c_str(), initial.c_str());
  }
  const auto all = readme_table({"property", "type", "default", "meaning", "may change"}).size();
  const auto text = read_file(source_file("README.md"));
  ck_assert(text.find("All " + std::to_string(all) + " properties") != std::string::npos);
}
END_TEST

START_TEST(test_the_troubleshooting_table_names_properties_and_their_values) {
  const Overlay overlay;
  for (const auto& row : readme_table({"symptom", "where to look", "what to set"})) {
    ck_assert_uint_eq(row.size(), 3);
    for (const auto& setting : names_in(row[2])) {
      const auto name = setting.substr(0, setting.find('='));
      if (name == "videoconvert") continue;
      auto* const pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(overlay.element()), name.c_str());
      ck_assert_msg(pspec != nullptr, "there is no property %s", name.c_str());
      if (setting == name) continue;
      GValue value = G_VALUE_INIT;
      g_value_init(&value, G_PARAM_SPEC_VALUE_TYPE(pspec));
      ck_assert_msg(gst_value_deserialize(&value, setting.substr(name.size() + 1).c_str()), "%s", setting.c_str());
      g_value_unset(&value);
    }
  }
}
END_TEST

START_TEST(test_the_readme_has_at_most_170_lines_of_100_columns) {
  const auto lines = lines_of(read_file(source_file("README.md")));
  ck_assert_uint_le(lines.size(), 170);
  for (const auto& line : lines) ck_assert_msg(line.size() <= 100, "%zu columns: %s", line.size(), line.c_str());
}
END_TEST

START_TEST(test_every_link_and_picture_of_the_pages_exists) {
  for (const auto& page : readme_pages()) {
    const auto text = read_file(source_file(page));
    const auto targets = link_targets(text);
    ck_assert_uint_gt(targets.size(), 5);
    for (const auto& target : targets) {
      if (target.starts_with("https://")) continue;
      const auto path = target.substr(0, target.find('#'));
      const auto file = path.empty() ? std::filesystem::path(source_file(page))
                                     : std::filesystem::path(source_file(page)).parent_path() / path;
      ck_assert_msg(std::filesystem::exists(file), "%s links to %s", page.c_str(), target.c_str());
      if (target.find('#') == std::string::npos) continue;
      const auto anchors = anchors_of(read_file(file.string()));
      ck_assert_msg(std::ranges::find(anchors, target.substr(target.find('#') + 1)) != anchors.end(), "%s links to %s",
                    page.c_str(), target.c_str());
    }
  }
}
END_TEST

START_TEST(test_every_picture_of_the_gallery_is_shown) {
  const auto targets = link_targets(read_file(source_file("README.md")));
  std::size_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source_file("pipelines/gallery"))) {
    const auto name = "pipelines/gallery/" + entry.path().filename().string();
    ck_assert_msg(std::ranges::find(targets, name) != targets.end(), "the README does not show %s", name.c_str());
    bytes += entry.file_size();
  }
  ck_assert_uint_le(bytes, 1500000);
}
END_TEST

START_TEST(test_every_file_and_folder_that_is_named_exists) {
  for (const auto& row : readme_table({"folder", "content"})) {
    const auto path = names_in(row[0])[0];
    ck_assert_msg(std::filesystem::is_directory(source_file(path)), "%s", path.c_str());
  }
  const auto front = read_file(source_file("README.md"));
  for (const auto* const path : {"pipelines/gallery/hero.png", "pipelines/demo.sh", "gst-tests/run.sh",
                                 "CONTRIBUTING.md", "SAM2OVERLAY_BUILD", "OUT"}) {
    ck_assert_msg(front.find(path) != std::string::npos, "%s is not in the README", path);
  }
  std::set<std::string> described;
  for (const auto& row : readme_table({"script", "what to expect"})) {
    const auto name = names_in(row[0])[0];
    ck_assert_msg(std::filesystem::exists(source_file("pipelines/" + name)), "%s", name.c_str());
    described.insert(name);
  }
  for (const auto& entry : std::filesystem::directory_iterator(source_file("pipelines"))) {
    const auto name = entry.path().filename().string();
    if (!name.ends_with(".sh") || name == "common.sh") continue;
    ck_assert_msg(described.contains(name), "the cookbook does not describe %s", name.c_str());
  }
}
END_TEST

static Suite* readme_suite() {
  auto* suite = suite_create("readme");
  auto* tests = tcase_create("readme");
  tcase_add_unchecked_fixture(tests, make_clip, remove_clip);
  tcase_add_test(tests, test_the_property_table_is_that_of_the_element);
  tcase_add_test(tests, test_the_stats_have_the_fields_that_are_listed);
  tcase_add_test(tests, test_the_formats_are_those_of_the_pads);
  tcase_add_test(tests, test_the_message_has_the_fields_that_are_listed);
  tcase_add_test(tests, test_each_error_of_the_table_comes_as_it_says);
  tcase_add_test(tests, test_every_launch_line_runs);
  tcase_add_test(tests, test_the_launch_lines_of_the_elements_documentation_run);
  tcase_add_test(tests, test_the_c_example_compiles_without_a_warning);
  tcase_add_test(tests, test_the_python_example_prints_every_object_of_every_frame);
  tcase_add_test(tests, test_masks_saved_as_the_python_examples_say_are_read_as_meant);
  tcase_add_test(tests, test_the_quick_reference_has_ten_properties_with_their_defaults);
  tcase_add_test(tests, test_the_troubleshooting_table_names_properties_and_their_values);
  tcase_add_test(tests, test_the_readme_has_at_most_170_lines_of_100_columns);
  tcase_add_test(tests, test_every_link_and_picture_of_the_pages_exists);
  tcase_add_test(tests, test_every_picture_of_the_gallery_is_shown);
  tcase_add_test(tests, test_every_file_and_folder_that_is_named_exists);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(readme);
