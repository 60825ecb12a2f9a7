// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Holds the row kernels of every instruction set that this CPU knows to the formulas, sample by sample.
#include "rows_fixture.hpp"

using namespace sam2::test;

namespace {

/// fill_partial() is not asked to leave samples of covered groups alone.
void keep_weights_positive(const Storage& storage, Pattern& pattern) {
  for (auto& alpha : pattern.alphas) alpha = storage.shift() > 0 ? std::max(alpha, 1U) : alpha;
}

}  // namespace

START_TEST(test_every_8_bit_sample_colour_and_weight_is_rounded_exactly) {
  const Subject subject(_i * int(std::size(kStorages)));
  if (subject.set == nullptr) return;
  std::array<std::uint8_t, 256> row;
  for (unsigned weight = 0; weight <= 1020; ++weight) {
    for (unsigned code = 0; code < 256; ++code) {
      for (const bool solid : {true, false}) {
        if (solid && weight > 255) continue;
        const unsigned full = solid ? 255 : 1020;
        const Pattern pattern{1, {code}, {weight}, 0};
        for (unsigned d = 0; d < 256; ++d) row[d] = std::uint8_t(d);
        const ByteSpan span{0, row.size()};
        (solid ? subject.kernels().fill : subject.kernels().fill_weighted)(row.data(), &span, 1, pattern);
        for (unsigned d = 0; d < 256; ++d) {
          const auto expected = (2 * (d * (full - weight) + code * weight) + full) / (2 * full);
          if (row[d] != expected) {
            fail_unless(false, "%s, d %u, c %u, %u of %u: %d, expected %u", subject.set->name, d, code, weight, full,
                        row[d], expected);
          }
        }
      }
    }
  }
}
END_TEST

START_TEST(test_every_16_bit_sample_is_rounded_exactly) {
  const Subject subject(_i * int(std::size(kStorages)) + 4);
  if (subject.set == nullptr) return;
  std::mt19937 random(3);
  std::vector<std::uint16_t> row(65536);
  for (int turn = 0; turn < 200; ++turn) {
    const std::uint32_t code = turn < 4 ? 65535 * unsigned(turn % 2) : std::uint32_t(random()) % 65536;
    const std::uint32_t weight = turn < 4 ? 1 + 254 * unsigned(turn / 2) : std::uint32_t(random()) % 1021;
    const bool solid = weight <= 255;
    const std::uint64_t full = solid ? 255 : 1020;
    for (std::size_t d = 0; d < row.size(); ++d) row[d] = std::uint16_t(d);
    const ByteSpan span{0, 2 * row.size()};
    auto* const plane = reinterpret_cast<std::uint8_t*>(row.data());
    (solid ? subject.kernels().fill : subject.kernels().fill_weighted)(plane, &span, 1, {1, {code}, {weight}, 0});
    for (std::size_t d = 0; d < row.size(); ++d) {
      const auto expected = round_quotient(d * (full - weight) + code * weight, full);
      if (row[d] != expected) fail_unless(false, "%s, d %zu, c %u, weight %u", subject.set->name, d, code, weight);
    }
  }
}
END_TEST

START_TEST(test_solid_and_weighted_rows_equal_the_formula_at_every_width_and_alignment) {
  const Subject subject(_i);
  if (subject.set == nullptr) return;
  const auto& storage = subject.storage;
  std::mt19937 random(1);
  for (std::size_t width = 1; width <= kWidths; ++width) {
    for (std::size_t begin = 0; begin < kAlignments; ++begin) {
      auto samples = pick_samples(storage, true, random);
      auto pattern = random_pattern(storage, samples, random);
      Row filled(begin, width * samples * storage.bytes(), storage, random);
      blend_expected(filled, storage, pattern, 255, [&](auto, auto sample) { return pattern.alphas[sample]; });
      const auto span = filled.span();
      subject.kernels().fill(filled.drawn.data(), &span, 1, pattern);
      filled.check(subject, "fill", samples);

      samples = pick_samples(storage, false, random);
      pattern = random_pattern(storage, samples, random);
      for (auto& alpha : pattern.alphas) alpha *= 1 + unsigned(random() % 4);
      Row shared(begin, width * samples * storage.bytes(), storage, random);
      blend_expected(shared, storage, pattern, 1020, [&](auto, auto sample) { return pattern.alphas[sample]; });
      const auto part = shared.span();
      subject.kernels().fill_weighted(shared.drawn.data(), &part, 1, pattern);
      shared.check(subject, "fill_weighted", samples);
    }
  }
}
END_TEST

