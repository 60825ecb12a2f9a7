// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/word_store.hpp"

#include <algorithm>
#include <tuple>

#include "base/catch_exceptions.hpp"

namespace sam2::masks {
namespace {

/// So many stretches are read ahead of the playhead.
constexpr std::size_t kReadAhead = 4;

}  // namespace

WordStore::WordStore() : current_(std::make_shared<StretchWords>()) {
  stretches_.emplace_back().words = current_;
}

void WordStore::set_reader(std::unique_ptr<StretchReader> reader, std::uint64_t most_bytes) {
  const std::lock_guard reader_lock(reader_mutex_);
  const std::lock_guard lock(mutex_);
  reader_ = std::move(reader);
  most_bytes_ = most_bytes;
}

bool WordStore::can_drop() const {
  const std::lock_guard lock(mutex_);
  return most_bytes_.has_value();
}

void WordStore::begin_stretch() {
  const std::lock_guard lock(mutex_);
  auto& sealed = stretches_.back();
  sealed.hash = current_->hash();
  stats_.cached_bytes += current_->bytes();
  cached_.push_back(current_index_);
  current_ = std::make_shared<StretchWords>();
  stretches_.emplace_back().words = current_;
  current_index_ = static_cast<std::uint32_t>(stretches_.size() - 1);
  drop_far_stretches();
}

WordStore::State WordStore::state_of(std::size_t stretch) const {
  const std::lock_guard lock(mutex_);
  const auto& found = stretches_[stretch];
  return found.words != nullptr ? State::Cached : found.error ? State::Lost : State::Dropped;
}

Result<WordStore::Words> WordStore::read(std::size_t stretch) {
  const auto find = [&]() -> Words {
    const std::lock_guard lock(mutex_);
    return stretches_[stretch].words;
  };
  if (auto words = find()) return words;
  const std::lock_guard reader_lock(reader_mutex_);
  // Another thread may have read it in the meantime.
  if (auto words = find()) return words;
  auto words = std::make_shared<StretchWords>();
  auto result = catch_exceptions("reading masks again", [&] { return reader_->read(stretch, *words); });
  const std::lock_guard lock(mutex_);
  auto& found = stretches_[stretch];
  if (result && words->hash() != found.hash) {
    result = Error{ErrorCode::Decode, "the file changed while it was played"};
  }
  if (!result) {
    found.error = result.error();
    return *found.error;
  }
  found.words = words;
  found.error.reset();
  stats_.cached_bytes += words->bytes();
  cached_.push_back(stretch);
  ++stats_.read_again;
  drop_far_stretches();
  return Words(words);
}

/// Stretches to the playhead; those behind it count more.
std::uint64_t WordStore::distance_of(std::size_t stretch) const {
  constexpr std::uint64_t kBehind = 3;
  const bool is_later = stretch > focus_;
  const auto distance = static_cast<std::uint64_t>(is_later ? stretch - focus_ : focus_ - stretch);
  return is_later == (direction_ == Direction::Forward) ? distance : distance * kBehind;
}

void WordStore::drop_far_stretches() {
  while (most_bytes_ && stats_.cached_bytes > *most_bytes_) {
    const auto order = [this](std::size_t stretch) {
      return std::tuple(!is_needed(stretch), distance_of(stretch), stretch);
    };
    const auto farthest = std::ranges::max_element(cached_, {}, order);
    if (farthest == cached_.end() || is_needed(*farthest)) return;
    auto& dropped = stretches_[*farthest];
    *farthest = cached_.back();
    cached_.pop_back();
    stats_.cached_bytes -= dropped.words->bytes();
    dropped.words.reset();
    ++stats_.dropped;
  }
}

std::optional<std::size_t> WordStore::next_wanted() const {
  const std::lock_guard lock(mutex_);
  for (const auto stretch : needed_) {
    if (stretches_[stretch].words == nullptr && !stretches_[stretch].error) return stretch;
  }
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < kReadAhead; ++i) {
    if (direction_ == Direction::Backward && i > focus_) return std::nullopt;
    const auto stretch = direction_ == Direction::Forward ? focus_ + i : focus_ - i;
    if (stretch >= stretches_.size()) return std::nullopt;
    const auto& found = stretches_[stretch];
    if (found.words != nullptr) {
      bytes += found.words->bytes();
      continue;
    }
    // Reading must not drop what is nearer.
    if (i > 0 && bytes + bytes / i > *most_bytes_) return std::nullopt;
    if (!found.error) return stretch;
  }
  return std::nullopt;
}

WordStore::Stats WordStore::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

}  // namespace sam2::masks
