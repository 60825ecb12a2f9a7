// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/npy_header.hpp"

#include "support/gst_check.hpp"
#include "support/npz_builder.hpp"

namespace {

using namespace sam2;
using npz::ElementKind;

Result<npz::NpyHeader> parse(const std::string& text, int major = 1) {
  return npz::parse_npy_dictionary(text, major, npz::kLimits);
}

Result<npz::NpyHeader> read(const std::string& bytes) {
  npz::MemoryStream stream(test::as_bytes(bytes));
  return npz::read_npy_header(stream, npz::kLimits);
}

void assert_refused(const Result<npz::NpyHeader>& result, ErrorCode code, const std::string& fragment,
                    const std::string& what) {
  fail_if(result.has_value(), "accepted: %s", what.c_str());
  const auto& error = result.error();
  fail_unless(error.code == code && error.message.find(fragment) != std::string::npos, "%s: code %d, %s", what.c_str(),
              static_cast<int>(error.code), error.message.c_str());
}

START_TEST(test_every_spelling_that_numpy_reads_is_read) {
  for (const std::string text : {
           "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
           "{\"shape\":(2,3),\"fortran_order\":False,\"descr\":\"<f4\"}",
           "{ 'fortran_order' : False , 'shape' : ( 2 , 3 , ) , 'descr' : '<f4' }   \n",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L)}",
       }) {
    const auto header = parse(text);
    fail_unless(header.has_value(), "%s: %s", text.c_str(), header ? "" : header.error().message.c_str());
    fail_unless(header->shape == std::vector<std::uint64_t>({2, 3}));
    fail_unless(header->type.kind == ElementKind::Float && header->type.size == 4 && !header->type.is_swapped);
    fail_unless(!header->fortran_order);
    fail_unless_equals_uint64(header->element_count, 6);
    fail_unless_equals_uint64(header->byte_count, 24);
  }
}
END_TEST

START_TEST(test_shapes_are_tuples) {
  const auto shape_of = [](const std::string& text) { return parse(test::dictionary("|u1", text)); };
  fail_unless(shape_of("()")->shape.empty());
  fail_unless_equals_uint64(shape_of("()")->element_count, 1);
  fail_unless(shape_of("(3,)")->shape == std::vector<std::uint64_t>({3}));
  fail_unless(shape_of("(10,4,)")->shape == std::vector<std::uint64_t>({10, 4}));
  fail_unless_equals_uint64(shape_of("(0, 18446744073709551615)")->byte_count, 0);
  for (const std::string text : {"(184)", "(,)", "(1,,2)", "(1 2)", "[1, 2]", "3", "(4junk,)", "(1.0,)", "(True,)",
                                 "(np.int64(3),)", "(0x10,)", "(+1,)", "(3", "('3',)", "(None,)"}) {
    assert_refused(shape_of(text), ErrorCode::Decode, "npy header: ", text);
  }
  assert_refused(shape_of("(184)"), ErrorCode::Decode, "is no tuple; expected (184,)", "(184)");
}
END_TEST

START_TEST(test_npy_header_rejects_negative_dimension) {
  assert_refused(parse(test::dictionary("|u1", "(-1,)")), ErrorCode::Decode, "negative size", "(-1,)");
}
END_TEST

START_TEST(test_sizes_beyond_64_bits_are_refused_even_beside_zero) {
  for (const std::string shape : {"(18446744073709551616,)", "(9223372036854775808, 2)", "(4294967296, 4294967296)",
                                  "(0, 9223372036854775808, 4)", "(4611686018427387904, 0, 8)"}) {
    assert_refused(parse(test::dictionary("|u1", shape)), ErrorCode::Decode, "64 bit", shape);
  }
  // The elements can be counted, but not their bytes.
  assert_refused(parse(test::dictionary("<f8", "(2305843009213693952,)")), ErrorCode::Decode, "64 bits", "f8");
  assert_refused(parse(test::dictionary("<f8", "(2305843009213693952, 0)")), ErrorCode::Decode, "64 bits", "f8, 0");
  fail_unless_equals_uint64(parse(test::dictionary("<f8", "(2305843009213693951,)"))->byte_count,
                            18446744073709551608u);
}
END_TEST

