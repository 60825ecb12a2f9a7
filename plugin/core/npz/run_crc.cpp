// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/run_crc.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <span>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sam2::npz {
namespace {

// A register holds a polynomial over GF(2) modulo the CRC's own. Its highest bit is the coefficient of x^0. A byte is
// added to the lowest bits, and the sum is multiplied by x^8. So n equal bytes are an affine map with a fixed point f:
// r becomes (r + f) x^(8n) + f.

using Product = std::uint64_t (*)(std::uint32_t, std::uint32_t);

std::uint64_t multiply_portably(std::uint32_t a, std::uint32_t b) {
  std::uint64_t product = 0;
  for (std::uint64_t shifted = a; b != 0; b >>= 1, shifted <<= 1) product ^= shifted & (0 - std::uint64_t{b & 1});
  return product;
}

#if defined(__x86_64__)
__attribute__((target("pclmul,sse4.1"))) std::uint64_t multiply_by_instruction(std::uint32_t a, std::uint32_t b) {
  const auto product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(a), _mm_cvtsi64_si128(b), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}
#endif

Product find_product() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1")) return multiply_by_instruction;
#endif
  return multiply_portably;
}

class Tables {
 public:
  Tables();

  /// The register `bytes` zero bytes later, for each lowest byte and 1 to 8 bytes.
  std::array<std::array<std::uint32_t, 256>, 8> after;
  /// x^(8n), x^(8n 2^12) and x^(8n 2^22).
  std::array<std::uint32_t, 4096> powers;
  std::array<std::uint32_t, 1024> high_powers;
  std::array<std::uint32_t, 1024> highest_powers;
  std::uint32_t power_of_4_gib;
  std::array<std::uint32_t, 256> fixed_points;
  Product product = find_product();

  [[nodiscard]] std::uint32_t step(std::uint32_t value) const { return after[0][value & 255] ^ value >> 8; }
  [[nodiscard]] std::uint32_t multiply(std::uint32_t a, std::uint32_t b) const {
    const auto both = product(a, b) << 1;
    const auto low = static_cast<std::uint32_t>(both);
    return static_cast<std::uint32_t>(both >> 32) ^ after[3][low & 255] ^ after[2][low >> 8 & 255] ^
           after[1][low >> 16 & 255] ^ after[0][low >> 24];
  }
  /// The register after `count` bytes of `value`.
  [[nodiscard]] std::uint32_t advance(std::uint32_t value, std::uint64_t count, std::uint8_t byte) const;
  [[nodiscard]] std::uint32_t advance(std::uint32_t value, std::span<const std::byte> bytes) const;
};

Tables::Tables() {
  constexpr std::uint32_t kPolynomial = 0xedb88320;
  constexpr std::uint32_t kOne = std::uint32_t{1} << 31;
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    auto value = byte;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (kPolynomial & (0 - (value & 1)));
    after[0][byte] = value;
  }
  for (std::size_t i = 1; i < after.size(); ++i) {
    for (std::size_t byte = 0; byte < 256; ++byte) after[i][byte] = step(after[i - 1][byte]);
  }
  powers[0] = high_powers[0] = highest_powers[0] = kOne;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = step(powers[i - 1]);
  const auto high = step(powers.back());
  for (std::size_t i = 1; i < high_powers.size(); ++i) high_powers[i] = multiply(high_powers[i - 1], high);
  const auto highest = multiply(high_powers.back(), high);
  for (std::size_t i = 1; i < highest_powers.size(); ++i) highest_powers[i] = multiply(highest_powers[i - 1], highest);
  power_of_4_gib = multiply(highest_powers.back(), highest);
  // f = (f + v) x^8, so f = v x^8 / (1 + x^8). The polynomial is primitive, so the power 2^32 - 2 is the inverse.
  auto inverse = kOne;
  auto square = kOne ^ powers[1];
  for (int bit = 1; bit < 32; ++bit) {
    square = multiply(square, square);
    inverse = multiply(inverse, square);
  }
  for (std::size_t byte = 0; byte < 256; ++byte) fixed_points[byte] = multiply(after[0][byte], inverse);
}

std::uint32_t Tables::advance(std::uint32_t value, std::uint64_t count, std::uint8_t byte) const {
  constexpr std::uint64_t kFew = 4;
  if (count <= kFew) {
    for (; count > 0; --count) value = step(value ^ byte);
    return value;
  }
  const auto fixed = fixed_points[byte];
  value ^= fixed;
  value = multiply(value, powers[count & 4095]);
  if (const auto index = count >> 12 & 1023) value = multiply(value, high_powers[index]);
  if (const auto index = count >> 22 & 1023) value = multiply(value, highest_powers[index]);
  for (auto left = count >> 32; left > 0; --left) value = multiply(value, power_of_4_gib);
  return value ^ fixed;
}

std::uint32_t Tables::advance(std::uint32_t value, std::span<const std::byte> bytes) const {
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint32_t sum = 0;
    for (std::size_t k = 0; k < 8; ++k) {
      const auto mixed = std::to_integer<std::uint32_t>(bytes[i + k]) ^ (k < 4 ? value >> (8 * k) & 255 : 0);
      sum ^= after[7 - k][mixed];
    }
    value = sum;
  }
  for (; i < bytes.size(); ++i) value = step(value ^ std::to_integer<std::uint32_t>(bytes[i]));
  return value;
}

}  // namespace

void RunCrc::add(const RunBatch& batch) {
  static const Tables tables;
  if (!batch.bytes.empty()) {
    register_ = tables.advance(register_, batch.bytes);
    return;
  }
  auto value = register_;
  auto begin = batch.begin;
  for (const auto& run : batch.runs) {
    value = tables.advance(value, run.end() - begin, run.value());
    begin = run.end();
  }
  register_ = value;
}

}  // namespace sam2::npz
