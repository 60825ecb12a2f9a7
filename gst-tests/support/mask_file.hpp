// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "support/files.hpp"

namespace sam2::test {

/// One array as NumPy would save it: version 1.0, C order.
struct Array {
  std::string name;
  std::string descr;
  std::vector<std::size_t> shape;
  std::string data;
};

template <typename Number>
Array make_array(std::string name, std::string descr, std::vector<std::size_t> shape,
                 const std::vector<Number>& values) {
  std::string data(values.size() * sizeof(Number), '\0');
  if (!values.empty()) std::memcpy(data.data(), values.data(), data.size());
  return {std::move(name), std::move(descr), std::move(shape), std::move(data)};
}

inline Array int64_array(std::string name, const std::vector<std::int64_t>& values) {
  return make_array(std::move(name), "<i8", {values.size()}, values);
}

/// 0-d.
inline Array double_scalar(std::string name, double value) {
  return make_array(std::move(name), "<f8", {}, std::vector<double>{value});
}

/// A list of text: four bytes a character.
inline Array text_array(std::string name, const std::vector<std::u32string>& texts) {
  std::size_t longest = 1;
  for (const auto& text : texts) longest = std::max(longest, text.size());
  std::vector<std::uint32_t> characters;
  for (const auto& text : texts) {
    for (std::size_t i = 0; i < longest; ++i) characters.push_back(i < text.size() ? text[i] : 0);
  }
  return make_array(std::move(name), "<U" + std::to_string(longest), {texts.size()}, characters);
}

/// Masks of shape (T,N,H,W), uint8, from `inside(t, n, y, x)`.
template <typename Inside>
Array mask_array(std::size_t frames, std::size_t objects, std::size_t height, std::size_t width, Inside inside) {
  Array array{"masks", "|u1", {frames, objects, height, width}, {}};
  array.data.reserve(frames * objects * height * width);
  for (std::size_t t = 0; t < frames; ++t)
    for (std::size_t n = 0; n < objects; ++n)
      for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x) array.data.push_back(inside(t, n, y, x) ? '\1' : '\0');
  return array;
}

/// A picture without symmetry or period, so that masks of it that are sampled wrongly look wrong.
inline bool in_pattern(std::size_t y, std::size_t x) {
  return (7 * x + 13 * y + x * y) % 5 < 2;
}

inline void put_little_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

inline std::string npy_bytes(const Array& array) {
  std::string shape;
  for (const auto size : array.shape) shape += std::to_string(size) + ", ";
  std::string header = "{'descr': '" + array.descr + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 10 - 1, ' ');
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  put_little_endian(out, header.size(), 2);
  return out + header + array.data;
}

inline std::uint32_t crc32_of(const std::string& bytes) {
  static constexpr auto kOfByte = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
      auto crc = byte;
      for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0U);
      table[byte] = crc;
    }
    return table;
  }();
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char byte : bytes) crc = crc >> 8 ^ kOfByte[(crc ^ static_cast<std::uint8_t>(byte)) & 255];
  return ~crc;
}

/// Writes a stored .npz.
inline void write_npz(const std::string& path, const std::vector<Array>& arrays) {
  std::string out;
  std::string directory;
  for (const auto& array : arrays) {
    const auto data = npy_bytes(array);
    const auto name = array.name + ".npy";
    std::string common;
    put_little_endian(common, 20, 2);             // version needed
    put_little_endian(common, 0, 2 + 2 + 2 + 2);  // flags, stored, time, date
    put_little_endian(common, crc32_of(data), 4);
    put_little_endian(common, data.size(), 4);
    put_little_endian(common, data.size(), 4);
    put_little_endian(common, name.size(), 2);
    put_little_endian(common, 0, 2);  // no extra field
    directory += std::string("PK\x01\x02\x14\x00", 6) + common;
    put_little_endian(directory, 0, 2 + 2 + 2);  // comment, disk, internal attributes
    put_little_endian(directory, 0, 4);          // external attributes
    put_little_endian(directory, out.size(), 4);
    directory += name;
    out += std::string("PK\x03\x04", 4) + common + name + data;
  }
  const auto begin = out.size();
  out += directory + std::string("PK\x05\x06", 4);
  put_little_endian(out, 0, 4);
  put_little_endian(out, arrays.size(), 2);
  put_little_endian(out, arrays.size(), 2);
  put_little_endian(out, directory.size(), 4);
  put_little_endian(out, begin, 4);
  put_little_endian(out, 0, 2);
  std::ofstream(path, std::ios::binary) << out;
}

inline void write_npy(const std::string& path, const Array& array) {
  std::ofstream(path, std::ios::binary) << npy_bytes(array);
}

/// A picture in letters as masks: one object per letter from 'A' on, two frames alike (a lone frame would be a still).
inline Array picture_masks(const std::vector<std::string>& rows, std::size_t objects = 1) {
  return mask_array(2, objects, rows.size(), rows.front().size(), [&](auto, auto n, auto y, auto x) {
    return rows[y][x] == static_cast<char>('A' + static_cast<int>(n));
  });
}

/// Names and values of properties, as gst-launch takes them.
using Properties = std::vector<std::pair<std::string, std::string>>;

/// Properties for tests that show frames in any order: the first one that comes is not the first one of the stream.
inline Properties in_any_order(Properties properties) {
  properties.emplace_back("time-origin", "stream");
  return properties;
}

/// A mask file of its own, and the properties that play it.
class MaskFile {
 public:
  explicit MaskFile(const std::vector<Array>& arrays) { write_npz(path(), arrays); }

  [[nodiscard]] std::string path() const { return directory_.file("masks.npz"); }
  [[nodiscard]] Properties with(Properties more, const std::string& axes = "TNHW") const {
    more.insert(more.begin(), {{"location", path()}, {"axes", axes}});
    return more;
  }

 private:
  TemporaryDirectory directory_;
};

}  // namespace sam2::test
