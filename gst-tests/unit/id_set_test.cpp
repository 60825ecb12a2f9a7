// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "base/id_set.hpp"

#include "support/gst_check.hpp"

using sam2::IdSet;

namespace {

/// The ids from -10 to 10 that `text` holds, as text; "error: ..." where it cannot be parsed.
std::string members(std::string_view text) {
  const auto set = IdSet::parse(text);
  if (!set) return "error: " + set.error().message;
  std::string found;
  for (int id = -10; id <= 10; ++id) {
    if (set->contains(id)) found += std::to_string(id) + " ";
  }
  return found;
}

}  // namespace

START_TEST(test_ids_and_ranges_are_members) {
  fail_unless(members("1") == "1 ");
  fail_unless(members("1,3-5") == "1 3 4 5 ");
  fail_unless(members(" 7 , 2 - 3 ") == "2 3 7 ");
  fail_unless(members("-3--1") == "-3 -2 -1 ");
  fail_unless(members("-2-0") == "-2 -1 0 ");
  fail_unless(members("") == "");
}
END_TEST

START_TEST(test_other_texts_are_settings_errors_that_name_the_part) {
  for (const auto* text : {"x", "1,", ",1", "1,,2", "5-3", "1-", "1.5", "99999999999", "1 2", "0x3", "1-2-3"}) {
    const auto set = IdSet::parse(text);
    fail_unless(!set.has_value(), "'%s' was accepted", text);
    fail_unless(set.error().code == sam2::ErrorCode::Settings);
    fail_unless(set.error().message.find("objects: '") == 0);
  }
  fail_unless(members("1,oops,2").find("'oops'") != std::string::npos);
}
END_TEST

static Suite* id_set_suite() {
  Suite* suite = suite_create("id_set");
  TCase* chain = tcase_create("general");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, test_ids_and_ranges_are_members);
  tcase_add_test(chain, test_other_texts_are_settings_errors_that_name_the_part);
  return suite;
}

GST_CHECK_MAIN(id_set);