START_TEST(test_covered_rows_equal_the_formula_at_every_width_and_alignment) {
  const Subject subject(_i);
  if (subject.set == nullptr) return;
  const auto& storage = subject.storage;
  std::mt19937 random(4);
  std::vector<std::uint16_t> coverages(kWidths);
  for (std::size_t width = 1; width <= kWidths; ++width) {
    for (std::size_t begin = 0; begin < kAlignments; ++begin) {
      const auto samples = pick_samples(storage, true, random);
      const auto pattern = random_pattern(storage, samples, random);
      for (auto& coverage : coverages) {
        coverage = std::uint16_t(random() % 4 == 0 ? 1020 * (random() % 2) : random() % 1021);
      }
      Row row(begin, width * samples * storage.bytes(), storage, random);
      blend_expected(row, storage, pattern, 255 * 1020,
                     [&](auto group, auto sample) { return pattern.alphas[sample] * coverages[group]; });
      subject.kernels().fill_coverage(row.drawn.data() + begin, width, coverages.data(), pattern);
      row.check(subject, "fill_coverage", samples);
    }
  }
}
END_TEST

START_TEST(test_over_rows_composite_at_every_width_and_alignment) {
  const Subject subject(_i);
  const auto& storage = subject.storage;
  if (subject.set == nullptr || !storage.has_over()) return;
  std::mt19937 random(2);
  const auto size = storage.bytes();
  const std::uint64_t opaque = storage.largest();
  for (std::size_t width = 1; width <= kWidths; ++width) {
    for (std::size_t begin = 0; begin < kAlignments; ++begin) {
      auto pattern = random_pattern(storage, 4, random);
      const std::uint64_t a = random() % 8 == 0 ? 255 : 1 + random() % 254;
      std::fill(std::begin(pattern.alphas), std::end(pattern.alphas), std::uint32_t(a));
      pattern.alpha_sample = std::uint32_t(random() % 4);
      pattern.codes[pattern.alpha_sample] = std::uint32_t(opaque);
      Row row(begin, 4 * width * size, storage, random);
      // Long opaque and transparent stretches, so that a vector is all, partly or not opaque.
      for (std::size_t i = 0; i < width; ++i) {
        auto* const alpha = row.drawn.data() + begin + (4 * i + pattern.alpha_sample) * size;
        const auto kind = random() % 8;
        if (kind != 0) write(storage, alpha, kind == 1 ? 0 : opaque);
      }
      row.before = row.expected = row.drawn;
      for (std::size_t i = 0; i < width; ++i) {
        auto* const group = row.expected.data() + begin + 4 * i * size;
        const std::uint64_t ad = read(storage, group + pattern.alpha_sample * size);
        const auto total = opaque * a + ad * (255 - a);
        for (std::size_t sample = 0; sample < 4; ++sample) {
          auto* const at = group + sample * size;
          const auto value =
              sample == pattern.alpha_sample
                  ? round_quotient(total, 255)
                  : round_quotient(pattern.codes[sample] * opaque * a + read(storage, at) * ad * (255 - a), total);
          write(storage, at, value);
        }
      }
      const auto span = row.span();
      subject.kernels().over(row.drawn.data(), &span, 1, pattern);
      row.check(subject, "over", 4);
    }
  }
}
END_TEST

