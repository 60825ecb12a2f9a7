// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Which folder may include and link which. CONTRIBUTING.md explains the folders.
#include <map>
#include <regex>
#include <set>

#include "support/files.hpp"
#include "support/gst_check.hpp"

using namespace sam2::test;

namespace {

namespace fs = std::filesystem;

/// What each folder may include beside itself. No arrow goes up: a folder only names folders that are listed before it.
const std::vector<std::pair<std::string, std::set<std::string>>> kFolders = {
    {"base", {}},
    {"runs", {"base"}},
    {"npz", {"base"}},
    {"masks", {"base", "runs", "npz"}},
    {"timing", {"base"}},
    {"tracking", {"base", "runs", "masks"}},
    {"clip", {"base", "masks", "tracking"}},
    {"composite", {"base", "runs"}},
    {"drawing", {"base", "runs", "masks", "timing", "tracking", "composite"}},
    {"element", {"base", "runs", "masks", "timing", "tracking", "clip", "composite", "drawing"}},
};

/// The one source that may include each library's header, as a pattern of the header's name.
const std::vector<std::pair<std::string, std::string>> kOnlyUsers = {
    {"zip\\.h", "npz/zip_archive.cpp"},        {"isa-l\\.h|igzip_lib\\.h", "npz/inflate_stream.cpp"},
    {"pango/.*", "drawing/text_renderer.cpp"}, {"opencv2/.*", "drawing/inpaint.cpp"},
    {"nlohmann/.*", "masks/metadata.cpp"},
};

fs::path plugin_folder() {
  return fs::path(std::getenv("SAM2_SOURCE_ROOT")) / "plugin";
}

fs::path path_of(const std::string& folder) {
  return folder == "element" ? plugin_folder() / folder : plugin_folder() / "core" / folder;
}

std::vector<fs::path> sources_of(const std::string& folder) {
  std::vector<fs::path> sources;
  for (const auto& entry : fs::directory_iterator(path_of(folder))) {
    const auto extension = entry.path().extension();
    if (extension == ".cpp" || extension == ".hpp" || extension == ".h") sources.push_back(entry.path());
  }
  return sources;
}

/// The first parts of all matches of `pattern`, which has one group.
std::vector<std::string> matches(const std::string& text, const char* pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end; ++match) {
    found.push_back((*match)[1]);
  }
  return found;
}

std::vector<std::string> own_includes(const fs::path& source) {
  return matches(read_file(source), "#include \"([^\"]+)\"");
}

std::vector<std::string> library_includes(const fs::path& source) {
  return matches(read_file(source), "#include <([^>]+)>");
}

}  // namespace

START_TEST(test_a_folder_includes_only_the_folders_below_it) {
  std::set<std::string> listed;
  for (const auto& [folder, allowed] : kFolders) {
    for (const auto& other : allowed) {
      fail_unless(listed.contains(other), "the table lets %s include %s, which stands above it", folder.c_str(),
                  other.c_str());
    }
    listed.insert(folder);
    const auto sources = sources_of(folder);
    fail_unless(!sources.empty(), "%s has no sources", folder.c_str());
    for (const auto& source : sources) {
      for (const auto& include : own_includes(source)) {
        const auto other = include.substr(0, include.find('/'));
        fail_unless(other == folder || allowed.contains(other),
                    "%s/%s includes \"%s\", but %s may not include %s: move the code down, or pass a value instead",
                    folder.c_str(), source.filename().c_str(), include.c_str(), folder.c_str(), other.c_str());
      }
    }
  }
}
END_TEST

START_TEST(test_every_folder_of_the_core_is_listed) {
  std::set<std::string> listed;
  for (const auto& [folder, allowed] : kFolders) listed.insert(folder);
  for (const auto& entry : fs::directory_iterator(plugin_folder() / "core")) {
    if (!entry.is_directory()) continue;
    const auto name = entry.path().filename().string();
    fail_unless(listed.contains(name), "plugin/core/%s is not in the table of this test", name.c_str());
  }
}
END_TEST

