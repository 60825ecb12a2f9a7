// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/zip_archive.hpp"

#include "npz/npz_file.hpp"
#include "support/gst_check.hpp"
#include "support/npz_builder.hpp"

namespace {

using namespace sam2;

void assert_error(const Error& error, ErrorCode code, const std::string& fragment) {
  fail_unless(error.code == code && error.message.find(fragment) != std::string::npos, "code %d: %s, expected %s",
              static_cast<int>(error.code), error.message.c_str(), fragment.c_str());
}

Result<npz::ZipArchive> open(const std::string& bytes, const npz::Limits& limits = npz::kLimits) {
  return npz::ZipArchive::open(test::as_bytes(bytes), limits);
}

/// Reads the first member to its end, a few bytes at a time.
Result<std::string> read_first(const std::string& bytes, std::size_t step = 7) {
  const auto archive = SAM2_TRY(open(bytes));
  auto stream = SAM2_TRY(archive.read(archive.members().at(0)));
  std::string text;
  for (;;) {
    std::string part(step, '\0');
    const auto count = SAM2_TRY(stream->read(std::as_writable_bytes(std::span(part))));
    if (count == 0) return text;
    text += part.substr(0, count);
  }
}

const std::string kText = "forty-two bytes that go into every member.";

START_TEST(test_stored_and_deflated_members_are_read) {
  fail_unless(*read_first(test::raw_zip({{"a", kText}})) == kText);
  const test::ZipMemberBytes deflated{"a", test::deflate_stored(kText), 8, 0, test::crc32_of(kText), kText.size()};
  fail_unless(*read_first(test::raw_zip({deflated})) == kText);
  fail_unless(*read_first(test::raw_zip({deflated}), 1000) == kText);
}
END_TEST

START_TEST(test_members_outlive_their_archive) {
  std::unique_ptr<npz::ByteStream> stream;
  const auto bytes = test::raw_zip({{"a", kText}});
  {
    const auto archive = open(bytes);
    stream = *archive->read(archive->members()[0]);
  }
  std::string text(kText.size(), '\0');
  fail_unless(npz::read_exactly(*stream, std::as_writable_bytes(std::span(text))).has_value());
  fail_unless(text == kText);
}
END_TEST

START_TEST(test_wrong_crc_is_found_at_the_end) {
  const auto stored = read_first(test::raw_zip({{"a", kText, 0, 0, 12345u}}));
  fail_if(stored.has_value());
  assert_error(stored.error(), ErrorCode::Decode, "broken zip member 'a': CRC error");
  const auto deflated = read_first(test::raw_zip({{"a", test::deflate_stored(kText), 8, 0, 12345u, kText.size()}}));
  fail_if(deflated.has_value());
  assert_error(deflated.error(), ErrorCode::Decode, "CRC error");
}
END_TEST

START_TEST(test_size_other_than_inflated_is_refused) {
  const auto read_with_size = [](std::uint32_t size) {
    return read_first(test::raw_zip({{"a", test::deflate_stored(kText), 8, 0, test::crc32_of(kText), size}}));
  };
  fail_unless(read_with_size(42).has_value());
  for (const std::uint32_t size : {0u, 41u, 43u, 10000u}) {
    const auto result = read_with_size(size);
    fail_if(result.has_value(), "size %u", size);
    assert_error(result.error(), ErrorCode::Decode, "broken zip member 'a'");
  }
}
END_TEST

START_TEST(test_sizes_that_cannot_be_true_are_refused_before_reading) {
  const auto data = test::deflate_stored(kText);
  const auto read = [&](std::uint16_t method, std::uint32_t size, std::uint32_t compressed_size) {
    return read_first(test::raw_zip({{"a", data, method, 0, 0u, size, compressed_size}}));
  };
  const auto length = static_cast<std::uint32_t>(data.size());
  // Deflate makes at most 1032 bytes of one.
  assert_error(read(8, 1032 * (length + 1), length).error(), ErrorCode::Decode, "cannot be made of 47");
  assert_error(read(8, 0xfffffffe, length).error(), ErrorCode::Decode, "4294967294 bytes cannot be made of");
  assert_error(read(8, 100, 0x7fffffff).error(), ErrorCode::Decode, "in a file of");
  assert_error(read(0, length + 1, length).error(), ErrorCode::Decode, "cannot be made of");
  assert_error(read(8, 10, 0).error(), ErrorCode::Decode, "broken zip member");
}
END_TEST

START_TEST(test_long_runs_of_zeros_are_no_bomb) {
  // One stored zero byte, then 258 repetitions of it for every two bits: as tight as deflate gets.
  npz::InputFile file = *npz::open_regular_file(test::data_file("late_video.npz"));
  const auto archive = npz::ZipArchive::open(std::move(file), npz::kLimits);
  const auto& member = archive->members()[0];
  fail_unless(member.size > 10 * member.compressed_size);
  auto stream = *archive->read(member);
  fail_unless(npz::read_to_end(*stream).has_value());
}
END_TEST

START_TEST(test_unsupported_methods_and_encryption_name_member_and_method) {
  assert_error(read_first(test::raw_zip({{"masks.npy", kText, 14}})).error(), ErrorCode::WrongType,
               "'masks.npy' is compressed by method 14 (LZMA)");
  assert_error(read_first(test::raw_zip({{"masks.npy", kText, 12}})).error(), ErrorCode::WrongType, "12 (bzip2)");
  assert_error(read_first(test::raw_zip({{"masks.npy", kText, 77}})).error(), ErrorCode::WrongType, "method 77;");
  assert_error(read_first(test::raw_zip({{"masks.npy", kText, 0, 1}})).error(), ErrorCode::WrongType,
               "'masks.npy' is encrypted");
}
END_TEST

START_TEST(test_every_truncation_is_an_error) {
  const auto bytes = test::raw_zip({{"a", kText}, {"b", kText}});
  for (std::size_t length = 1; length < bytes.size(); ++length) {
    const auto result = open(bytes.substr(0, length));
    fail_if(result.has_value(), "opened when cut to %zu bytes", length);
    assert_error(result.error(), ErrorCode::Decode, "broken or truncated zip archive: ");
  }
}
END_TEST

START_TEST(test_every_changed_byte_is_an_error_or_no_harm) {
  const auto bytes = test::raw_zip({{"a.npy", kText}});
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      auto changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      const auto archive = open(changed);
      if (!archive || archive->members().empty()) continue;
      const auto text = read_first(changed);
      fail_unless(!text || *text == kText, "byte %zu", at);
    }
  }
}
END_TEST

