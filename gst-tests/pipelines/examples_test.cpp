// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// The launch lines and programs of the pages, run as they stand there.
#include <map>

#include "pipelines/readme_clip.hpp"
#include "support/gst_check.hpp"
#include "support/player.hpp"

using namespace sam2::test;

namespace {

std::size_t count_of(const std::string& text, const std::string& fragment) {
  std::size_t count = 0;
  for (auto at = text.find(fragment); at != std::string::npos; at = text.find(fragment, at + 1)) ++count;
  return count;
}

/// Axes that the element finds in the file.
std::string axes_in(const std::string& file) {
  Overlay overlay;
  overlay.set_location(folder->file(file));
  const auto state = overlay.go(GST_STATE_PAUSED);
  const auto reports = overlay.reports();
  fail_unless(state != GST_STATE_CHANGE_FAILURE && reports.empty(), "%s: %s", file.c_str(),
              reports.empty() ? "" : reports[0].text.c_str());
  return gst_structure_get_string(overlay.stats().get(), "axes");
}

}  // namespace

START_TEST(test_every_launch_line_runs) {
  const auto blocks = readme_blocks("sh");
  fail_unless(blocks.size() > 4);
  for (const auto& block : blocks) {
    const auto output = output_of(replaced(block, "autovideosink", "fakesink"));
    const bool prints_objects = block.find(" -m ") != std::string::npos;
    fail_unless_equals_uint64(count_of(output, "sam2overlay, timestamp="), prints_objects ? 120 : 0);
  }
  fail_unless(std::filesystem::file_size(folder->file("out.mp4")) > 10000);
}
END_TEST

START_TEST(test_the_launch_lines_of_the_elements_documentation_run) {
  const auto text = read_file(source_file("plugin/element/gstsam2overlay.h"));
  int count = 0;
  for (auto begin = text.find("gst-launch-1.0 "); begin != std::string::npos; ++count) {
    const auto end = text.find('\n', begin);
    output_of(replaced(text.substr(begin, end - begin), "autovideosink", "fakesink"));
    begin = text.find("gst-launch-1.0 ", end);
  }
  fail_unless(count >= 3);
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
    fail_unless_equals_uint64(lines_of(output_of_python(block)).size(), 120 * 4);
    return;
  }
  fail_unless(false, "the pages have no example with gi");
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
times = np.arange(5) / 25
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
  fail_unless_equals_uint64(axes.size(), 3);
  fail_unless_equals_string(axes["clip.npz"].c_str(), "TNHW");
  fail_unless_equals_string(axes["generator"].c_str(), "NHW");
  // One mask of one object is enough; three alternatives of it would be drawn over each other.
  fail_unless_equals_string(axes["image.npz"].c_str(), "HW");
}
END_TEST

static Suite* examples_suite() {
  auto* suite = suite_create("examples");
  auto* tests = tcase_create("examples");
  tcase_add_unchecked_fixture(tests, make_clip, remove_clip);
  tcase_add_test(tests, test_every_launch_line_runs);
  tcase_add_test(tests, test_the_launch_lines_of_the_elements_documentation_run);
  tcase_add_test(tests, test_the_c_example_compiles_without_a_warning);
  tcase_add_test(tests, test_the_python_example_prints_every_object_of_every_frame);
  tcase_add_test(tests, test_masks_saved_as_the_python_examples_say_are_read_as_meant);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(examples);
