// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Rows of noise in each way to store samples, for the tests of the row kernels of every instruction set that this CPU
// knows.
#pragma once

#include "composite/rows.hpp"
#include "support/gst_check.hpp"

namespace sam2::test {

using namespace composite;

inline constexpr std::uint8_t kCanary = 0x88;
inline constexpr std::size_t kWidths = 130;
inline constexpr std::size_t kAlignments = 64;

struct Storage {
  const char* name;
  SampleType type;
  int depth;

  std::size_t bytes() const { return type == SampleType::Byte ? 1 : 2; }
  bool is_swapped = false;
  int unused_bits = 0;

  int shift() const { return unused_bits; }
  /// Formats with alpha in their groups have samples of 8, 12 high or 16 bits.
  bool has_over() const { return depth + unused_bits == int(8 * bytes()) && depth != 10; }
  unsigned largest() const { return (1U << depth) - 1; }
};

inline constexpr Storage kStorages[] = {{"8 bits", SampleType::Byte, 8},
                                        {"10 bits", SampleType::Word, 10},
                                        {"high 10 bits", SampleType::HighTen, 10, false, 6},
                                        {"high 12 bits", SampleType::HighTwelve, 12, false, 4},
                                        {"16 bits", SampleType::Word, 16},
                                        {"swapped 10 bits", SampleType::SwappedWord, 10, true},
                                        {"swapped high 10 bits", SampleType::SwappedHighTen, 10, true, 6},
                                        {"swapped high 12 bits", SampleType::SwappedHighTwelve, 12, true, 4},
                                        {"swapped 16 bits", SampleType::SwappedWord, 16, true}};

/// The loop index of a test stands for a kernel set that may run here and a way to store samples.
inline constexpr int kLoops = 3 * int(std::size(kStorages));

struct Subject {
  const KernelSet* set = nullptr;
  Storage storage;

  explicit Subject(int index) : storage(kStorages[std::size_t(index) % std::size(kStorages)]) {
    const auto number = std::size_t(index) / std::size(kStorages);
    if (number < kernel_sets().size()) set = kernel_sets()[number];
  }
  const RowKernels& kernels() const { return set->of[std::size_t(storage.type)]; }
};

inline std::uint64_t round_quotient(std::uint64_t numerator, std::uint64_t denominator) {
  return (2 * numerator + denominator) / (2 * denominator);
}

inline unsigned read(const Storage& storage, const std::uint8_t* at) {
  const auto word = storage.is_swapped ? at[1] + 256U * at[0] : at[0] + 256U * at[1];
  return (storage.bytes() == 1 ? at[0] : word) >> storage.shift();
}

inline void write(const Storage& storage, std::uint8_t* at, std::uint64_t value) {
  value <<= storage.shift();
  at[storage.is_swapped ? 1 : 0] = std::uint8_t(value);
  if (storage.bytes() == 2) at[storage.is_swapped ? 0 : 1] = std::uint8_t(value >> 8);
}

inline Pattern random_pattern(const Storage& storage, std::uint32_t samples, std::mt19937& random) {
  Pattern pattern{};
  pattern.samples = samples;
  for (std::size_t i = 0; i < 4; ++i) {
    pattern.codes[i] = std::uint32_t(random()) & storage.largest();
    pattern.alphas[i] = random() % 4 == 0 ? 255 * (random() % 2) : random() % 256;
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
      before[begin + i + (storage.is_swapped ? 1 : 0)] = std::uint8_t(value);
      if (storage.bytes() == 2) before[begin + i + (storage.is_swapped ? 0 : 1)] = std::uint8_t(value >> 8);
    }
    expected = before;
    drawn = before;
  }
  ByteSpan span() const { return {std::ptrdiff_t(begin), bytes}; }

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

inline std::uint32_t pick_samples(const Storage& storage, bool with_three, std::mt19937& random) {
  const std::uint32_t samples = 1 + std::uint32_t(random() % 4);
  return samples == 3 && !(with_three && storage.type == SampleType::Byte) ? 4 : samples;
}

}  // namespace sam2::test
