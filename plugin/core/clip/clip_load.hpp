// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "clip/clip.hpp"
#include "clip/clip_windows.hpp"
#include "masks/mask_loader.hpp"

namespace sam2::clip {

/// A mask file that is read by a thread of its own. Any thread may use it. Destroying it ends the loading thread and
/// waits for that.
class ClipLoad final : private masks::LoadObserver {
 public:
  using Clock = std::chrono::steady_clock;

  /// The state of the load at one moment.
  struct Status {
    SharedClip clip;  ///< nullptr until the head of the file is known
    bool is_finished = false;
    std::optional<Error> error;           ///< why it ended early
    std::vector<Error> warnings;          ///< of a load that is finished
    std::chrono::nanoseconds duration{};  ///< of a load that is finished

    std::optional<Error> lost_error;  ///< why masks could not be read again

    /// True if the masks of `entry` are there or can be read again: an element that shares the load may drop them at
    /// any moment, and drawing reads them by itself then.
    [[nodiscard]] bool is_ready(std::size_t entry) const { return clip != nullptr && clip->is_ready(entry); }
    [[nodiscard]] bool is_any_ready() const { return clip != nullptr && clip->is_any_ready(); }
    /// True if the masks of `entry` are there or never will be.
    [[nodiscard]] bool is_decided(std::size_t entry) const {
      const auto readiness = readiness_of(entry);
      if (readiness == Clip::Readiness::Unread) return is_finished;
      return readiness != Clip::Readiness::Dropped;
    }

   private:
    [[nodiscard]] Clip::Readiness readiness_of(std::size_t entry) const {
      return clip != nullptr ? clip->readiness_of(entry) : Clip::Readiness::Unread;
    }
  };

  /// Starts to read `path`, or joins in where the same unchanged file is loaded with the same options already.
  static std::shared_ptr<ClipLoad> open(const std::string& path, const ClipOptions& options);

  ClipLoad(const std::string& path, const ClipOptions& options);
  ~ClipLoad() override;
  ClipLoad(const ClipLoad&) = delete;
  ClipLoad& operator=(const ClipLoad&) = delete;

  [[nodiscard]] Status status() const;
  /// What is needed of the status for each frame, without a copy of the rest.
  [[nodiscard]] SharedClip clip() const;
  [[nodiscard]] std::optional<Error> lost_error() const;
  [[nodiscard]] bool is_finished() const { return is_finished_.load(std::memory_order_acquire); }
  /// True once all of the file was read, its checksums hold, and no mask was left out.
  [[nodiscard]] bool is_whole() const { return is_finished() && is_whole_; }

  /// Waits until `done(status)` is true. `done` is called again at every change and must not call back into the load.
  /// Returns false if `deadline` came first.
  template <typename Done>
  bool wait_until(Clock::time_point deadline, Done&& done) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, deadline, [&] { return done(status_); });
  }
  template <typename Done>
  void wait(Done&& done) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return done(status_); });
  }
  /// Tells where the playhead is. Masks near it that were dropped are read again by a thread of their own.
  void set_playhead(std::size_t entry, masks::Direction direction);
  /// Reads an entry, and those that follow it in the direction of play, before the whole file has been read, if the
  /// file can be read so. Waiting threads are woken.
  void read_out_of_order(std::size_t entry, masks::Direction direction);
  /// Entries that were read so.
  [[nodiscard]] const ClipWindows& windows() const { return windows_; }

  /// Wakes all waiting threads so that they test their condition again.
  void wake();

  /// Calls `listener` in the loading thread once the load is finished; immediately if it is already. `listener` must
  /// not call back into the load. Returns a number for unsubscribe().
  std::uint64_t subscribe(std::function<void()> listener);
  void unsubscribe(std::uint64_t number);

 private:
  void run(const std::string& path);
  Result<masks::LoadedMasks> load(const std::string& path);
  void follow(tracking::Tracks::End end);
  void read_wanted();
  bool reread_next(masks::WordStore& words);
  void want_reading();
  void finish(Result<masks::LoadedMasks> result, std::chrono::nanoseconds duration);
  void on_open(const std::shared_ptr<const masks::MaskSet>& masks) override;
  void on_windows(const std::shared_ptr<masks::WindowReader>& windows) override;
  void on_progress() override;
  [[nodiscard]] bool is_cancelled() const override {
    return is_cancelled_.load(std::memory_order_relaxed) || follow_error_;
  }

  std::string path_;

  // Used by the loading thread only.
  ClipOptions options_;
  std::shared_ptr<Clip> clip_;
  std::optional<Error> follow_error_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Status status_;
  bool is_whole_ = false;  ///< set before is_finished_
  std::atomic<bool> is_finished_{false};
  std::atomic<bool> is_cancelled_{false};

  ClipWindows windows_;

  std::mutex wanted_mutex_;
  std::condition_variable wanted_changed_;
  bool is_wanted_ = false;  ///< masks that are not in memory are wanted near the playhead

  std::mutex listeners_mutex_;
  std::uint64_t last_listener_ = 0;
  std::vector<std::pair<std::uint64_t, std::function<void()>>> listeners_;

  std::thread wanted_thread_;  ///< reads what is wanted; begins when anything is
  std::thread thread_;         ///< last, as it uses all the others
};

}  // namespace sam2::clip
