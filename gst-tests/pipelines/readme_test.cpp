// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// The pages' form, links and pictures.
#include "pipelines/readme.hpp"

#include <set>

#include "support/gst_check.hpp"

using namespace sam2::test;

START_TEST(test_the_readme_has_at_most_170_lines_of_100_columns) {
  const auto lines = lines_of(read_file(source_file("README.md")));
  fail_unless(lines.size() <= 170);
  for (const auto& line : lines) fail_unless(line.size() <= 100, "%zu columns: %s", line.size(), line.c_str());
}
END_TEST

START_TEST(test_every_link_and_picture_of_the_pages_exists) {
  for (const auto& page : readme_pages()) {
    const auto text = read_file(source_file(page));
    const auto targets = link_targets(text);
    fail_unless(targets.size() > 5);
    for (const auto& target : targets) {
      if (target.starts_with("https://")) continue;
      const auto path = target.substr(0, target.find('#'));
      const auto file = path.empty() ? std::filesystem::path(source_file(page))
                                     : std::filesystem::path(source_file(page)).parent_path() / path;
      fail_unless(std::filesystem::exists(file), "%s links to %s", page.c_str(), target.c_str());
      if (target.find('#') == std::string::npos) continue;
      const auto anchors = anchors_of(read_file(file.string()));
      fail_unless(std::ranges::find(anchors, target.substr(target.find('#') + 1)) != anchors.end(), "%s links to %s",
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
    fail_unless(std::ranges::find(targets, name) != targets.end(), "the README does not show %s", name.c_str());
    bytes += entry.file_size();
  }
  fail_unless(bytes <= 1500000);
}
END_TEST

START_TEST(test_every_file_and_folder_that_is_named_exists) {
  for (const auto& row : readme_table({"folder", "content"})) {
    const auto path = names_in(row[0])[0];
    fail_unless(std::filesystem::is_directory(source_file(path)), "%s", path.c_str());
  }
  const auto front = read_file(source_file("README.md"));
  for (const auto* const path : {"pipelines/gallery/hero.png", "pipelines/demo.sh", "gst-tests/run.sh",
                                 "CONTRIBUTING.md", "SAM2OVERLAY_BUILD", "OUT"}) {
    fail_unless(front.find(path) != std::string::npos, "%s is not in the README", path);
  }
  std::set<std::string> described;
  for (const auto& row : readme_table({"script", "what to expect"})) {
    const auto name = names_in(row[0])[0];
    fail_unless(std::filesystem::exists(source_file("pipelines/" + name)), "%s", name.c_str());
    described.insert(name);
  }
  for (const auto& entry : std::filesystem::directory_iterator(source_file("pipelines"))) {
    const auto name = entry.path().filename().string();
    if (!name.ends_with(".sh") || name == "common.sh") continue;
    fail_unless(described.contains(name), "the cookbook does not describe %s", name.c_str());
  }
}
END_TEST

static Suite* readme_suite() {
  auto* suite = suite_create("readme");
  auto* tests = tcase_create("readme");
  tcase_add_test(tests, test_the_readme_has_at_most_170_lines_of_100_columns);
  tcase_add_test(tests, test_every_link_and_picture_of_the_pages_exists);
  tcase_add_test(tests, test_every_picture_of_the_gallery_is_shown);
  tcase_add_test(tests, test_every_file_and_folder_that_is_named_exists);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(readme);
