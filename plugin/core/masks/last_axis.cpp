// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/last_axis.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "masks/span_overlap.hpp"
#include "npz/element_values.hpp"
#include "npz/small_array.hpp"

namespace sam2::masks {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kMostBytes = std::uint64_t{32} << 20;
constexpr std::chrono::milliseconds kLongest{100};

/// Elements that are set, and how many runs they form along each of the last two axes.
struct Evidence {
  std::uint64_t set = 0;
  std::uint64_t runs_along_last = 0;
  std::uint64_t runs_along_second = 0;
};

/// Channels of pictures: red, green and blue, or grey; then perhaps alpha.
struct Channels {
  bool has_object = false;        ///< a value other than 0 in front of alpha
  bool are_equal = true;          ///< the channels in front of alpha agree everywhere
  bool is_alpha_constant = true;  ///< and not 0
  bool are_truths = true;         ///< bytes: all values are 0 or 1
  bool are_masks = true;          ///< bytes: all values are 0 or 255, and one channel at most is not 0

  void add(std::span<const std::byte> pixel, std::span<const std::byte> first, std::size_t size) {
    const auto count = pixel.size() / size;
    const auto colors = count - (count % 2 == 0 ? 1 : 0);
    const auto channel = [&](std::size_t i) { return pixel.subspan(i * size, size); };
    const auto is_zero = [](std::span<const std::byte> element) {
      return std::ranges::all_of(element, [](std::byte byte) { return byte == std::byte{0}; });
    };
    int set = 0;
    for (std::size_t i = 0; i < colors; ++i) {
      set += is_zero(channel(i)) ? 0 : 1;
      are_equal &= std::ranges::equal(channel(i), channel(0));
      const auto value = std::to_integer<int>(channel(i)[0]);
      are_truths &= value <= 1;
      are_masks &= value == 0 || value == 255;
    }
    has_object |= set > 0;
    are_masks &= set <= 1;
    if (colors < count) {
      is_alpha_constant &=
          !is_zero(channel(colors)) && std::ranges::equal(channel(colors), first.subspan(colors * size));
    }
  }
};

bool is_byte_type(const npz::NpyHeader& header) {
  return header.type.kind == npz::ElementKind::Unsigned && header.type.size == 1;
}

/// Pictures have three or four channels, and bytes with alpha two.
bool may_have_channels(const npz::NpyHeader& header) {
  const auto channels = header.shape.back();
  return channels == 3 || channels == 4 || (channels == 2 && is_byte_type(header));
}

LastAxis look_at_channels(const Channels& channels, const npz::NpyHeader& header) {
  if (!channels.has_object) return LastAxis::Unknown;
  const bool is_byte = is_byte_type(header);
  const bool has_alpha = header.shape.back() % 2 == 0;
  // Planes of objects may be empty, but no two objects are the same.
  const bool is_alpha_likely =
      !has_alpha || channels.is_alpha_constant || (is_byte && header.shape.back() == 4 && !channels.are_truths);
  if (channels.are_equal && is_alpha_likely) return LastAxis::EqualChannels;
  if (!is_byte || channels.are_truths || header.shape.back() == 2) return LastAxis::Unknown;
  return channels.are_masks ? LastAxis::Objects : LastAxis::Colors;
}

LastAxis look_at_runs(const Evidence& evidence) {
  // One object of many is set in a masked pixel, so runs along the objects are short. Runs along rows and columns are
  // as long as the objects.
  constexpr double kShort = 2;
  constexpr double kFactor = 2.5;
  constexpr std::uint64_t kLeast = 24;
  if (evidence.set < kLeast) return LastAxis::Unknown;
  const auto along_last = static_cast<double>(evidence.set) / static_cast<double>(evidence.runs_along_last);
  const auto along_second = static_cast<double>(evidence.set) / static_cast<double>(evidence.runs_along_second);
  return along_last < kShort && along_second > kFactor * along_last ? LastAxis::Objects : LastAxis::Columns;
}

/// Marks the elements that are not background.
class Marker {
 public:
  explicit Marker(const npz::NpyHeader& header) : header_(header) {}

  void mark(std::span<std::byte> elements, std::span<std::uint8_t> marks) const {
    const auto& type = header_.type;
    if (type.is_swapped) npz::swap_bytes(elements, type.size);
    if (type.kind == npz::ElementKind::Float) {
      npz::mark_above(type, elements.data(), 0, marks);
    } else {
      npz::mark_nonzero(type, elements.data(), marks);
    }
  }

