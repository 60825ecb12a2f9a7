// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Deflate data in an archive, right and wrong. Built once with ISA-L, where that is, and once with libzip alone: both
// must read the same, and refuse the same. So must the decoder that gives runs.
#include <random>

#include "npz/zip_archive.hpp"
#include "support/deflate_writer.hpp"
#include "support/gst_check.hpp"
#include "support/npz_builder.hpp"

namespace {

using namespace sam2;

/// The bytes of a stream, read as runs and bytes in turn.
Result<std::string> read_as_runs(npz::ByteStream& stream, std::size_t step) {
  auto* const runs = stream.as_runs();
  fail_unless(runs != nullptr);
  std::string result;
  for (std::string part(step, '\0');;) {
    const auto count = SAM2_TRY(stream.read(std::as_writable_bytes(std::span(part))));
    result.append(part, 0, count);
    const auto batch = SAM2_TRY(runs->next_runs());
    fail_unless(batch.begin == result.size());
    for (const auto& run : batch.runs) result.resize(run.end(), static_cast<char>(run.value()));
    if (batch.end() == batch.begin) return result;
  }
}

/// Reads the one member, which inflates to `text`, `step` bytes at a time.
Result<std::string> inflate(const std::string& deflated, const std::string& text, std::size_t step,
                            npz::Access access = npz::Access::Shared) {
  const auto zip =
      test::raw_zip({{"a", deflated, 8, 0, test::crc32_of(text), static_cast<std::uint32_t>(text.size())}});
  const auto archive = SAM2_TRY(npz::ZipArchive::open(test::as_bytes(zip), npz::kLimits));
  auto as_runs = SAM2_TRY(archive.read(archive.members().at(0), npz::Access::Runs));
  const auto expected = read_as_runs(*as_runs, step);
  auto stream = SAM2_TRY(archive.read(archive.members().at(0), access));
  std::string result;
  for (std::string part(step, '\0');;) {
    const auto read = stream->read(std::as_writable_bytes(std::span(part)));
    if (!read || *read == 0) {
      fail_unless(read.has_value() == expected.has_value() && (read ? result == *expected : true));
      if (read) return result;
      fail_unless_equals_int(static_cast<int>(expected.error().code), static_cast<int>(read.error().code));
      // Both name the member. libzip has its own words for the rest.
      fail_unless(expected.error().message.starts_with("broken zip member 'a': "), "%s",
                  expected.error().message.c_str());
      return read.error();
    }
    result.append(part, 0, *read);
  }
}

void assert_broken(const std::string& deflated, const std::string& text, const char* what) {
  for (const std::size_t step : {1, 64, 100000}) {
    const auto result = inflate(deflated, text, step);
    fail_if(result.has_value(), "%s", what);
    fail_unless(result.error().code == ErrorCode::Decode &&
                    result.error().message.find("broken zip member 'a': ") != std::string::npos,
                "%s: %s", what, result.error().message.c_str());
  }
}

/// Literals and repetitions over all lengths and distances, in several blocks, far beyond the window of 32 kB.
test::DeflateWriter random_data(std::size_t size) {
  std::mt19937 random(7);
  test::DeflateWriter writer;
  writer.begin_block(false);
  while (writer.text().size() < size) {
    const auto choice = random() % 100;
    if (choice == 0) {
      writer.end_block();
      writer.begin_block(false);
    } else if (choice < 50 || writer.text().empty()) {
      writer.literal(static_cast<unsigned char>(random()));
    } else {
      const auto farthest = std::min<std::size_t>(writer.text().size(), 32768);
      // As near as zeros are in masks, as far as it goes, and between.
      const auto distance = choice < 60 ? 1 : choice < 70 ? farthest : 1 + random() % farthest;
      writer.repeat(3 + random() % 256, distance);
    }
  }
  writer.end_block();
  writer.begin_block(true);
  writer.end_block();
  return writer;
}

START_TEST(test_all_repetitions_are_inflated_in_steps_of_any_size) {
  const auto writer = random_data(300000);
  for (const std::size_t step : {1, 3, 31, 4096, 32768, 65537, 1000000}) {
    const auto result = inflate(writer.bytes(), writer.text(), step);
    fail_unless(result.has_value(), "step %zu: %s", step, result ? "" : result.error().message.c_str());
    fail_unless(*result == writer.text(), "step %zu", step);
  }
}
END_TEST

START_TEST(test_stored_blocks_of_any_length_are_inflated) {
  for (const std::size_t size : {0, 1, 65535, 65536, 200000}) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * i >> 3);
    for (const std::size_t step : {1000, 65536, 1000000}) {
      const auto result = inflate(test::deflate_stored(text), text, step);
      fail_unless(result.has_value() && *result == text, "%zu bytes in steps of %zu", size, step);
    }
  }
}
END_TEST

