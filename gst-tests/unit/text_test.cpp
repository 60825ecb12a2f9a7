// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "base/text.hpp"

#include "support/gst_check.hpp"

namespace {

using namespace sam2;

void assert_text(const std::string& found, const std::string& expected) {
  fail_unless(found == expected, "'%s' instead of '%s'", found.c_str(), expected.c_str());
}

START_TEST(test_printable_keeps_utf8_and_escapes_the_rest) {
  assert_text(printable("masks ä € 😀"), "masks ä € 😀");
  assert_text(printable("a\nb\x1b\x7f"), "a\\x0ab\\x1b\\x7f");
  assert_text(printable(std::string("a\0b", 3)), "a\\x00b");
  assert_text(printable("\xff\xc3"), "\\xff\\xc3");
  assert_text(printable("\xc0\xaf"), "\\xc0\\xaf");           // overlong
  assert_text(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // surrogate
  assert_text(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  assert_text(printable("\xc2\x85"), "\\xc2\\x85");  // a control character of two bytes
}
END_TEST

START_TEST(test_printable_cuts_long_text) {
  const auto printed = printable(std::string(100000, 'x'));
  fail_unless(printed.size() < 1100 && printed.ends_with("x..."));
}
END_TEST

START_TEST(test_clean_utf8_reads_other_bytes_as_latin_1) {
  assert_text(clean_utf8("K\xe4tzchen"), "Kätzchen");
  assert_text(clean_utf8("Kätzchen\n"), "Kätzchen ");
}
END_TEST

START_TEST(test_code_points_become_utf8) {
  std::string text;
  for (const std::uint32_t code_point : {0x41u, 0xe4u, 0x20acu, 0x1f600u, 0xd800u, 0x110000u})
    append_utf8(text, code_point);
  assert_text(text, "Aä€😀\xef\xbf\xbd\xef\xbf\xbd");
}
END_TEST

START_TEST(test_shapes_print_as_in_python) {
  assert_text(shape_text({}), "()");
  assert_text(shape_text(std::vector<std::uint64_t>{3}), "(3,)");
  assert_text(shape_text(std::vector<std::uint64_t>{2, 18446744073709551615u}), "(2, 18446744073709551615)");
}
END_TEST

Suite* text_suite() {
  auto* const suite = suite_create("text");
  auto* const test_case = tcase_create("text");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_printable_keeps_utf8_and_escapes_the_rest);
  tcase_add_test(test_case, test_printable_cuts_long_text);
  tcase_add_test(test_case, test_clean_utf8_reads_other_bytes_as_latin_1);
  tcase_add_test(test_case, test_code_points_become_utf8);
  tcase_add_test(test_case, test_shapes_print_as_in_python);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(text);
