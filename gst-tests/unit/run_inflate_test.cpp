// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Deflate data as runs, held to zlib: data of zlib's own, data of a generator that uses all that deflate allows, broken
// data, and checksums.
#include <algorithm>
#include <random>

#include "npz/run_crc.hpp"
#include "random_deflate.hpp"
#include "support/gst_check.hpp"
#include "support/npz_builder.hpp"
#include "support/run_text.hpp"

namespace {

using namespace sam2;

constexpr std::size_t kMost = std::size_t{6} << 20;

void assert_inflates(const std::string& deflated, const std::string& text, const char* what) {
  const auto result = test::inflate_by_runs(deflated, kMost);
  fail_unless(result.is_complete && result.text == text, "%s: %zu bytes of %zu", what, result.text.size(), text.size());
}

std::string deflate_by_zlib(const std::string& text, int level, int strategy, int memory) {
  z_stream stream{};
  fail_unless(deflateInit2(&stream, level, Z_DEFLATED, -15, memory, strategy) == Z_OK);
  std::string deflated(deflateBound(&stream, static_cast<uLong>(text.size())) + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(deflated.data());
  stream.avail_out = static_cast<uInt>(deflated.size());
  fail_unless(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  deflated.resize(deflated.size() - stream.avail_out);
  deflateEnd(&stream);
  return deflated;
}

/// Discs that move, as bytes: the longest runs, and matches of earlier rows.
std::string mask_video(int frames, int width, int height) {
  std::string text;
  for (int t = 0; t < frames; ++t) {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const int dx = x - width / 3 - 2 * t;
        const int dy = y - height / 2;
        text += static_cast<char>(dx * dx + dy * dy < height * height / 9 ? 1 + t % 2 * 254 : 0);
      }
    }
  }
  return text;
}

std::string noise(std::mt19937& random, std::size_t size, unsigned values) {
  std::string text(size, '\0');
  for (auto& c : text) c = static_cast<char>(random() % values);
  return text;
}

START_TEST(test_all_that_zlib_writes_is_inflated) {
  std::mt19937 random(3);
  std::string periods;
  for (std::size_t period = 1; period < 40; ++period) {
    const auto pattern = noise(random, period, 256);
    for (int i = 0; i < 50; ++i) periods += pattern;
  }
  const auto far = noise(random, 300, 256) + std::string(32768 - 300, '\0');
  const auto dithered = noise(random, 100000, 2);
  const std::vector<std::string> texts{
      "", "x", std::string(700'000, '\0'), mask_video(30, 320, 90), noise(random, 200000, 256), dithered,
      // The way changes from bytes to runs and back.
      dithered + mask_video(20, 320, 90) + noise(random, 80000, 256) + std::string(300000, '\1') + dithered, periods,
      far + far + far + "x" + far};
  for (const auto& text : texts) {
    for (const int level : {0, 1, 6, 9}) {
      for (const int strategy : {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED}) {
        for (const int memory : {1, 8}) {
          const auto deflated = deflate_by_zlib(text, level, strategy, memory);
          assert_inflates(deflated, text, "zlib");
        }
      }
    }
  }
}
END_TEST

START_TEST(test_blocks_of_all_types_with_any_codes_are_what_zlib_makes_of_them) {
  std::size_t complete = 0;
  std::size_t bytes = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    const auto deflated = test::RandomDeflate(seed).make(1 + static_cast<int>(seed % 12));
    const auto expected = test::inflate_by_zlib(deflated, kMost);
    fail_unless(test::inflate_by_runs(deflated, kMost) == expected, "seed %u", seed);
    complete += expected.is_complete ? 1 : 0;
    bytes += expected.text.size();
  }
  fail_unless(complete == 300 && bytes > 50'000'000, "%zu complete, %zu bytes", complete, bytes);
}
END_TEST

START_TEST(test_every_length_at_every_distance_is_copied) {
  std::mt19937 random(5);
  // Once over noise, once over runs.
  for (const unsigned longest : {1u, 400u}) {
    test::DeflateWriter writer;
    writer.begin_block(true);
    while (writer.text().size() < 33000) {
      const auto value = static_cast<unsigned char>(random());
      for (auto count = 1 + random() % longest; count > 0; --count) writer.literal(value);
    }
    for (std::size_t distance = 1; distance <= 32768; distance += distance < 600 ? 1 : 1 + random() % 50) {
      writer.repeat(3 + random() % 256, distance);
      writer.literal(static_cast<unsigned char>(random()));
    }
    for (std::size_t length = 3; length <= 258; ++length) {
      for (const std::size_t distance : {1, 2, 258, 1920, 32767, 32768}) writer.repeat(length, distance);
    }
    writer.end_block();
    assert_inflates(writer.bytes(), writer.text(), "lengths and distances");
  }
}
END_TEST

START_TEST(test_the_input_may_break_off_between_any_two_bits) {
  // The buffer for the input ends at each place within the same data.
  const auto tail = deflate_by_zlib(mask_video(20, 320, 90), 6, Z_DEFAULT_STRATEGY, 8);
  const auto expected = test::inflate_by_zlib(tail, kMost).text;
  std::mt19937 random(9);
  for (std::size_t shift = 0; shift < tail.size() + 20; shift += 1 + shift % 7) {
    const auto text = noise(random, 65536 - 5 - std::min<std::size_t>(shift, 65000), 256);
    // A stored block, and more behind it.
    auto deflated = test::deflate_stored(text);
    deflated[0] = 0;
    assert_inflates(deflated + tail, text + expected, "shifted");
  }
}
END_TEST

START_TEST(test_broken_data_end_where_zlib_ends) {
  std::mt19937 random(13);
  const std::vector<std::string> sources{deflate_by_zlib(mask_video(3, 64, 30), 6, Z_DEFAULT_STRATEGY, 8),
                                         deflate_by_zlib(noise(random, 500, 4), 9, 0, 8),
                                         deflate_by_zlib(mask_video(2, 64, 30), 6, Z_FIXED, 8),
                                         deflate_by_zlib(noise(random, 300, 256), 0, 0, 8) + std::string(40, '\0'),
                                         test::RandomDeflate(4).make(1).substr(0, 800)};
  constexpr std::size_t kLittle = 100000;
  for (const auto& source : sources) {
    for (std::size_t length = 0; length <= source.size(); ++length) {
      const auto cut = source.substr(0, length);
      fail_unless(test::inflate_by_runs(cut, kLittle) == test::inflate_by_zlib(cut, kLittle), "cut to %zu", length);
    }
    for (int i = 0; i < 4000; ++i) {
      auto changed = source;
      for (auto count = 1 + random() % 3; count > 0; --count) {
        auto& byte = changed[random() % std::min<std::size_t>(changed.size(), i % 2 == 0 ? 100 : changed.size())];
        byte = static_cast<char>(byte ^ 1 << random() % 8);
      }
      const auto expected = test::inflate_by_zlib(changed, kLittle);
      auto found = test::inflate_by_runs(changed, kLittle);
      if (expected.text.size() == kLittle) {
        fail_unless(found.text.substr(0, kLittle) == expected.text);
      } else {
        fail_unless(found == expected, "change %d", i);
      }
    }
  }
}
END_TEST

/// Begins again at the ends of some batches.
void assert_restarts(const std::string& deflated, const std::string& text, const char* what) {
  npz::RunInflate inflate(std::make_unique<npz::MemoryStream>(test::bytes_of(deflated)));
  std::mt19937 random(37);
  for (std::uint64_t position = 0;;) {
    const auto batch = inflate.next_runs();
    fail_unless(batch.has_value());
    if (batch->end() == position) break;
    position = batch->end();
    if (inflate.is_complete()) break;
    if (random() % 8 != 0) continue;
    const auto point = inflate.point();
    fail_unless_equals_uint64(point.output, position);
    const auto rest = deflated.substr(point.input);
    npz::RunInflate again(std::make_unique<npz::MemoryStream>(test::bytes_of(rest)), point);
    std::string found(position, '\0');
    for (;;) {
      const auto next = again.next_runs();
      fail_unless(next.has_value(), "%s from %zu", what, static_cast<std::size_t>(position));
      if (next->end() == next->begin) break;
      test::append_runs(*next, found);
    }
    fail_unless(again.is_complete() && found.substr(position) == text.substr(position), "%s from %zu", what,
                static_cast<std::size_t>(position));
  }
}

START_TEST(test_decoding_begins_again_at_any_batch) {
  std::mt19937 random(31);
  const auto text = mask_video(200, 320, 90) + noise(random, 300000, 256) + mask_video(100, 320, 90) +
                    noise(random, 300000, 2) + std::string(200000, '\1');
  for (const int level : {0, 6}) {
    for (const int strategy : {Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY}) {
      assert_restarts(deflate_by_zlib(text, level, strategy, 8), text, "zlib");
    }
  }
  const auto deflated = test::RandomDeflate(2).make(60);
  assert_restarts(deflated, test::inflate_by_zlib(deflated, kMost).text, "random");
}
END_TEST

START_TEST(test_the_checksum_of_runs_is_that_of_their_bytes) {
  std::mt19937 random(17);
  npz::RunCrc crc;
  uLong expected = crc32(0, nullptr, 0);
  std::uint64_t position = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::uint64_t count = random() % (i % 3 == 0 ? 10 : i % 3 == 1 ? 5000 : 3'000'000);
    const auto value = static_cast<std::uint8_t>(random());
    // zlib combines two checksums by another way: powers of a matrix, or of x.
    std::string piece(std::min<std::uint64_t>(count, 1000), static_cast<char>(value));
    auto rest = count;
    while (rest > 0) {
      const auto part = std::min<std::uint64_t>(rest, piece.size());
      const auto sum = crc32(0, reinterpret_cast<const Bytef*>(piece.data()), static_cast<uInt>(part));
      expected = crc32_combine(expected, sum, static_cast<z_off_t>(part));
      rest -= part;
    }
    const npz::ByteRun run(position + count, value);
    crc.add({position, {&run, 1}, {}});
    position += count;
    fail_unless_equals_uint64(crc.value(), expected);
  }
  const auto bytes = noise(random, 1003, 256);
  const npz::ByteRun unused(position + bytes.size(), 0);
  crc.add({position, {&unused, 1}, test::bytes_of(bytes)});
  expected = crc32(expected, reinterpret_cast<const Bytef*>(bytes.data()), 1003);
  fail_unless_equals_uint64(crc.value(), expected);
}
END_TEST