START_TEST(test_lies_of_the_end_record_are_errors) {
  fail_if(open(test::raw_zip({{"a", kText}}, {.entries = 2})).has_value());
  fail_if(open(test::raw_zip({{"a", kText}}, {.entries = 0xffff})).has_value());
  fail_if(open(test::raw_zip({{"a", kText}}, {.directory_offset = 0xfffffff0})).has_value());
  fail_if(open(test::raw_zip({{"a", kText}}, {.directory_offset = 1})).has_value());
  fail_if(open(test::raw_zip({{"a", kText}}, {.disk = 1})).has_value());
}
END_TEST

START_TEST(test_limits_hold_to_the_one) {
  npz::Limits limits;
  limits.entries = 2;
  limits.name_bytes = 3;
  fail_unless(open(test::raw_zip({{"abc", ""}, {"b", ""}}), limits).has_value());
  assert_error(open(test::raw_zip({{"a", ""}, {"b", ""}, {"c", ""}}), limits).error(), ErrorCode::NoSpace,
               "3 members; the limit is 2");
  assert_error(open(test::raw_zip({{"abcd", ""}}), limits).error(), ErrorCode::NoSpace, "4 bytes; the limit is 3");
}
END_TEST

START_TEST(test_an_empty_archive_has_no_members) {
  const auto archive = open(test::raw_zip({}));
  fail_unless(archive.has_value());
  fail_unless(archive->members().empty());
}
END_TEST

START_TEST(test_names_are_found_as_numpy_finds_them) {
  const auto npy = [](char value) { return test::raw_npy(test::dictionary("|u1", "()"), std::string(1, value)); };
  const auto bytes = test::raw_zip({{"x.npy", npy(1)},
                                    {"raw", "no array"},
                                    {"y", npy(2)},
                                    {"x.npy", npy(3)},
                                    {"raw.npy", npy(4)},
                                    {"../../etc/z.npy", npy(5)},
                                    {"folder/", ""}});
  const auto file = npz::NpzFile::open(test::as_bytes(bytes), npz::kLimits);
  fail_unless(file.has_value());
  const auto value_of = [&](const std::string& name) {
    auto reader = file->read(name);
    fail_unless(reader.has_value(), "%s", name.c_str());
    std::byte value{};
    fail_unless(npz::read_exactly(reader->data(), {&value, 1}).has_value());
    return std::to_integer<int>(value);
  };
  fail_unless_equals_int(value_of("x"), 3);
  fail_unless_equals_int(value_of("x.npy"), 3);
  fail_unless_equals_int(value_of("y"), 2);
  fail_unless_equals_int(value_of("raw"), 4);
  fail_unless_equals_int(value_of("../../etc/z"), 5);
  fail_if(*file->has("z"));
  fail_unless(file->names() == std::vector<std::string>({"x", "y", "raw", "../../etc/z"}));
}
END_TEST

START_TEST(test_a_header_that_claims_more_than_the_member_has_is_refused) {
  const auto refuse = [](const std::string& shape, const std::string& data) {
    const auto bytes = test::raw_zip({{"m.npy", test::raw_npy(test::dictionary("<f8", shape), data)}});
    const auto file = npz::NpzFile::open(test::as_bytes(bytes), npz::kLimits);
    const auto reader = file->read("m");
    fail_if(reader.has_value());
    return reader.error();
  };
  assert_error(refuse("(2,)", std::string(15, 'x')), ErrorCode::Decode, "announces 16 bytes of data, but there are 15");
  assert_error(refuse("(1152921504606846976,)", "x"), ErrorCode::Decode, "announces 9223372036854775808 bytes");
}
END_TEST

Suite* zip_archive_suite() {
  auto* const suite = suite_create("zip_archive");
  auto* const test_case = tcase_create("zip_archive");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_stored_and_deflated_members_are_read);
  tcase_add_test(test_case, test_members_outlive_their_archive);
  tcase_add_test(test_case, test_wrong_crc_is_found_at_the_end);
  tcase_add_test(test_case, test_size_other_than_inflated_is_refused);
  tcase_add_test(test_case, test_sizes_that_cannot_be_true_are_refused_before_reading);
  tcase_add_test(test_case, test_long_runs_of_zeros_are_no_bomb);
  tcase_add_test(test_case, test_unsupported_methods_and_encryption_name_member_and_method);
  tcase_add_test(test_case, test_every_truncation_is_an_error);
  tcase_add_test(test_case, test_every_changed_byte_is_an_error_or_no_harm);
  tcase_add_test(test_case, test_lies_of_the_end_record_are_errors);
  tcase_add_test(test_case, test_limits_hold_to_the_one);
  tcase_add_test(test_case, test_an_empty_archive_has_no_members);
  tcase_add_test(test_case, test_names_are_found_as_numpy_finds_them);
  tcase_add_test(test_case, test_a_header_that_claims_more_than_the_member_has_is_refused);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(zip_archive);