START_TEST(test_nine_dimensions_are_over_the_limit) {
  fail_unless(parse(test::dictionary("|u1", "(1,1,1,1,1,1,1,1)")).has_value());
  assert_refused(parse(test::dictionary("|u1", "(1,1,1,1,1,1,1,1,1)")), ErrorCode::NoSpace, "8 dimensions", "9");
}
END_TEST

START_TEST(test_keys_are_exactly_the_three) {
  const std::string descr = "'descr': '|u1'";
  const std::string order = "'fortran_order': False";
  const std::string shape = "'shape': (1,)";
  assert_refused(parse("{" + order + "," + shape + "}"), ErrorCode::Decode, "'descr' is missing", "no descr");
  assert_refused(parse("{" + descr + "," + shape + "}"), ErrorCode::Decode, "'fortran_order' is missing", "no order");
  assert_refused(parse("{" + descr + "," + order + "}"), ErrorCode::Decode, "'shape' is missing", "no shape");
  assert_refused(parse("{}"), ErrorCode::Decode, "is missing", "nothing");
  const auto all = descr + "," + order + "," + shape;
  assert_refused(parse("{" + all + "," + shape + "}"), ErrorCode::Decode, "'shape' occurs twice", "twice");
  assert_refused(parse("{" + all + ", 'extra': 1}"), ErrorCode::Decode, "unknown key 'extra'", "extra");
}
END_TEST

START_TEST(test_text_that_is_no_dictionary_is_refused) {
  const auto good = test::dictionary("|u1", "(1,)");
  for (std::size_t length = 0; length < good.size(); ++length) {
    assert_refused(parse(good.substr(0, length)), ErrorCode::Decode, "npy header", "cut at " + std::to_string(length));
  }
  for (const auto& text : {good + "x", good + good, good + std::string(1, '\0'), "x" + good, std::string("{,}"),
                           std::string("{'descr': '|u1',, 'shape': (1,)}"), std::string("{'descr\\")}) {
    assert_refused(parse(text), ErrorCode::Decode, "npy header", text);
  }
  assert_refused(parse(test::dictionary("|u1", "(1,)", "0")), ErrorCode::Decode, "neither True nor False", "order 0");
  assert_refused(parse(test::dictionary("|u1", "(3L,)"), 3), ErrorCode::Decode, "expected", "3L in version 3");
}
END_TEST

START_TEST(test_element_types_are_told_apart) {
  struct Row {
    const char* descr;
    ElementKind kind;
    std::uint32_t size;
    bool swapped;
  };
  for (const auto& row : std::vector<Row>{{"|b1", ElementKind::Bool, 1, false},
                                          {"?", ElementKind::Bool, 1, false},
                                          {"<i8", ElementKind::Signed, 8, false},
                                          {">u2", ElementKind::Unsigned, 2, true},
                                          {"=f4", ElementKind::Float, 4, false},
                                          {"u1", ElementKind::Unsigned, 1, false},
                                          {">f2", ElementKind::Float, 2, true},
                                          {"|S5", ElementKind::Bytes, 5, false},
                                          {"<U3", ElementKind::Text, 12, false},
                                          {"<U0", ElementKind::Text, 0, false},
                                          {"|O", ElementKind::Pickled, 0, false},
                                          {"O8", ElementKind::Pickled, 0, false},
                                          {"<c8", ElementKind::Other, 0, false},
                                          {"<f16", ElementKind::Other, 0, false},
                                          {"|V7", ElementKind::Other, 0, false},
                                          {"<M8[ns]", ElementKind::Other, 0, false}}) {
    const auto header = parse(test::dictionary(row.descr, "(2,)"));
    fail_unless(header.has_value(), "%s", row.descr);
    fail_unless(
        header->type.kind == row.kind && header->type.size == row.size && header->type.is_swapped == row.swapped, "%s",
        row.descr);
  }
  for (const std::string descr :
       {"", "<", "i3", "<f1", "<u16", "b2", "x4", "i", "<i-4", "i4 ", "<U4294967295", "<U1073741824"}) {
    assert_refused(parse(test::dictionary(descr, "(2,)")), ErrorCode::Decode, "is no element type", descr);
  }
}
END_TEST

