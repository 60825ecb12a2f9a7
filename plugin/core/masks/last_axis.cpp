// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/last_axis.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

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

/// Channels of pictures.
struct Channels {
  bool has_object = false;  ///< a value other than 0
  bool are_equal = true;    ///< red, green and blue agree everywhere
  bool are_truths = true;   ///< all values are 0 or 1
  bool are_masks = true;    ///< all values are 0 or 255, and one channel at most is not 0

  void add(const std::uint8_t* pixel) {
    const auto red = pixel[0], green = pixel[1], blue = pixel[2];
    has_object |= (red | green | blue) != 0;
    are_equal &= red == green && green == blue;
    are_truths &= red <= 1 && green <= 1 && blue <= 1;
    for (const auto value : {red, green, blue}) are_masks &= value == 0 || value == 255;
    are_masks &= (red != 0) + (green != 0) + (blue != 0) <= 1;
  }
};

bool is_picture_type(const npz::NpyHeader& header) {
  const auto channels = header.shape.back();
  return header.type.kind == npz::ElementKind::Unsigned && header.type.size == 1 && (channels == 3 || channels == 4);
}

LastAxis look_at_channels(const Channels& channels) {
  if (!channels.has_object || channels.are_truths) return LastAxis::Unknown;
  if (channels.are_equal) return LastAxis::EqualChannels;
  return channels.are_masks ? LastAxis::Objects : LastAxis::Colors;
}

LastAxis look_at_runs(const Evidence& evidence) {
  // One object of many is set in a masked pixel, so runs along the objects are short. Runs along rows and columns are
  // as long as the objects.
  constexpr double kShort = 2;
  constexpr double kFactor = 2.5;
  constexpr std::uint64_t kLeast = 64;
  if (evidence.set < kLeast) return LastAxis::Unknown;
  const auto along_last = static_cast<double>(evidence.set) / static_cast<double>(evidence.runs_along_last);
  const auto along_second = static_cast<double>(evidence.set) / static_cast<double>(evidence.runs_along_second);
  return along_last < kShort && along_second > kFactor * along_last ? LastAxis::Objects : LastAxis::Columns;
}

}  // namespace

bool may_be_behind_image(const npz::NpyHeader& header) {
  constexpr std::uint64_t kImageSide = 16;
  const auto& shape = header.shape;
  const auto count = shape.size();
  if (count < 3 || header.fortran_order || header.element_count == 0) return false;
  if (shape[count - 2] < kImageSide || shape[count - 3] < kImageSide) return false;
  if (is_picture_type(header)) return true;
  // Images in front of a longer axis are not told from videos by looking at a part of them.
  return count == 3 && shape[2] > 1 && shape[2] <= shape[0] && shape[2] <= shape[1];
}

LastAxis look_at_last_axis(npz::ArrayReader& reader) {
  const auto& header = reader.header();
  const auto& shape = header.shape;
  const auto columns = static_cast<std::size_t>(shape.back());
  const auto rows = static_cast<std::size_t>(shape[shape.size() - 2]);
  const bool is_picture = is_picture_type(header);
  const bool is_float = header.type.kind == npz::ElementKind::Float;
  std::vector<std::byte> row(columns * header.type.size);
  std::vector<std::uint8_t> marks(columns);
  std::vector<std::uint8_t> above(columns);
  Evidence evidence;
  Channels channels;
  const auto deadline = Clock::now() + kLongest;
  const auto most = std::min<std::uint64_t>(header.byte_count, kMostBytes) / std::max<std::size_t>(row.size(), 1);
  for (std::uint64_t y = 0; y < most; ++y) {
    if (y % 1024 == 0 && Clock::now() > deadline) break;
    if (!npz::read_exactly(reader.data(), row)) break;
    if (is_picture) {
      channels.add(reinterpret_cast<const std::uint8_t*>(row.data()));
      continue;
    }
    if (header.type.is_swapped) npz::swap_bytes(row, header.type.size);
    if (is_float) {
      npz::mark_above(header.type, row.data(), 0, marks);
    } else {
      npz::mark_nonzero(header.type, row.data(), marks);
    }
    const bool is_first_row = y % rows == 0;
    for (std::size_t x = 0; x < columns; ++x) {
      evidence.set += marks[x];
      evidence.runs_along_last += marks[x] != 0 && (x == 0 || marks[x - 1] == 0);
      evidence.runs_along_second += marks[x] != 0 && (is_first_row || above[x] == 0);
    }
    std::swap(marks, above);
  }
  return is_picture ? look_at_channels(channels) : look_at_runs(evidence);
}

}  // namespace sam2::masks
