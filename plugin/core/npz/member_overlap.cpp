// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/member_overlap.hpp"

#include <algorithm>
#include <vector>

namespace sam2::npz {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kEntryBytes = 46;
/// Size of a local header without the name, which may be shorter there than in the directory.
constexpr std::size_t kLocalHeaderBytes = 30;
constexpr std::size_t kLongestComment = 65535;
/// Enough for 65535 members with long names.
constexpr std::uint64_t kLargestDirectory = std::uint64_t{1} << 24;
constexpr std::uint64_t kInZip64 = 0xffffffff;

std::uint64_t number_at(const Bytes& bytes, std::size_t offset, std::size_t count) {
  std::uint64_t number = 0;
  for (std::size_t i = count; i-- > 0;) number = number << 8 | std::to_integer<std::uint64_t>(bytes[offset + i]);
  return number;
}

bool has_signature(const Bytes& bytes, std::size_t offset, std::uint64_t kind) {
  return number_at(bytes, offset, 4) == (kind << 16 | 0x4b50);
}

/// Reads the central directory, which lies before the end record. Returns nothing if it is not found.
Bytes read_directory(const ReadAt& read_at, std::uint64_t file_size) {
  Bytes tail(static_cast<std::size_t>(std::min<std::uint64_t>(file_size, kEndBytes + kLongestComment)));
  if (tail.size() < kEndBytes || !read_at(file_size - tail.size(), tail)) return {};
  for (std::size_t at = tail.size() - kEndBytes + 1; at-- > 0;) {
    if (!has_signature(tail, at, 0x0605)) continue;
    const auto size = number_at(tail, at + 12, 4);
    const auto end = file_size - tail.size() + at;
    if (size < kEntryBytes || size > std::min(end, kLargestDirectory)) continue;
    Bytes directory(static_cast<std::size_t>(size));
    if (read_at(end - size, directory) && has_signature(directory, 0, 0x0201)) return directory;
  }
  return {};
}

struct Range {
  std::uint64_t begin;
  std::uint64_t end;
};

std::vector<Range> ranges_of(const Bytes& directory) {
  std::vector<Range> ranges;
  for (std::size_t at = 0; directory.size() - at >= kEntryBytes && has_signature(directory, at, 0x0201);) {
    const auto compressed_size = number_at(directory, at + 20, 4);
    const auto begin = number_at(directory, at + 42, 4);
    if (compressed_size != kInZip64 && begin != kInZip64) {
      ranges.push_back({begin, begin + kLocalHeaderBytes + compressed_size});
    }
    const auto text_size =
        number_at(directory, at + 28, 2) + number_at(directory, at + 30, 2) + number_at(directory, at + 32, 2);
    at += std::min<std::size_t>(kEntryBytes + static_cast<std::size_t>(text_size), directory.size() - at);
  }
  return ranges;
}

}  // namespace

bool do_members_overlap(const ReadAt& read_at, std::uint64_t file_size) {
  auto ranges = ranges_of(read_directory(read_at, file_size));
  std::ranges::sort(ranges, {}, &Range::begin);
  const auto overlap = [](const Range& a, const Range& b) { return b.begin < a.end; };
  // A member with an impossible size is an error only if somebody reads it.
  std::erase_if(ranges, [&](const Range& range) { return range.end > file_size; });
  return std::ranges::adjacent_find(ranges, overlap) != ranges.end();
}

}  // namespace sam2::npz