 private:
  const npz::NpyHeader& header_;
};

LastAxis look_for_channels(npz::ArrayReader& reader) {
  const auto& header = reader.header();
  const std::size_t size = header.type.size;
  std::vector<std::byte> pixel(static_cast<std::size_t>(header.shape.back()) * size);
  std::vector<std::byte> first;
  Channels channels;
  const auto deadline = Clock::now() + kLongest;
  const auto most = std::min<std::uint64_t>(header.byte_count, kMostBytes) / pixel.size();
  for (std::uint64_t i = 0; i < most; ++i) {
    if (i % 1024 == 0 && Clock::now() > deadline) break;
    if (!npz::read_exactly(reader.data(), pixel)) break;
    if (first.empty()) first = pixel;
    channels.add(pixel, first, size);
  }
  return look_at_channels(channels, header);
}

/// Of (H,W,N) in Fortran order, each object is one block of memory, and objects do not cover each other. Columns do.
LastAxis look_at_blocks(npz::ArrayReader& reader) {
  constexpr double kApart = 0.1;
  const auto& header = reader.header();
  const auto elements = static_cast<std::size_t>(header.shape[0] * header.shape[1]);
  if (elements * header.type.size > kMostBytes) return LastAxis::Unknown;
  std::vector<std::byte> block(elements * header.type.size);
  std::vector<std::uint8_t> marks(elements);
  std::vector<std::uint8_t> before(elements);
  std::vector<double> overlaps;
  const Marker marker(header);
  const auto deadline = Clock::now() + kLongest;
  const auto most = std::min<std::uint64_t>(header.shape[2], kMostBytes / block.size());
  for (std::uint64_t i = 0; i < most && Clock::now() < deadline; ++i) {
    if (!npz::read_exactly(reader.data(), block)) break;
    marker.mark(block, marks);
    std::uint64_t common = 0;
    std::uint64_t any = 0;
    for (std::size_t k = 0; k < elements; ++k) {
      common += marks[k] & before[k];
      any += marks[k] | before[k];
    }
    if (i > 0 && any > 0) overlaps.push_back(static_cast<double>(common) / static_cast<double>(any));
    std::swap(marks, before);
  }
  return !overlaps.empty() && median_of(overlaps) < kApart ? LastAxis::Objects : LastAxis::Unknown;
}

LastAxis look_for_runs(npz::ArrayReader& reader) {
  const auto& header = reader.header();
  const auto& shape = header.shape;
  const auto columns = static_cast<std::size_t>(shape.back());
  const auto rows = static_cast<std::size_t>(shape[shape.size() - 2]);
  std::vector<std::byte> row(columns * header.type.size);
  std::vector<std::uint8_t> marks(columns);
  std::vector<std::uint8_t> above(columns);
  Evidence evidence;
  const Marker marker(header);
  const auto deadline = Clock::now() + kLongest;
  const auto most = std::min<std::uint64_t>(header.byte_count, kMostBytes) / row.size();
  for (std::uint64_t y = 0; y < most; ++y) {
    if (y % 1024 == 0 && Clock::now() > deadline) break;
    if (!npz::read_exactly(reader.data(), row)) break;
    marker.mark(row, marks);
    const bool is_first_row = y % rows == 0;
    for (std::size_t x = 0; x < columns; ++x) {
      evidence.set += marks[x];
      evidence.runs_along_last += marks[x] != 0 && (x == 0 || marks[x - 1] == 0);
      evidence.runs_along_second += marks[x] != 0 && (is_first_row || above[x] == 0);
    }
    std::swap(marks, above);
  }
  return look_at_runs(evidence);
}

}  // namespace

bool may_be_behind_image(const npz::NpyHeader& header) {
  constexpr std::uint64_t kImageSide = 16;
  const auto& shape = header.shape;
  const auto count = shape.size();
  if (count < 3 || header.element_count == 0) return false;
  if (shape[count - 2] < kImageSide || shape[count - 3] < kImageSide) return false;
  if (header.fortran_order && count != 3) return false;
  if (!header.fortran_order && may_have_channels(header)) return true;
  // Images in front of a longer axis are not told from videos by looking at a part of them.
  const bool is_short = shape.back() > 1 && shape.back() <= shape[count - 2] && shape.back() <= shape[count - 3];
  return count <= 4 && is_short;
}

LastAxis look_at_last_axis(const npz::NpzFile& file, const std::string& name) {
  auto reader = file.read(name);
  if (!reader) return LastAxis::Unknown;
  const auto& header = reader->header();
  if (header.fortran_order) return look_at_blocks(*reader);
  if (may_have_channels(header)) {
    const auto seen = look_for_channels(*reader);
    if (seen != LastAxis::Unknown) return seen;
    reader = file.read(name);
    if (!reader) return LastAxis::Unknown;
  }
  const auto& shape = header.shape;
  const bool is_short = shape.back() <= shape[shape.size() - 2] && shape.back() <= shape[shape.size() - 3];
  return is_short ? look_for_runs(*reader) : LastAxis::Unknown;
}

}  // namespace sam2::masks
