// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <regex>
#include <set>

#include "support/gst_check.hpp"
#include "support/player.hpp"
#include "support/program.hpp"

using namespace sam2::test;

START_TEST(test_the_element_describes_itself) {
  auto* factory = gst_element_factory_find("sam2overlay");
  fail_unless(factory != nullptr);
  fail_unless_equals_string(gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_KLASS),
                            "Filter/Effect/Video");
  for (const auto* const key :
       {GST_ELEMENT_METADATA_LONGNAME, GST_ELEMENT_METADATA_DESCRIPTION, GST_ELEMENT_METADATA_AUTHOR}) {
    fail_unless(std::strlen(gst_element_factory_get_metadata(factory, key)) > 3, "%s", key);
  }
  fail_unless_equals_uint64(gst_plugin_feature_get_rank(GST_PLUGIN_FEATURE(factory)), GST_RANK_NONE);
  gst_object_unref(factory);
  const Overlay overlay;
  fail_unless_equals_string(G_OBJECT_TYPE_NAME(overlay.element()), "GstSam2Overlay");
  fail_unless_equals_string(g_type_name(g_type_parent(G_OBJECT_TYPE(overlay.element()))), "GstBaseTransform");
}
END_TEST

START_TEST(test_the_plugin_describes_itself) {
  auto* plugin = gst_registry_find_plugin(gst_registry_get(), "sam2overlay");
  fail_unless(plugin != nullptr);
  const std::string version = gst_plugin_get_version(plugin);
  fail_unless(std::regex_match(version, std::regex("[0-9]+\\.[0-9]+\\.[0-9]+")), "%s", version.c_str());
  fail_unless(gst_registry_check_feature_version(gst_registry_get(), "sam2overlay", 0, 1, 0));
  fail_unless_equals_string(gst_plugin_get_license(plugin), "LGPL");
  fail_unless(std::strlen(gst_plugin_get_package(plugin)) > 0);
  fail_unless(std::strlen(gst_plugin_get_origin(plugin)) > 0);
  fail_unless(std::strlen(gst_plugin_get_source(plugin)) > 0);
  fail_unless(g_str_has_suffix(gst_plugin_get_filename(plugin), "/libgstsam2overlay.so"));
  gst_object_unref(plugin);
}
END_TEST

START_TEST(test_the_plugin_exports_its_two_entry_points_only) {
  auto* plugin = gst_registry_find_plugin(gst_registry_get(), "sam2overlay");
  fail_unless(plugin != nullptr);
  const auto symbols = run_program({"nm", "-D", "--defined-only", gst_plugin_get_filename(plugin)});
  gst_object_unref(plugin);
  fail_unless_equals_int(symbols.exit_code, 0);
  std::set<std::string> names;
  std::istringstream lines(symbols.out);
  for (std::string address, kind, name; lines >> address >> kind >> name;) names.insert(name);
  const std::set<std::string> expected{"gst_plugin_sam2overlay_get_desc", "gst_plugin_sam2overlay_register"};
  fail_unless(names == expected, "%s", symbols.out.c_str());
}
END_TEST

static Suite* sam2overlay_plugin_suite() {
  auto* suite = suite_create("sam2overlay_plugin");
  auto* tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_the_element_describes_itself);
  tcase_add_test(tests, test_the_plugin_describes_itself);
  tcase_add_test(tests, test_the_plugin_exports_its_two_entry_points_only);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_plugin);
