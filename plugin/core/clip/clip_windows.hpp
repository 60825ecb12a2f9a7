// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "clip/clip.hpp"
#include "masks/window_reader.hpp"

namespace sam2::clip {

/// The places of a file that were asked for while it was still read front to back. Each is a clip of a few entries,
/// whose objects are those of the whole file, but whose tracks begin where it begins. Any thread may use it.
class ClipWindows {
 public:
  /// Entries that the file is read up to before `near_bytes` more of it are no windows: they come soon.
  explicit ClipWindows(std::uint64_t near_bytes = kNearBytes) : near_bytes_(near_bytes) {}

  /// `whole` is the clip of the whole file. Called once. Returns true if something was asked for before.
  bool begin(SharedClip whole, const ClipOptions& options, std::shared_ptr<masks::WindowReader> reader);

  /// A clip that holds `entry` and the entries next to it; nullptr if none does.
  [[nodiscard]] SharedClip find(std::size_t entry) const;
  /// Asks for `entry`, and for those that follow in the direction of play. Returns true if read_next() has to read any
  /// of them.
  bool want(std::size_t entry, masks::Direction direction);
  /// Reads one window that was asked for. Returns false if there is none, or no file can be read so. Called by one
  /// thread only.
  bool read_next(const std::atomic<bool>& is_cancelled);

 private:
  /// They take a few hundredths of a second to read.
  static constexpr std::uint64_t kNearBytes = std::uint64_t{16} << 20;

  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;

    [[nodiscard]] bool contains(std::size_t entry) const { return entry >= begin && entry < end; }
  };
  struct Window {
    Range range;  ///< what it can show; it holds the entries next to these, too
    SharedClip clip;
  };
  struct Wish {
    std::size_t entry = 0;
    masks::Direction direction = masks::Direction::Forward;
  };

  [[nodiscard]] const Window* window_of(std::size_t entry) const;
  /// What is to be read for a wish.
  struct Task {
    Range range;
    std::size_t wished_entry = 0;

    /// The wished entry is there already.
    [[nodiscard]] bool is_ahead() const { return !range.contains(wished_entry); }
  };
  std::optional<Task> next_task();
  [[nodiscard]] std::optional<Range> range_for(const Wish& wish) const;
  Result<SharedClip> read(const Range& range, const std::function<bool()>& stop, const std::atomic<bool>& is_cancelled);
  [[nodiscard]] bool is_another_urgent(const Range& range) const;
  [[nodiscard]] bool is_near(std::size_t entry) const;
  void add(Window window);

  const std::uint64_t near_bytes_;
  mutable std::mutex mutex_;
  SharedClip whole_;
  ClipOptions options_;
  std::shared_ptr<masks::WindowReader> reader_;  ///< nullptr: the file is not, or cannot be, read so
  std::vector<Window> windows_;                  ///< the newest last
  std::vector<Wish> wishes_;                     ///< likewise
};

}  // namespace sam2::clip
