// SPDX-License-Identifier: LGPL-2.1-or-later
// Holds the row kernels of every instruction set that this CPU knows to the formulas, sample by sample.
#include "composite/rows.hpp"

#include "support/gst_check.hpp"

using namespace sam2::composite;

namespace {

constexpr std::uint8_t kCanary = 0x88;
constexpr std::size_t kWidths = 130;
constexpr std::size_t kAlignments = 64;

struct Storage {
  const char* name;
  SampleType type;
  int depth;

  std::size_t bytes() const { return type == SampleType::Byte ? 1 : 2; }
  int shift() const { return type == SampleType::HighTen ? 6 : 0; }
  unsigned largest() const { return (1U << depth) - 1; }
};

constexpr Storage kStorages[] = {{"8 bits", SampleType::Byte, 8},
                                 {"10 bits", SampleType::Word, 10},
                                 {"high 10 bits", SampleType::HighTen, 10},
                                 {"16 bits", SampleType::Word, 16}};

/// The loop index of a test stands for a kernel set that may run here and a way to store samples.
constexpr int kLoops = 3 * int(std::size(kStorages));

struct Subject {
  const KernelSet* set = nullptr;
  Storage storage;

  explicit Subject(int index) : storage(kStorages[std::size_t(index) % std::size(kStorages)]) {
    const auto number = std::size_t(index) / std::size(kStorages);
    if (number < kernel_sets().size()) set = kernel_sets()[number];
  }
  const RowKernels& kernels() const { return set->of[std::size_t(storage.type)]; }
};

std::uint64_t round_quotient(std::uint64_t numerator, std::uint64_t denominator) {
  return (2 * numerator + denominator) / (2 * denominator);
}

unsigned read(const Storage& storage, const std::uint8_t* at) {
  return (storage.bytes() == 1 ? at[0] : at[0] + 256U * at[1]) >> storage.shift();
}

void write(const Storage& storage, std::uint8_t* at, std::uint64_t value) {
  value <<= storage.shift();
  at[0] = std::uint8_t(value);
  if (storage.bytes() == 2) at[1] = std::uint8_t(value >> 8);
}

Pattern random_pattern(const Storage& storage, std::uint32_t samples, std::mt19937& random) {
  Pattern pattern{};
  pattern.samples = samples;
  for (std::size_t i = 0; i < 4; ++i) {
    pattern.codes[i] = std::uint32_t(random()) & storage.largest();
    pattern.alphas[i] = random() % 4 == 0 ? 255 * (random() % 2) : random() % 256;
    if (samples == 3) pattern.alphas[i] = pattern.alphas[0];
  }
  return pattern;
}

/// Rows with noise in `bytes` bytes from `begin` on, guards around, and what a kernel makes of them.
struct Row {
  std::vector<std::uint8_t> before;
  std::vector<std::uint8_t> expected;
  std::vector<std::uint8_t> drawn;
  std::size_t begin;
  std::size_t bytes;

  Row(std::size_t begin_, std::size_t bytes_, const Storage& storage, std::mt19937& random)
      : before(begin_ + bytes_ + 128, kCanary), begin(begin_), bytes(bytes_) {
    for (std::size_t i = 0; i < bytes; i += storage.bytes()) {
      const auto noise = random() % 8 == 0 ? std::uint32_t(-1) * (random() % 2) : std::uint32_t(random());
      const auto value = noise & ((1U << (storage.depth + storage.shift())) - 1);
      before[begin + i] = std::uint8_t(value);
      if (storage.bytes() == 2) before[begin + i + 1] = std::uint8_t(value >> 8);
    }
    expected = before;
    drawn = before;
  }
  Run run() const { return {std::ptrdiff_t(begin), bytes}; }

