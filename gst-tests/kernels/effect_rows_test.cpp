// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Holds the row kernels that only effects use to the formulas, sample by sample, for every instruction set that this
// CPU knows.
#include "rows_fixture.hpp"

using namespace sam2::test;

START_TEST(test_samples_are_added_at_every_width) {
  const Subject subject(_i);
  if (subject.set == nullptr) return;
  const auto& storage = subject.storage;
  std::mt19937 random{unsigned(_i)};
  for (std::size_t width = 0; width <= kWidths; ++width) {
    const Row row(random() % kAlignments * storage.bytes(), width * storage.bytes(), storage, random);
    std::vector<std::uint32_t> sums(width + 32, 77);
    for (std::size_t i = 0; i < width; ++i) sums[i] = std::uint32_t(random() % (1U << 30));
    auto expected = sums;
    for (std::size_t i = 0; i < width; ++i) {
      expected[i] += read(storage, row.before.data() + row.begin + i * storage.bytes());
    }
    subject.kernels().add_samples(row.before.data() + row.begin, width, sums.data());
    fail_unless(sums == expected, "%s, %s: %zu samples", subject.set->name, storage.name, width);
  }
}
END_TEST

START_TEST(test_lines_are_mixed_at_every_width_and_alignment) {
  const Subject subject(_i);
  if (subject.set == nullptr) return;
  const auto& storage = subject.storage;
  std::mt19937 random{unsigned(_i)};
  std::uniform_real_distribution<float> value(0.5F, float(storage.largest()) + 0.5F);
  for (std::size_t width = 0; width <= kWidths; ++width) {
    Row row(random() % kAlignments * storage.bytes(), width * storage.bytes(), storage, random);
    const auto weight = width % 9 == 0 ? 1.0F : float(random() % 1000) / 1000;
    std::vector<float> upper(width);
    std::vector<float> lower(width);
    for (std::size_t i = 0; i < width; ++i) {
      upper[i] = value(random);
      lower[i] = value(random);
      // Each step is rounded by itself, in every set.
      const volatile float difference = lower[i] - upper[i];
      const volatile float part = difference * weight;
      write(storage, row.expected.data() + row.begin + i * storage.bytes(), std::uint64_t(upper[i] + part));
    }
    subject.kernels().mix_lines(upper.data(), lower.data(), weight, width, row.drawn.data() + row.begin);
    row.check(subject, "mix_lines", 1);
  }
}
END_TEST

START_TEST(test_blocks_are_spread_at_every_width) {
  const Subject subject(_i);
  if (subject.set == nullptr) return;
  std::mt19937 random{unsigned(_i)};
  std::uniform_real_distribution<float> value(0, 65536);
  std::vector<float> blocks(40);
  for (auto& block : blocks) block = value(random);
  for (std::size_t width = 0; width <= kWidths; ++width) {
    const std::size_t samples = 1 + random() % 4;
    // Some blocks have no groups.
    std::vector<std::int32_t> ends(9);
    for (auto& end : ends) end = std::int32_t(random() % (width + 1));
    std::sort(ends.begin(), ends.end());
    ends.back() = std::int32_t(width);
    std::vector<float> fractions(width * samples + kSpreadPadding, 0);
    std::vector<float> values(width * samples + kSpreadPadding, -1);
    std::vector<float> expected;
    for (std::size_t group = 0; group < width; ++group) {
      std::size_t block = 0;
      while (std::size_t(ends[block]) <= group) ++block;
      for (std::size_t i = 0; i < samples; ++i) {
        const auto fraction = fractions[group * samples + i] = value(random) / 65536;
        const auto from = blocks[block * samples + i];
        const volatile float difference = blocks[(block + 1) * samples + i] - from;
        const volatile float part = difference * fraction;
        expected.push_back(from + part);
      }
    }
    subject.kernels().spread_blocks(blocks.data(), samples, ends.data(), ends.size(), fractions.data(), values.data());
    values.resize(expected.size());
    fail_unless(values == expected, "%s: %zu groups of %zu", subject.set->name, width, samples);
  }
}
END_TEST

START_TEST(test_groups_are_mixed_with_their_luma_at_every_width_and_alignment) {
  const Subject subject(_i);
  if (subject.set == nullptr) return;
  const auto& storage = subject.storage;
  std::mt19937 random{unsigned(_i)};
  for (std::size_t width = 1; width <= kWidths; ++width) {
    const std::uint32_t samples = 3 + std::uint32_t(random() % 2);
    // In groups of four, one sample is no colour; its place varies.
    const auto other = samples == 4 ? random() % 4 : 4;
    LumaMix mix{samples, {}, {}};
    std::uint32_t left = 65536;
    std::size_t last = 0;
    for (std::size_t i = 0; i < samples; ++i) {
      if (i == other) continue;
      mix.weights[i] = std::uint32_t(random()) % (left + 1);
      left -= mix.weights[i];
      mix.alphas[i] = random() % 4 == 0 ? 255 * (random() % 2) : random() % 256;
      last = i;
    }
    mix.weights[last] += left;
    Row row(random() % kAlignments, width * samples * storage.bytes(), storage, random);
    for (std::size_t group = 0; group < width; ++group) {
      auto* const first = row.expected.data() + row.begin + group * samples * storage.bytes();
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < samples; ++i) {
        sum += std::uint64_t{mix.weights[i]} * read(storage, first + i * storage.bytes());
      }
      const auto luma = round_quotient(sum, 65536);
      for (std::size_t i = 0; i < samples; ++i) {
        auto* const at = first + i * storage.bytes();
        const std::uint64_t alpha = mix.alphas[i];
        if (alpha > 0) write(storage, at, round_quotient(read(storage, at) * (255 - alpha) + luma * alpha, 255));
      }
    }
    const auto span = row.span();
    subject.kernels().mix_luma(row.drawn.data(), &span, 1, mix);
    row.check(subject, "mix_luma", samples);
  }
}
END_TEST

static Suite* effect_rows_suite() {
  auto* const suite = suite_create("effect_rows");
  auto* const cases = tcase_create("rows");
  tcase_add_loop_test(cases, test_samples_are_added_at_every_width, 0, kLoops);
  tcase_add_loop_test(cases, test_lines_are_mixed_at_every_width_and_alignment, 0, kLoops);
  tcase_add_loop_test(cases, test_blocks_are_spread_at_every_width, 0, kLoops);
  tcase_add_loop_test(cases, test_groups_are_mixed_with_their_luma_at_every_width_and_alignment, 0, kLoops);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(effect_rows);
