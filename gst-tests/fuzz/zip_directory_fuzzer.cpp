// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "fuzz/fuzz.hpp"
#include "npz/npz_file.hpp"

namespace {

/// Enough for the inputs, which deflate at most a thousandfold.
constexpr std::uint64_t kReadBytes = std::uint64_t{1} << 20;

}  // namespace

/// Any bytes as an archive, all of whose members are read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sam2;
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto archive = npz::ZipArchive::open(bytes, npz::kLimits);
  if (!archive) return 0;
  std::uint64_t left = kReadBytes;
  for (const auto& member : archive->members()) {
    auto stream = archive->read(member);
    if (!stream) continue;
    std::byte buffer[4093];
    std::uint64_t length = 0;
    for (bool ends = false; !ends && left > sizeof(buffer);) {
      const auto count = (*stream)->read(buffer);
      ends = !count || *count == 0;
      if (!count) length = member.size;
      if (count) length += *count;
      left -= sizeof(buffer);
      if (ends) fuzz::require(length == member.size);
    }
  }
  const auto file = npz::NpzFile::open(bytes, npz::kLimits);
  if (!file) return 0;
  const auto names = file->names();
  for (std::size_t i = 0; i < names.size() && i < 8; ++i) static_cast<void>(file->read(names[i]));
  return 0;
}