START_TEST(test_a_reading_thread_delivers_the_same_checked_bytes) {
  test::DeflateWriter writer;
  writer.begin_block(true);
  for (unsigned row = 0; writer.text().size() < std::size_t{17} << 20; ++row) {
    writer.literal(static_cast<unsigned char>(row * row >> 3));
    writer.repeat(258, 1);
  }
  writer.end_block();
  const auto alone = [](const std::string& deflated, const std::string& text) {
    return inflate(deflated, text, 700'000, npz::Access::Alone);
  };
  const auto result = alone(writer.bytes(), writer.text());
  fail_unless(result.has_value() && *result == writer.text());
  const auto cut = alone(writer.bytes().substr(0, writer.bytes().size() - 1000), writer.text());
  fail_unless(!cut && cut.error().code == ErrorCode::Decode);
  auto other = writer.text();
  other[1] = static_cast<char>(other[1] ^ 1);
  const auto differs = alone(writer.bytes(), other);
  fail_unless(!differs && differs.error().message == "broken zip member 'a': CRC error");
}
END_TEST

START_TEST(test_every_truncation_that_loses_data_is_an_error) {
  const auto writer = random_data(2000);
  for (std::size_t length = 0; length < writer.bytes().size(); ++length) {
    for (const std::size_t step : {100, 10000}) {
      const auto result = inflate(writer.bytes().substr(0, length), writer.text(), step);
      // The last bytes are but the mark of the end.
      const bool is_whole = length + 3 > writer.bytes().size();
      fail_unless(result ? is_whole && *result == writer.text() : result.error().code == ErrorCode::Decode,
                  "cut to %zu of %zu bytes", length, writer.bytes().size());
    }
  }
}
END_TEST

START_TEST(test_every_changed_bit_is_an_error_or_no_harm) {
  const auto writer = random_data(3000);
  for (std::size_t bit = 0; bit < writer.bytes().size() * 8; ++bit) {
    auto changed = writer.bytes();
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    const auto result = inflate(changed, writer.text(), 4096);
    fail_unless(!result || *result == writer.text(), "bit %zu", bit);
    fail_unless(result || result.error().code == ErrorCode::Decode);
  }
}
END_TEST

START_TEST(test_invalid_deflate_data_is_refused) {
  const auto broken = [](const char* what, auto write) {
    test::DeflateWriter writer;
    writer.begin_block(true);
    for (const char c : std::string("abc")) writer.literal(static_cast<unsigned char>(c));
    write(writer);
    writer.end_block();
    assert_broken(writer.bytes() + std::string(16, '\0'), writer.text() + "abcabcabc", what);
  };
  broken("a distance before the beginning", [](auto& writer) { writer.repeat_anything(9, 4); });
  broken("a distance far before the beginning", [](auto& writer) { writer.repeat_anything(9, 32768); });
  broken("symbol 286", [](auto& writer) { writer.symbol(286); });
  broken("symbol 287", [](auto& writer) { writer.symbol(287); });
  broken("distance code 30", [](auto& writer) {
    writer.symbol(263);
    writer.put_code(30, 5);
  });

  test::DeflateWriter writer;
  writer.begin_block(true, 3);
  assert_broken(writer.bytes() + std::string(16, '\0'), "abc", "block type 3");
  auto stored = test::deflate_stored("abcdef");
  stored[3] = static_cast<char>(stored[3] ^ 1);
  assert_broken(stored, "abcdef", "a length that differs from its complement");
  test::DeflateWriter dynamic;
  dynamic.begin_block(true, 2);
  dynamic.put(31, 5);  // 288 codes of literals and lengths; 286 exist
  dynamic.put(31, 5);
  dynamic.put(15, 4);
  assert_broken(dynamic.bytes() + std::string(64, '\xff'), "abc", "more codes than there are symbols");
}
END_TEST

START_TEST(test_bytes_after_the_end_of_the_data_are_ignored) {
  test::DeflateWriter writer;
  writer.begin_block(true);
  writer.literal('x');
  writer.end_block();
  for (const std::size_t step : {1, 100}) {
    const auto result = inflate(writer.bytes() + "rest", writer.text(), step);
    fail_unless(result.has_value() && *result == "x");
  }
}
END_TEST

Suite* inflate_suite() {
  auto* const suite = suite_create("inflate");
  auto* const test_case = tcase_create("inflate");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_all_repetitions_are_inflated_in_steps_of_any_size);
  tcase_add_test(test_case, test_stored_blocks_of_any_length_are_inflated);
  tcase_add_test(test_case, test_a_reading_thread_delivers_the_same_checked_bytes);
  tcase_add_test(test_case, test_every_truncation_that_loses_data_is_an_error);
  tcase_add_test(test_case, test_every_changed_bit_is_an_error_or_no_harm);
  tcase_add_test(test_case, test_invalid_deflate_data_is_refused);
  tcase_add_test(test_case, test_bytes_after_the_end_of_the_data_are_ignored);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(inflate);