START_TEST(test_objects_are_found_anywhere_in_a_record) {
  const auto kind_of = [](const std::string& descr) {
    const auto header = parse("{'descr': " + descr + ", 'fortran_order': False, 'shape': (2,)}");
    fail_unless(header.has_value(), "%s", descr.c_str());
    return header->type.kind;
  };
  fail_unless(kind_of("[('x', '<i4'), ('y', '<f4', (2, 2))]") == ElementKind::Other);
  fail_unless(kind_of("[('x', '<i4'), ('y', [(('title', 'n'), '|O')])]") == ElementKind::Pickled);
  fail_unless(kind_of("('|O', (3,))") == ElementKind::Pickled);
  const auto deep = std::string(4000, '[') + "'<i4'" + std::string(4000, ']');
  fail_unless(kind_of(deep) == ElementKind::Other);
  assert_refused(parse("{'descr': [('x', '<i4')"), ErrorCode::Decode, "does not end", "open record");
}
END_TEST

START_TEST(test_only_versions_1_2_and_3_exist) {
  const auto text = test::dictionary("|u1", "(1,)");
  for (const char major : {'\1', '\2', '\3'}) {
    const auto header = read(test::raw_npy(text, "x", major));
    fail_unless(header.has_value(), "version %d", major);
    fail_unless_equals_uint64(header->data_offset, 8 + (major == 1 ? 2 : 4) + text.size());
  }
  for (const auto& [major, minor] : std::vector<std::pair<int, int>>{{0, 0}, {1, 1}, {2, 2}, {4, 0}, {255, 255}}) {
    assert_refused(read(test::raw_npy(text, "x", static_cast<char>(major), static_cast<char>(minor))),
                   ErrorCode::Decode, "npy version " + std::to_string(major) + "." + std::to_string(minor), "version");
  }
}
END_TEST

START_TEST(test_header_length_is_limited_before_anything_is_read) {
  const auto text = test::dictionary("|u1", "(1,)");
  const auto padded = [&](std::size_t length) { return text + std::string(length - text.size(), ' '); };
  fail_unless(read(test::raw_npy(padded(10000), "x")).has_value());
  assert_refused(read(test::raw_npy(padded(10001), "x")), ErrorCode::NoSpace, "the limit is 10000", "10001");
  assert_refused(read(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff{", 13)), ErrorCode::NoSpace, "4294967295 bytes",
                 "4 GB");
}
END_TEST

START_TEST(test_headers_that_end_too_early_are_refused) {
  const auto bytes = test::raw_npy(test::dictionary("|u1", "(1,)"), "");
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    assert_refused(read(bytes.substr(0, length)), ErrorCode::Decode, "truncated", "cut at " + std::to_string(length));
  }
  assert_refused(read(std::string("\x93NUMPX\1\0......", 14)), ErrorCode::Decode, "not an npy array", "magic");
}
END_TEST

START_TEST(test_names_from_the_file_are_escaped_in_messages) {
  assert_refused(parse("{'a\x1b[31m\xff': 1}"), ErrorCode::Decode, "unknown key 'a\\x1b[31m\\xff'", "escape");
}
END_TEST

Suite* npy_header_suite() {
  auto* const suite = suite_create("npy_header");
  auto* const test_case = tcase_create("npy_header");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_every_spelling_that_numpy_reads_is_read);
  tcase_add_test(test_case, test_shapes_are_tuples);
  tcase_add_test(test_case, test_npy_header_rejects_negative_dimension);
  tcase_add_test(test_case, test_sizes_beyond_64_bits_are_refused_even_beside_zero);
  tcase_add_test(test_case, test_nine_dimensions_are_over_the_limit);
  tcase_add_test(test_case, test_keys_are_exactly_the_three);
  tcase_add_test(test_case, test_text_that_is_no_dictionary_is_refused);
  tcase_add_test(test_case, test_element_types_are_told_apart);
  tcase_add_test(test_case, test_objects_are_found_anywhere_in_a_record);
  tcase_add_test(test_case, test_only_versions_1_2_and_3_exist);
  tcase_add_test(test_case, test_header_length_is_limited_before_anything_is_read);
  tcase_add_test(test_case, test_headers_that_end_too_early_are_refused);
  tcase_add_test(test_case, test_names_from_the_file_are_escaped_in_messages);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(npy_header);
