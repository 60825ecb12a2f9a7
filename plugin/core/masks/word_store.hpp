// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "masks/stretch_words.hpp"

namespace sam2::masks {

/// Reads stretches of a file again. Used by one thread at a time.
class StretchReader {
 public:
  virtual ~StretchReader() = default;

  /// Appends the same masks in the same order as the first reading did. Errors: those of the file.
  virtual Result<void> read(std::size_t stretch, StretchWords& into) = 0;
};

/// In which direction a file is played.
enum class Direction { Forward, Backward };

/// The packed masks of a file, in stretches: ranges of the file that can be read again. The store keeps the stretches
/// near the playhead, and drops others as soon as all take more than the limit. Any thread may use it, but only one
/// appends.
class WordStore {
 public:
  using Words = std::shared_ptr<const StretchWords>;

  WordStore();

  /// From now on stretches may be dropped, so that sealed ones take at most `most_bytes`.
  void set_reader(std::unique_ptr<StretchReader> reader, std::uint64_t most_bytes);
  [[nodiscard]] bool can_drop() const;

  /// The stretch that grows.
  [[nodiscard]] StretchWords& current() { return *current_; }
  [[nodiscard]] std::uint32_t current_index() const { return current_index_; }
  /// Seals the stretch that grows, and begins the next one. There are at most kMostStretches.
  void begin_stretch();
  static constexpr std::uint32_t kMostStretches = 1U << (64 - StretchWords::kPositionBits);

  enum class State {
    Cached,   ///< read() returns at once
    Dropped,  ///< read() reads the file
    Lost,     ///< reading the file again has failed
  };
  [[nodiscard]] State state_of(std::size_t stretch) const;
  /// The words of a stretch. Reads the file again if they were dropped.
  /// Errors: those of the file, and Decode if the file does not hold the same masks any more.
  Result<Words> read(std::size_t stretch);

  /// Tells where the playhead is. `visit(need)` calls need(stretch) for each stretch of the masks that are shown, at
  /// least one. They are not dropped. Stretches near the first one, and before it in the direction of play, are dropped
  /// last.
  template <typename Visit>
  void set_focus(Direction direction, Visit&& visit) {
    const std::lock_guard lock(mutex_);
    needed_.clear();
    visit([this](std::size_t stretch) {
      if (!is_needed(stretch)) needed_.push_back(stretch);
    });
    focus_ = needed_.front();
    direction_ = direction;
  }
  /// The next stretch that is needed, or will be soon, and should be read again; nullopt: all of them are there.
  [[nodiscard]] std::optional<std::size_t> next_wanted() const;

  struct Stats {
    std::uint64_t cached_bytes = 0;
    std::uint64_t dropped = 0;     ///< number of stretches that were dropped
    std::uint64_t read_again = 0;  ///< number of stretches that were read again
  };
  [[nodiscard]] Stats stats() const;

 private:
  struct Stretch {
    std::shared_ptr<const StretchWords> words;  ///< nullptr: dropped
    std::uint64_t hash = 0;
    std::optional<Error> error = {};  ///< why it is lost
  };

  [[nodiscard]] bool is_needed(std::size_t stretch) const {
    return std::ranges::find(needed_, stretch) != needed_.end();
  }
  void drop_far_stretches();
  [[nodiscard]] std::uint64_t distance_of(std::size_t stretch) const;

  // Used by the appending thread only.
  std::shared_ptr<StretchWords> current_;
  std::uint32_t current_index_ = 0;

  std::mutex reader_mutex_;  ///< locked before mutex_
  std::unique_ptr<StretchReader> reader_;

  mutable std::mutex mutex_;
  std::vector<Stretch> stretches_;
  std::vector<std::size_t> cached_;          ///< sealed stretches in memory
  std::optional<std::uint64_t> most_bytes_;  ///< nullopt: nothing is dropped
  std::vector<std::size_t> needed_;          ///< at the playhead
  std::size_t focus_ = 0;                    ///< the first of them
  Direction direction_ = Direction::Forward;
  Stats stats_;
};

}  // namespace sam2::masks
