// SPDX-License-Identifier: LGPL-2.1-or-later
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

    [[nodiscard]] bool is_ready(std::size_t entry) const { return clip != nullptr && clip->is_ready(entry); }
    [[nodiscard]] bool is_any_ready() const { return clip != nullptr && clip->is_any_ready(); }
    /// True if `entry` is ready or never will be.
    [[nodiscard]] bool is_decided(std::size_t entry) const { return is_finished || is_ready(entry); }
  };

  /// Starts to read `path`, or joins in where the same unchanged file is loaded with the same options already.
  static std::shared_ptr<ClipLoad> open(const std::string& path, const ClipOptions& options);

  ClipLoad(const std::string& path, const ClipOptions& options);
  ~ClipLoad() override;
  ClipLoad(const ClipLoad&) = delete;
  ClipLoad& operator=(const ClipLoad&) = delete;

  [[nodiscard]] Status status() const;
  [[nodiscard]] bool is_finished() const { return is_finished_.load(std::memory_order_acquire); }

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
  void finish(Result<masks::LoadedMasks> result, std::chrono::nanoseconds duration);
  void on_open(const std::shared_ptr<const masks::MaskSet>& masks) override;
  void on_progress() override;
  [[nodiscard]] bool is_cancelled() const override {
    return is_cancelled_.load(std::memory_order_relaxed) || follow_error_;
  }

  // Used by the loading thread only.
  ClipOptions options_;
  std::shared_ptr<Clip> clip_;
  std::optional<Error> follow_error_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Status status_;
  std::atomic<bool> is_finished_{false};
  std::atomic<bool> is_cancelled_{false};

  std::mutex listeners_mutex_;
  std::uint64_t last_listener_ = 0;
  std::vector<std::pair<std::uint64_t, std::function<void()>>> listeners_;

  std::thread thread_;  ///< last, as it uses all the others
};

}  // namespace sam2::clip
