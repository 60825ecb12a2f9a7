// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "npz/run_inflate.hpp"

namespace sam2::test {

/// What a decoder made of raw deflate data: all bytes before the end or the first error.
struct Inflated {
  std::string text;
  bool is_complete = false;

  friend bool operator==(const Inflated&, const Inflated&) = default;
};

/// zlib's opinion. Stops at `most` bytes.
inline Inflated inflate_by_zlib(std::string_view deflated, std::size_t most) {
  z_stream stream{};
  if (inflateInit2(&stream, -15) != Z_OK) std::abort();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(deflated.data()));
  stream.avail_in = static_cast<uInt>(deflated.size());
  Inflated result{std::string(most, '\0'), false};
  stream.next_out = reinterpret_cast<Bytef*>(result.text.data());
  stream.avail_out = static_cast<uInt>(most);
  result.is_complete = inflate(&stream, Z_NO_FLUSH) == Z_STREAM_END;
  result.text.resize(most - stream.avail_out);
  inflateEnd(&stream);
  return result;
}

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// Appends the bytes of a batch. Aborts if the batch does not follow `text`, or if its bytes differ from its runs.
inline void append_runs(const npz::RunBatch& batch, std::string& text) {
  const auto begin = text.size();
  if (batch.begin != begin) std::abort();
  for (const auto& run : batch.runs) {
    if (run.end() < text.size()) std::abort();
    text.resize(run.end(), static_cast<char>(run.value()));
  }
  const std::string_view bytes(reinterpret_cast<const char*>(batch.bytes.data()), batch.bytes.size());
  if (!bytes.empty() && bytes != std::string_view(text).substr(begin)) std::abort();
}

/// Stops at `most` bytes, or a little behind.
inline Inflated inflate_by_runs(std::string_view deflated, std::size_t most) {
  npz::RunInflate inflate(std::make_unique<npz::MemoryStream>(bytes_of(deflated)));
  Inflated result;
  while (result.text.size() < most) {
    const auto batch = inflate.next_runs();
    if (!batch) return result;
    if (batch->end() == batch->begin) break;
    append_runs(*batch, result.text);
  }
  result.is_complete = inflate.is_complete();
  return result;
}

}  // namespace sam2::test
