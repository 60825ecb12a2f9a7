// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/stretch_words.hpp"

#include <algorithm>
#include <span>

namespace sam2::masks {
namespace {

/// Bits of a position that tell where in its chunk a mask begins; the others count chunks.
constexpr unsigned kChunkBits = 15;
/// Words of a chunk, unless a mask needs more.
constexpr std::size_t kChunkWords = std::size_t{1} << kChunkBits;

std::uint64_t mix(std::uint64_t hash, std::span<const std::uint16_t> words) {
  // The multiplier is that of a linear congruential generator of Knuth (MMIX).
  constexpr std::uint64_t kFactor = 6364136223846793005;
  for (const auto word : words) hash = (hash ^ word) * kFactor + 1;
  return hash ^ hash >> 32;
}

}  // namespace

std::uint16_t* StretchWords::make_room(std::size_t count, std::uint64_t& position) {
  const std::lock_guard lock(mutex_);
  if (chunks_.empty() || chunks_.back().size - chunks_.back().filled < count) {
    Chunk chunk;
    chunk.size = std::max(kChunkWords, count);
    chunk.words.reset(new std::uint16_t[chunk.size]);
    bytes_ += chunk.size * sizeof(std::uint16_t);
    chunks_.push_back(std::move(chunk));
  }
  auto& chunk = chunks_.back();
  position = std::uint64_t{chunks_.size() - 1} << kChunkBits | chunk.filled;
  auto* const words = chunk.words.get() + chunk.filled;
  chunk.filled += count;
  return words;
}

std::uint64_t StretchWords::append(const runs::RunMask& mask, const runs::Box& box) {
  const auto count = mask.spans().size() * 2 + static_cast<std::size_t>(box.height);
  std::uint64_t position = 0;
  auto* const begin = make_room(count, position);
  auto* word = begin;
  for (auto y = box.top; y < box.top + box.height; ++y) {
    const auto spans = mask.row(y);
    *word++ = static_cast<std::uint16_t>(spans.size());
    for (const auto& span : spans) {
      *word++ = static_cast<std::uint16_t>(span.begin);
      *word++ = static_cast<std::uint16_t>(span.end);
    }
  }
  hash_ = mix(hash_, {begin, count});
  return position;
}

void StretchWords::unpack(std::uint64_t position, const runs::Box& box, runs::RunMask& into) const {
  const std::uint16_t* word = nullptr;
  {
    const std::lock_guard lock(mutex_);
    word = chunks_[static_cast<std::size_t>(position >> kChunkBits)].words.get() + position % kChunkWords;
  }
  into.reset(box.top);
  for (std::int32_t row = 0; row < box.height; ++row) {
    for (std::uint16_t count = *word++; count > 0; --count, word += 2) into.add_span(word[0], word[1]);
    into.end_row();
  }
}

}  // namespace sam2::masks