START_TEST(test_runs_of_one_call_are_all_drawn) {
  const Subject subject(_i);
  if (subject.set == nullptr) return;
  std::mt19937 random(5);
  const auto& storage = subject.storage;
  Row row(3, 4096 * storage.bytes(), storage, random);
  const Pattern pattern{1, {7}, {255}, 0};
  std::vector<ByteSpan> spans;
  for (std::size_t first = 0; first + 300 < 4096;) {
    const std::size_t width = 1 + random() % 280;
    const auto begin = 3 + first * storage.bytes();
    spans.push_back({std::ptrdiff_t(begin), width * storage.bytes()});
    for (std::size_t i = 0; i < width; ++i) write(storage, row.expected.data() + begin + i * storage.bytes(), 7);
    first += width + random() % 20;
  }
  subject.kernels().fill(row.drawn.data(), spans.data(), spans.size(), pattern);
  row.check(subject, "fill", 1);
}
END_TEST

START_TEST(test_blocks_equal_the_formula_at_every_alignment_and_may_overlap) {
  const Subject subject(_i);
  if (subject.set == nullptr) return;
  const auto& storage = subject.storage;
  std::mt19937 random(6);
  for (int turn = 0; turn < 40; ++turn) {
    for (std::size_t begin = 0; begin < kAlignments; ++begin) {
      const std::uint32_t samples = 1 + std::uint32_t(random() % 2);
      auto pattern = random_pattern(storage, samples, random);
      if (turn % 4 == 0) pattern.alphas[0] = pattern.alphas[1] = 255;
      keep_weights_positive(storage, pattern);
      const auto group_bytes = samples * storage.bytes();
      Row row(begin, 40 * group_bytes, storage, random);
      std::vector<Block> blocks;
      std::array<unsigned, 40> quarters{};
      // Each group is covered by one block at most, but lies in several.
      for (std::size_t first = 0; first + kBlockGroups <= quarters.size(); first += random() % kBlockGroups) {
        std::array<std::uint8_t, kBlockGroups> of_block{};
        for (std::size_t i = 0; i < kBlockGroups; ++i) {
          if (quarters[first + i] != 0 || random() % 3 == 0) continue;
          quarters[first + i] = of_block[i] = std::uint8_t(random() % 5);
        }
        blocks.push_back({std::ptrdiff_t(begin + first * group_bytes), std::bit_cast<std::uint64_t>(of_block)});
      }
      blend_expected(row, storage, pattern, 1020,
                     [&](auto group, auto sample) { return pattern.alphas[sample] * quarters[group]; });
      subject.kernels().fill_partial(row.drawn.data(), blocks.data(), blocks.size(), pattern);
      row.check(subject, "fill_partial", samples);
    }
  }
}
END_TEST

START_TEST(test_every_8_bit_sample_colour_and_alpha_is_rounded_exactly_in_blocks) {
  const Subject subject(_i * int(std::size(kStorages)));
  if (subject.set == nullptr) return;
  for (unsigned alpha = 0; alpha < 256; ++alpha) {
    for (unsigned code = 0; code < 256; code += alpha % 4 == 3 ? 1 : 5) {
      for (unsigned quarters = 1; quarters <= 4; ++quarters) {
        std::array<std::uint8_t, 256> row;
        for (unsigned d = 0; d < 256; ++d) row[d] = std::uint8_t(d);
        std::array<Block, 256 / kBlockGroups> blocks;
        for (std::size_t i = 0; i < blocks.size(); ++i) {
          blocks[i] = {std::ptrdiff_t(i * kBlockGroups), 0x0101010101010101U * quarters};
        }
        subject.kernels().fill_partial(row.data(), blocks.data(), blocks.size(), {1, {code}, {alpha}, 0});
        const auto weight = alpha * quarters;
        for (unsigned d = 0; d < 256; ++d) {
          if (row[d] == round_quotient(d * (1020 - weight) + code * weight, 1020)) continue;
          fail_unless(false, "%s, d %u, c %u, A %u, %u quarters: %d", subject.set->name, d, code, alpha, quarters,
                      row[d]);
        }
      }
    }
  }
}
END_TEST