START_TEST(test_no_header_includes_itself_by_way_of_others) {
  std::map<std::string, std::vector<std::string>> includes;
  for (const auto& [folder, allowed] : kFolders) {
    for (const auto& source : sources_of(folder)) {
      includes[folder + "/" + source.filename().string()] = own_includes(source);
    }
  }
  for (const auto& [start, direct] : includes) {
    std::set<std::string> seen;
    auto open = direct;
    while (!open.empty()) {
      const auto header = open.back();
      open.pop_back();
      fail_unless(header != start, "%s includes itself by way of other headers", start.c_str());
      if (!seen.insert(header).second) continue;
      for (const auto& next : includes[header]) open.push_back(next);
    }
  }
}
END_TEST

START_TEST(test_the_core_includes_neither_gstreamer_nor_glib) {
  for (const auto& [folder, allowed] : kFolders) {
    if (folder == "element") continue;
    for (const auto& source : sources_of(folder)) {
      for (const auto& include : library_includes(source)) {
        fail_unless(!include.starts_with("gst/") && !include.starts_with("glib"),
                    "%s includes <%s>: only plugin/element may know GStreamer and GLib", source.c_str(),
                    include.c_str());
      }
    }
  }
}
END_TEST

START_TEST(test_each_library_has_one_user_in_the_core) {
  for (const auto& [pattern, user] : kOnlyUsers) {
    const std::regex library(pattern);
    for (const auto& [folder, allowed] : kFolders) {
      for (const auto& source : sources_of(folder)) {
        const auto name = folder + "/" + source.filename().string();
        for (const auto& include : library_includes(source)) {
          fail_unless(!std::regex_match(include, library) || name == user, "%s includes <%s>: only %s may",
                      name.c_str(), include.c_str(), user.c_str());
        }
      }
    }
  }
}
END_TEST

/// True if the source, or the element's header of the same name, uses GStreamer.
static bool needs_gstreamer(const fs::path& source) {
  static const std::regex gstreamer("\\b(Gst[A-Z]|gst_|GST_|GObject|GValue|GParamSpec|GType)");
  auto header = source;
  header.replace_extension(".hpp");
  return std::regex_search(read_file(source), gstreamer) || std::regex_search(read_file(header), gstreamer);
}

START_TEST(test_the_element_folder_holds_nothing_that_needs_no_gstreamer) {
  for (const auto& source : sources_of("element")) {
    fail_unless(needs_gstreamer(source), "%s would compile without GStreamer: it belongs into plugin/core",
                source.c_str());
  }
}
END_TEST

START_TEST(test_colour_arithmetic_is_linked_without_archives) {
  const auto ninja = read_file(std::string(std::getenv("SAM2OVERLAY_BUILD")) + "/build.ninja");
  const auto begin = ninja.find("\nbuild gst-tests/unit/color_test:");
  fail_unless(begin != std::string::npos, "color_test is not in build.ninja");
  const auto rule = ninja.substr(begin, ninja.find("\n\n", begin) - begin);
  for (const auto* const library : {"libzip", "libisal", "sam2-npz", "sam2-masks", "pango"}) {
    fail_unless(rule.find(library) == std::string::npos,
                "color_test is linked with %s: plugin/core/composite may link runs and base only", library);
  }
}
END_TEST

static Suite* architecture_suite() {
  auto* suite = suite_create("architecture");
  auto* tests = tcase_create("folders");
  tcase_add_test(tests, test_a_folder_includes_only_the_folders_below_it);
  tcase_add_test(tests, test_every_folder_of_the_core_is_listed);
  tcase_add_test(tests, test_no_header_includes_itself_by_way_of_others);
  tcase_add_test(tests, test_the_core_includes_neither_gstreamer_nor_glib);
  tcase_add_test(tests, test_each_library_has_one_user_in_the_core);
  tcase_add_test(tests, test_the_element_folder_holds_nothing_that_needs_no_gstreamer);
  tcase_add_test(tests, test_colour_arithmetic_is_linked_without_archives);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(architecture)