  void check(const Subject& subject, const char* kernel, std::size_t samples) const {
    if (drawn == expected) return;
    const auto at = std::size_t(std::mismatch(drawn.begin(), drawn.end(), expected.begin()).first - drawn.begin());
    fail_unless(false, "%s %s, %s: %zu bytes in groups of %zu from byte %zu: byte %zu was %d, is %d, expected %d",
                subject.set->name, kernel, subject.storage.name, bytes, samples, begin, at, before[at], drawn[at],
                expected[at]);
  }
};

/// Blends each sample of a row's expectation with its share of the code, of `full`.
template <typename Weight>
void blend_expected(Row& row, const Storage& storage, const Pattern& pattern, std::uint64_t full, Weight weight) {
  for (std::size_t i = 0; i < row.bytes / storage.bytes(); ++i) {
    auto* const at = row.expected.data() + row.begin + i * storage.bytes();
    const auto sample = i % pattern.samples;
    const std::uint64_t w = weight(i / pattern.samples, sample);
    const auto value = round_quotient(read(storage, at) * (full - w) + pattern.codes[sample] * w, full);
    // What has no weight keeps the bits that are not the sample's.
    if (w > 0 || storage.shift() == 0) write(storage, at, value);
  }
}

std::uint32_t pick_samples(const Storage& storage, bool with_three, std::mt19937& random) {
  const std::uint32_t samples = 1 + std::uint32_t(random() % 4);
  return samples == 3 && !(with_three && storage.type == SampleType::Byte) ? 4 : samples;
}

/// Weights of 0 with bits below the samples are not asked for.
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
        const Run run{0, row.size()};
        (solid ? subject.kernels().solid : subject.kernels().weighted)(row.data(), &run, 1, pattern);
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
  const Subject subject(_i * int(std::size(kStorages)) + 3);
  if (subject.set == nullptr) return;
  std::mt19937 random(3);
  std::vector<std::uint16_t> row(65536);
  for (int turn = 0; turn < 200; ++turn) {
    const std::uint32_t code = turn < 4 ? 65535 * unsigned(turn % 2) : std::uint32_t(random()) % 65536;
    const std::uint32_t weight = turn < 4 ? 1 + 254 * unsigned(turn / 2) : std::uint32_t(random()) % 1021;
    const bool solid = weight <= 255;
    const std::uint64_t full = solid ? 255 : 1020;
    for (std::size_t d = 0; d < row.size(); ++d) row[d] = std::uint16_t(d);
    const Run run{0, 2 * row.size()};
    auto* const plane = reinterpret_cast<std::uint8_t*>(row.data());
    (solid ? subject.kernels().solid : subject.kernels().weighted)(plane, &run, 1, {1, {code}, {weight}, 0});
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
      keep_weights_positive(storage, pattern);
      Row filled(begin, width * samples * storage.bytes(), storage, random);
      blend_expected(filled, storage, pattern, 255, [&](auto, auto sample) { return pattern.alphas[sample]; });
      const auto run = filled.run();
      subject.kernels().solid(filled.drawn.data(), &run, 1, pattern);
      filled.check(subject, "solid", samples);

      samples = pick_samples(storage, false, random);
      pattern = random_pattern(storage, samples, random);
      keep_weights_positive(storage, pattern);
      for (auto& alpha : pattern.alphas) alpha *= 1 + unsigned(random() % 4);
      Row shared(begin, width * samples * storage.bytes(), storage, random);
      blend_expected(shared, storage, pattern, 1020, [&](auto, auto sample) { return pattern.alphas[sample]; });
      const auto part = shared.run();
      subject.kernels().weighted(shared.drawn.data(), &part, 1, pattern);
      shared.check(subject, "weighted", samples);
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
      subject.kernels().covered(row.drawn.data() + begin, width, coverages.data(), pattern);
      row.check(subject, "covered", samples);
    }
  }
}
END_TEST

START_TEST(test_over_rows_composite_at_every_width_and_alignment) {
  const Subject subject(_i);
  const auto& storage = subject.storage;
  const bool exists = storage.type == SampleType::Byte || storage.depth == 16;
  if (subject.set == nullptr || !exists) return;
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
      const auto run = row.run();
      subject.kernels().over(row.drawn.data(), &run, 1, pattern);
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
  std::vector<Run> runs;
  for (std::size_t first = 0; first + 300 < 4096;) {
    const std::size_t width = 1 + random() % 280;
    const auto begin = 3 + first * storage.bytes();
    runs.push_back({std::ptrdiff_t(begin), width * storage.bytes()});
    for (std::size_t i = 0; i < width; ++i) write(storage, row.expected.data() + begin + i * storage.bytes(), 7);
    first += width + random() % 20;
  }
  subject.kernels().solid(row.drawn.data(), runs.data(), runs.size(), pattern);
  row.check(subject, "solid", 1);
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
      subject.kernels().blocks(row.drawn.data(), blocks.data(), blocks.size(), pattern);
      row.check(subject, "blocks", samples);
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
        subject.kernels().blocks(row.data(), blocks.data(), blocks.size(), {1, {code}, {alpha}, 0});
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
    const bool is_over = samples == 4 && storage.type != SampleType::HighTen;
    if (is_over) {
      std::fill(std::begin(pattern.alphas), std::end(pattern.alphas), 1 + std::uint32_t(random() % 255));
    }
    const auto step = samples * storage.bytes();
    const auto stride = kWidth * step + random() % 100;
    constexpr std::size_t kRows = 6;
    Row row(random() % kAlignments, kRows * stride, storage, random);
    std::vector<sam2::runs::Span> spans;
    std::vector<std::uint32_t> ends;
    std::vector<Run> runs;
    // The first spans are of a row before those that are drawn.
    for (std::int32_t y = -1; y < std::int32_t(kRows); ++y) {
      for (auto x = std::int32_t(random() % 40) - 80; x < kWidth + 40 && random() % 8 != 0;) {
        const auto end = x + 1 + std::int32_t(random() % (random() % 4 == 0 ? 150 : 9));
        spans.push_back({x, end});
        const auto left = std::clamp(x, 0, kWidth);
        const auto right = std::clamp(end, 0, kWidth);
        if (y >= 0 && left < right) {
          runs.push_back({std::ptrdiff_t(row.begin + std::size_t(y) * stride + std::size_t(left) * step),
                          std::size_t(right - left) * step});
        }
        x = end + 1 + std::int32_t(random() % 60);
      }
      ends.push_back(std::uint32_t(spans.size()));
    }
    const SpanRows rows{
        row.drawn.data() + row.begin, std::ptrdiff_t(stride), step, kWidth, kRows, spans.data(), ends[0], &ends[1]};
    const auto& kernels = subject.kernels();
    (is_over ? kernels.over : kernels.solid)(row.expected.data(), runs.data(), runs.size(), pattern);
    (is_over ? kernels.over_rows : kernels.solid_rows)(rows, pattern);
    row.check(subject, is_over ? "over_rows" : "solid_rows", samples);
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
