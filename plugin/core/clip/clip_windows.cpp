// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "clip/clip_windows.hpp"

#include <algorithm>
#include <utility>

#include "base/catch_exceptions.hpp"

namespace sam2::clip {
namespace {

/// Two elements that share a file have the window that they show, and the next one.
constexpr std::size_t kMostWindows = 4;
constexpr std::size_t kMostWishes = 4;
/// The longest window.
constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 20;  ///< of the file
constexpr std::uint64_t kMostEntries = 32;

}  // namespace

bool ClipWindows::begin(SharedClip whole, const ClipOptions& options, std::shared_ptr<masks::WindowReader> reader) {
  // Association, and tracks in another order than that of the file, need what lies before.
  if (!whole->tracks().are_by_file() || !whole->tracks().are_in_order()) return false;
  const std::lock_guard lock(mutex_);
  whole_ = std::move(whole);
  options_ = options;
  options_.tracking = tracking::Tracking::Ids;
  options_.load.max_memory = 0;
  reader_ = std::move(reader);
  return !wishes_.empty();
}

SharedClip ClipWindows::find(std::size_t entry) const {
  const std::lock_guard lock(mutex_);
  const auto* const window = window_of(entry);
  return window != nullptr ? window->clip : nullptr;
}

bool ClipWindows::want(std::size_t entry, masks::Direction direction) {
  const std::lock_guard lock(mutex_);
  if (reader_ != nullptr && !range_for({entry, direction})) return false;
  std::erase_if(wishes_, [&](const Wish& wish) { return wish.entry == entry; });
  if (wishes_.size() == kMostWishes) wishes_.erase(wishes_.begin());
  wishes_.push_back({entry, direction});
  return reader_ != nullptr;
}

bool ClipWindows::read_next(const std::atomic<bool>& is_cancelled) {
  const auto task = next_task();
  if (!task) return false;
  const auto& range = task->range;
  // The entry after a mask is what it moves to. The one before tells its velocity, which is not worth a wait.
  const auto begin = task->is_ahead() && range.begin > 0 ? range.begin - 1 : range.begin;
  const auto end = std::min(range.end + 1, whole_->masks().entry_count());
  const auto stop = [&] { return is_cancelled || (task->is_ahead() && is_another_urgent(range)); };
  auto clip = read({begin, end}, stop, is_cancelled);
  if (clip && *clip != nullptr) {
    add({range, *std::move(clip)});
    return true;
  }
  const std::lock_guard lock(mutex_);
  if (clip) {
    std::erase_if(wishes_, [&](const Wish& wish) { return wish.entry == task->wished_entry; });
    return true;
  }
  if (clip.error().code == ErrorCode::Cancelled) return true;
  // Whoever reads the file front to back meets the error too, and reports it.
  reader_ = nullptr;
  return false;
}

/// nullptr if nothing can tell the objects of these entries yet.
Result<SharedClip> ClipWindows::read(const Range& range, const std::function<bool()>& stop,
                                     const std::atomic<bool>& is_cancelled) {
  return catch_exceptions("a window", [&]() -> Result<SharedClip> {
    auto masks = SAM2_TRY(reader_->read(range.begin, range.end, stop));
    if (masks == nullptr) return SharedClip();
    auto clip = std::make_shared<Clip>(std::move(masks), options_);
    SAM2_TRY(clip->follow(tracking::Tracks::End::Reached, is_cancelled));
    return SharedClip(std::move(clip));
  });
}

/// True if an entry is waited for that is neither in `range` nor in a window.
bool ClipWindows::is_another_urgent(const Range& range) const {
  const std::lock_guard lock(mutex_);
  if (wishes_.empty()) return false;
  const auto entry = wishes_.back().entry;
  return !range.contains(entry) && window_of(entry) == nullptr;
}

void ClipWindows::add(Window window) {
  const std::lock_guard lock(mutex_);
  if (windows_.size() == kMostWindows) windows_.erase(windows_.begin());
  windows_.push_back(std::move(window));
}

const ClipWindows::Window* ClipWindows::window_of(std::size_t entry) const {
  const auto found = std::ranges::find_if(windows_, [&](const Window& window) { return window.range.contains(entry); });
  return found != windows_.end() ? &*found : nullptr;
}

/// The newest wish is the first that is met.
std::optional<ClipWindows::Task> ClipWindows::next_task() {
  const std::lock_guard lock(mutex_);
  if (reader_ == nullptr) return std::nullopt;
  while (!wishes_.empty()) {
    if (const auto range = range_for(wishes_.back())) return Task{*range, wishes_.back().entry};
    wishes_.pop_back();
  }
  return std::nullopt;
}

bool ClipWindows::is_near(std::size_t entry) const {
  const auto published = whole_->masks().published_count();
  return entry < published || (entry - published) * reader_->entry_bytes() <= near_bytes_;
}

/// The entry alone if no window holds it, so that it comes soon; else what follows its window, twice as long.
std::optional<ClipWindows::Range> ClipWindows::range_for(const Wish& wish) const {
  const bool is_forward = wish.direction == masks::Direction::Forward;
  auto entry = wish.entry;
  std::uint64_t count = 1;
  if (const auto* const window = window_of(entry)) {
    const auto& range = window->range;
    if (!is_forward && range.begin == 0) return std::nullopt;
    entry = is_forward ? range.end : range.begin - 1;
    const auto most = kMostBytes / std::max<std::uint64_t>(reader_->entry_bytes(), 1);
    count = std::min(2 * (range.end - range.begin), std::clamp<std::uint64_t>(most, 1, kMostEntries));
  }
  const bool is_needed = entry < whole_->masks().entry_count() && window_of(entry) == nullptr &&
                         whole_->readiness_of(entry) == Clip::Readiness::Unread && !is_near(entry);
  if (!is_needed) return std::nullopt;
  if (is_forward) return Range{entry, std::min<std::size_t>(entry + count, whole_->masks().entry_count())};
  return Range{entry + 1 - std::min<std::size_t>(entry + 1, count), entry + 1};
}

}  // namespace sam2::clip