START_TEST(test_rows_of_spans_are_clipped_and_equal_runs) {
  const Subject subject(_i);
  if (subject.set == nullptr) return;
  const auto& storage = subject.storage;
  std::mt19937 random(7);
  constexpr std::int32_t kWidth = 150;
  for (int turn = 0; turn < 400; ++turn) {
    const auto samples = pick_samples(storage, true, random);
    auto pattern = random_pattern(storage, samples, random);
    const bool is_over = samples == 4 && storage.has_over();
    if (is_over) {
      std::fill(std::begin(pattern.alphas), std::end(pattern.alphas), 1 + std::uint32_t(random() % 255));
    }
    const auto step = samples * storage.bytes();
    const auto stride = kWidth * step + random() % 100;
    constexpr std::size_t kRows = 6;
    Row row(random() % kAlignments, kRows * stride, storage, random);
    std::vector<sam2::runs::Span> spans;
    std::vector<std::uint32_t> ends;
    std::vector<ByteSpan> clipped;
    // The first spans are of a row before those that are drawn.
    for (std::int32_t y = -1; y < std::int32_t(kRows); ++y) {
      for (auto x = std::int32_t(random() % 40) - 80; x < kWidth + 40 && random() % 8 != 0;) {
        const auto end = x + 1 + std::int32_t(random() % (random() % 4 == 0 ? 150 : 9));
        spans.push_back({x, end});
        const auto left = std::clamp(x, 0, kWidth);
        const auto right = std::clamp(end, 0, kWidth);
        if (y >= 0 && left < right) {
          clipped.push_back({std::ptrdiff_t(row.begin + std::size_t(y) * stride + std::size_t(left) * step),
                             std::size_t(right - left) * step});
        }
        x = end + 1 + std::int32_t(random() % 60);
      }
      ends.push_back(std::uint32_t(spans.size()));
    }
    const SpanRows rows{
        row.drawn.data() + row.begin, std::ptrdiff_t(stride), step, kWidth, kRows, spans.data(), ends[0], &ends[1]};
    const auto& kernels = subject.kernels();
    (is_over ? kernels.over : kernels.fill)(row.expected.data(), clipped.data(), clipped.size(), pattern);
    (is_over ? kernels.over_rows : kernels.fill_rows)(rows, pattern);
    row.check(subject, is_over ? "over_rows" : "fill_rows", samples);
  }
}
END_TEST

static Suite* rows_suite() {
  auto* const suite = suite_create("rows");
  auto* const cases = tcase_create("rows");
  for (const auto* const set : kernel_sets()) std::cout << "testing the " << set->name << " kernels" << std::endl;
  tcase_add_loop_test(cases, test_every_8_bit_sample_colour_and_weight_is_rounded_exactly, 0, 3);
  tcase_add_loop_test(cases, test_every_16_bit_sample_is_rounded_exactly, 0, 3);
  tcase_add_loop_test(cases, test_solid_and_weighted_rows_equal_the_formula_at_every_width_and_alignment, 0, kLoops);
  tcase_add_loop_test(cases, test_covered_rows_equal_the_formula_at_every_width_and_alignment, 0, kLoops);
  tcase_add_loop_test(cases, test_over_rows_composite_at_every_width_and_alignment, 0, kLoops);
  tcase_add_loop_test(cases, test_runs_of_one_call_are_all_drawn, 0, kLoops);
  tcase_add_loop_test(cases, test_blocks_equal_the_formula_at_every_alignment_and_may_overlap, 0, kLoops);
  tcase_add_loop_test(cases, test_every_8_bit_sample_colour_and_alpha_is_rounded_exactly_in_blocks, 0, 3);
  tcase_add_loop_test(cases, test_rows_of_spans_are_clipped_and_equal_runs, 0, kLoops);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(rows);