START_TEST(test_the_checksum_of_a_run_longer_than_4_gib_is_right) {
  // Zeros of twice the length have the checksum of two such runs.
  for (const std::uint64_t size : {std::uint64_t{1} << 32, (std::uint64_t{5} << 32) + 12345}) {
    std::string zeros(1 << 20, '\0');
    auto block = crc32(0, reinterpret_cast<const Bytef*>(zeros.data()), 1 << 20);
    uLong expected = 0;
    for (auto left = size; left > 0;) {
      const auto part = std::min<std::uint64_t>(left, zeros.size());
      if (part < zeros.size()) block = crc32(0, reinterpret_cast<const Bytef*>(zeros.data()), static_cast<uInt>(part));
      expected = crc32_combine(expected, block, static_cast<z_off_t>(part));
      left -= part;
    }
    npz::RunCrc crc;
    const npz::ByteRun run(size, 0);
    crc.add({0, {&run, 1}, {}});
    fail_unless_equals_uint64(crc.value(), expected);
  }
}
END_TEST

START_TEST(test_the_points_of_data_of_any_length_are_few_and_lie_evenly) {
  npz::InflatePoints points;
  for (int i = 0; i < 150'000; ++i) {
    npz::InflatePoint point;
    point.output = points.next_output();
    points.add(std::move(point));
  }
  const auto last = points.find(points.next_output());
  fail_unless(last != nullptr);
  std::size_t count = 0;
  std::uint64_t longest = 0;
  for (auto point = last; point != nullptr; ++count) {
    const auto before = points.find(point->output - 1);
    longest = std::max(longest, point->output - (before != nullptr ? before->output : 0));
    point = before;
  }
  fail_unless(count > 16'000 && count <= 32'768, "%zu points", count);
  fail_unless(longest <= 4 * last->output / count);
}
END_TEST

Suite* run_inflate_suite() {
  auto* const suite = suite_create("run_inflate");
  auto* const test_case = tcase_create("run_inflate");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_all_that_zlib_writes_is_inflated);
  tcase_add_test(test_case, test_blocks_of_all_types_with_any_codes_are_what_zlib_makes_of_them);
  tcase_add_test(test_case, test_every_length_at_every_distance_is_copied);
  tcase_add_test(test_case, test_the_input_may_break_off_between_any_two_bits);
  tcase_add_test(test_case, test_broken_data_end_where_zlib_ends);
  tcase_add_test(test_case, test_decoding_begins_again_at_any_batch);
  tcase_add_test(test_case, test_the_points_of_data_of_any_length_are_few_and_lie_evenly);
  tcase_add_test(test_case, test_the_checksum_of_runs_is_that_of_their_bytes);
  tcase_add_test(test_case, test_the_checksum_of_a_run_longer_than_4_gib_is_right);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(run_inflate);
