// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/run_history.hpp"

#include <algorithm>
#include <cstring>

namespace sam2::npz {
namespace {

/// Fewest new runs of a batch. Few enough for the caches.
constexpr std::size_t kBatchRuns = 4096;

/// Number of bytes from `at` on that equal bytes[at].
std::size_t count_equal(std::span<const std::byte> bytes, std::size_t at) {
  const auto value = bytes[at];
  std::uint64_t pattern = std::to_integer<std::uint64_t>(value) * 0x0101010101010101;
  auto i = at + 1;
  for (std::uint64_t word; i + sizeof(word) <= bytes.size(); i += sizeof(word)) {
    std::memcpy(&word, bytes.data() + i, sizeof(word));
    if (word != pattern) break;
  }
  while (i < bytes.size() && bytes[i] == value) ++i;
  return i - at;
}

}  // namespace

RunHistory::RunHistory() : runs_(2) {}

/// Runs up to `last` are valid.
void RunHistory::set_last(std::size_t last) {
  last_ = last;
  source_ = std::clamp<std::size_t>(source_, 1, last);
  // As many new runs as old ones at least, so that moving the old ones costs little for each new one.
  full_ = last + std::max(kBatchRuns, last);
  if (runs_.size() < full_ + kMostAdded) runs_.resize(full_ + kMostAdded);
}

void RunHistory::begin_batch() {
  const auto kept = window();
  const auto first = static_cast<std::size_t>(kept.data() - runs_.data());
  if (first > 1) {
    // The run before the first one moves too: it tells where that begins.
    std::copy(runs_.begin() + static_cast<std::ptrdiff_t>(first) - 1,
              runs_.begin() + static_cast<std::ptrdiff_t>(last_) + 1, runs_.begin());
    source_ -= std::min(source_, first - 1);
  }
  set_last(kept.size());
  batch_begin_ = end();
  batch_first_ = last_;
}

std::span<const ByteRun> RunHistory::window() const {
  const auto begin = end() - std::min(end(), kDeflateWindow);
  const auto used = std::span(runs_).subspan(1, last_);
  const auto first =
      std::partition_point(used.begin(), used.end() - 1, [begin](const ByteRun& run) { return run.end() <= begin; });
  return {first, used.end()};
}

void RunHistory::reset(std::uint64_t end, std::span<const std::byte> window) {
  const auto begin = end - window.size();
  runs_[0] = runs_[1] = ByteRun(begin, 0);
  set_last(1);
  runs_.resize(std::max(runs_.size(), window.size() + 2 + kMostAdded));
  full_ = runs_.size();
  {
    Writer writer(*this);
    writer.append(window);
  }
  set_last(last_);
}

void RunHistory::reset(std::uint64_t begin, std::span<const ByteRun> window) {
  runs_.resize(std::max(runs_.size(), window.size() + 1));
  runs_[0] = ByteRun(begin, 0);
  std::ranges::copy(window, runs_.begin() + 1);
  source_ = 1;
  set_last(window.size());
}

void RunHistory::expand(std::span<std::byte> window) const {
  const auto begin = end() - window.size();
  auto to = end();
  for (auto i = last_; to > begin; --i) {
    const auto from = std::max(begin, runs_[i - 1].end());
    std::memset(window.data() + (from - begin), runs_[i].value(), static_cast<std::size_t>(to - from));
    to = from;
  }
}

std::size_t RunHistory::Writer::append(std::span<const std::byte> bytes) {
  std::size_t done = 0;
  while (done < bytes.size() && !is_full()) {
    const auto count = count_equal(bytes, done);
    append(std::to_integer<std::uint8_t>(bytes[done]), count);
    done += count;
  }
  return done;
}

ByteRun* RunHistory::Writer::search(ByteRun* begin, ByteRun* end, std::uint64_t position) {
  return std::partition_point(begin, end, [position](const ByteRun& run) { return run.end() <= position; });
}

}  // namespace sam2::npz
