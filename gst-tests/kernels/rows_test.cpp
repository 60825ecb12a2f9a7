// SPDX-License-Identifier: LGPL-2.1-or-later
#include "composite/rows.hpp"

#include "support/gst_check.hpp"

using namespace sam2::composite;

namespace {

constexpr std::uint8_t kCanary = 0x88;
constexpr std::size_t kWidths = 67;
constexpr std::size_t kAlignments = 32;

using Bytes4 = std::array<std::uint8_t, 4>;

/// A row with room for every width and alignment, and noise in `bytes` bytes from `begin` on.
std::vector<std::uint8_t> make_row(std::size_t begin, std::size_t bytes, std::mt19937& random) {
  std::vector<std::uint8_t> row(kAlignments + 4 * kWidths + 64, kCanary);
  for (std::size_t i = 0; i < bytes; ++i) row[begin + i] = static_cast<std::uint8_t>(random());
  return row;
}

Bytes4 random_bytes(std::mt19937& random) {
  Bytes4 bytes;
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

std::uint8_t round_quotient(std::uint64_t numerator, std::uint64_t denominator) {
  return static_cast<std::uint8_t>((2 * numerator + denominator) / (2 * denominator));
}

/// Checked first, because each call of the macro writes a message to the parent process.
void check_byte(int actual, int expected) {
  if (actual != expected) fail_unless_equals_int(actual, expected);
}

}  // namespace

START_TEST(test_solid_row_rounds_every_sample_colour_and_alpha_exactly) {
  SolidPattern pattern;
  std::array<std::uint8_t, 256> row;
  for (unsigned alpha = 0; alpha < 256; ++alpha) {
    for (unsigned code = 0; code < 256; ++code) {
      make_pattern(1, {std::uint8_t(code)}, {std::uint8_t(alpha)}, pattern);
      for (unsigned d = 0; d < 256; ++d) row[d] = std::uint8_t(d);
      row_kernels().solid(row.data(), row.size(), pattern);
      for (unsigned d = 0; d < 256; ++d) {
        const auto expected = round_quotient(d * (255 - alpha) + code * alpha, 255);
        if (row[d] != expected) {
          fail_unless(false, "d %u, c %u, A %u: %d, expected %d", d, code, alpha, row[d], expected);
        }
      }
    }
  }
}
END_TEST

START_TEST(test_weighted_row_rounds_every_sample_colour_alpha_and_share_exactly) {
  const auto quarters = unsigned(_i);
  WeightedPattern pattern;
  std::array<std::uint8_t, 256> row;
  for (unsigned alpha = 0; alpha < 256; ++alpha) {
    for (unsigned code = 0; code < 256; ++code) {
      make_pattern(1, {std::uint8_t(code)}, {std::uint8_t(alpha)}, quarters, pattern);
      for (unsigned d = 0; d < 256; ++d) row[d] = std::uint8_t(d);
      row_kernels().weighted(row.data(), row.size(), pattern);
      for (unsigned d = 0; d < 256; ++d) {
        const auto expected = round_quotient(d * (1020 - alpha * quarters) + code * alpha * quarters, 1020);
        if (row[d] != expected) {
          fail_unless(false, "d %u, c %u, A %u, %u/4: %d, expected %d", d, code, alpha, quarters, row[d], expected);
        }
      }
    }
  }
}
END_TEST

START_TEST(test_rows_repeat_the_pattern_at_every_step_width_and_alignment) {
  std::mt19937 random(1);
  SolidPattern solid;
  WeightedPattern weighted;
  for (std::size_t step = 1; step <= 4; ++step) {
    for (std::size_t width = 1; width <= kWidths; ++width) {
      for (std::size_t begin = 0; begin < kAlignments; ++begin) {
        const auto codes = random_bytes(random);
        const auto alphas = random_bytes(random);
        const auto quarters = 1 + unsigned(random() % 4);
        make_pattern(step, codes, alphas, solid);
        make_pattern(step, codes, alphas, quarters, weighted);
        const auto before = make_row(begin, step * width, random);
        auto filled = before;
        auto shared = before;
        row_kernels().solid(filled.data() + begin, step * width, solid);
        row_kernels().weighted(shared.data() + begin, step * width, weighted);
        for (std::size_t i = 0; i < before.size(); ++i) {
          const bool inside = i >= begin && i < begin + step * width;
          const unsigned c = codes[(i - begin) % step];
          const unsigned w = inside ? alphas[(i - begin) % step] : 0;
          check_byte(filled[i], round_quotient(before[i] * (255 - w) + c * w, 255));
          check_byte(shared[i], round_quotient(before[i] * (1020 - w * quarters) + c * w * quarters, 1020));
        }
      }
    }
  }
}
END_TEST

START_TEST(test_over_rows_composite_at_every_width_and_alignment) {
  std::mt19937 random(2);
  SolidPattern solid;
  for (std::size_t width = 1; width <= kWidths; ++width) {
    for (std::size_t begin = 0; begin < kAlignments; ++begin) {
      auto codes = random_bytes(random);
      const unsigned a = random() % 8 == 0 ? 255 : 1 + unsigned(random() % 254);
      const auto alpha_byte = std::uint8_t(random() % 4);
      codes[alpha_byte] = 255;
      const Bytes4 alphas = {std::uint8_t(a), std::uint8_t(a), std::uint8_t(a), std::uint8_t(a)};
      make_pattern(4, codes, alphas, solid);
      auto before = make_row(begin, 4 * width, random);
      // Long opaque and transparent stretches, so that a vector is all, partly or not opaque.
      for (std::size_t i = 0; i < width; ++i) {
        const auto kind = random() % 8;
        if (kind != 0) before[begin + 4 * i + alpha_byte] = kind == 1 ? 0 : 255;
      }
      auto drawn = before;
      row_kernels().over(drawn.data() + begin, width, {codes, alpha_byte, std::uint16_t(4 * a)}, solid);
      for (std::size_t i = 0; i < before.size(); ++i) {
        if (i < begin || i >= begin + 4 * width) {
          check_byte(drawn[i], kCanary);
          continue;
        }
        const auto byte = (i - begin) % 4;
        const std::uint64_t ad = before[i - byte + alpha_byte];
        const auto total = 255 * a + ad * (255 - a);
        const auto expected = byte == alpha_byte
                                  ? round_quotient(total, 255)
                                  : round_quotient(255 * codes[byte] * a + before[i] * ad * (255 - a), total);
        check_byte(drawn[i], expected);
      }
    }
  }
}
END_TEST

static Suite* rows_suite() {
  auto* const suite = suite_create("rows");
  auto* const cases = tcase_create("rows");
  tcase_add_test(cases, test_solid_row_rounds_every_sample_colour_and_alpha_exactly);
  tcase_add_loop_test(cases, test_weighted_row_rounds_every_sample_colour_alpha_and_share_exactly, 1, 5);
  tcase_add_test(cases, test_rows_repeat_the_pattern_at_every_step_width_and_alignment);
  tcase_add_test(cases, test_over_rows_composite_at_every_width_and_alignment);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(rows);
