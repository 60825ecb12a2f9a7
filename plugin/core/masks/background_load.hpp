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
#include "masks/entry_follower.hpp"
#include "masks/mask_loader.hpp"
#include "masks/mask_set.hpp"

namespace sam2::masks {

/// A mask file that is read by a thread of its own. May be used from any thread; the last owner to let go of it ends
/// the thread and waits for that.
class BackgroundLoad final : private LoadObserver {
 public:
  using Clock = std::chrono::steady_clock;

  /// What there is so far.
  struct Status {
    std::shared_ptr<const MaskSet> masks;  ///< nullptr until the head of the file is known
    std::shared_ptr<const EntryFollower>
        follower;  ///< nullptr until the head of the file is known, or none was asked for
    bool is_finished = false;
    std::optional<Error> error;           ///< why it ended early
    std::vector<Error> warnings;          ///< of a load that is finished
    std::chrono::nanoseconds duration{};  ///< of a load that is finished

    /// Entry `index` is published, and the follower is ready with it.
    [[nodiscard]] bool is_there(std::size_t index) const {
      if (follower != nullptr) return follower->is_ready(index);
      return masks != nullptr && masks->published_count() > index;
    }
    [[nodiscard]] bool is_any_there() const {
      if (follower != nullptr) return follower->is_any_ready();
      return masks != nullptr && masks->published_count() > 0;
    }
    /// Entry `index` is there, or never will be.
    [[nodiscard]] bool is_decided(std::size_t index) const { return is_finished || is_there(index); }
  };

  /// Starts to read `path`, or joins in where the same unchanged file is loaded with the same options already.
  /// `make_follower` may be nullptr.
  static std::shared_ptr<BackgroundLoad> open(const std::string& path, const LoadOptions& options,
                                              MakeFollower make_follower);

  BackgroundLoad(const std::string& path, const LoadOptions& options, MakeFollower make_follower);
  ~BackgroundLoad() override;
  BackgroundLoad(const BackgroundLoad&) = delete;
  BackgroundLoad& operator=(const BackgroundLoad&) = delete;

  [[nodiscard]] Status status() const;
  [[nodiscard]] bool is_finished() const { return is_finished_.load(std::memory_order_acquire); }

  /// Waits until `done(status)`, which is asked again whenever something has happened, and must not call back into the
  /// load. False: `deadline` came first.
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
  /// Lets all waits ask again, because something outside has changed.
  void wake();

  /// Calls `listener` once the load is finished, in its thread, or at once. `listener` must not call back into the
  /// load. Returns a number for unsubscribe(), after which it is not called any more.
  std::uint64_t subscribe(std::function<void()> listener);
  void unsubscribe(std::uint64_t number);

 private:
  void run(const std::string& path);
  Result<LoadedMasks> load(const std::string& path);
  void follow(EntryFollower::End end);
  void finish(Result<LoadedMasks> result, std::chrono::nanoseconds duration);
  void on_open(const std::shared_ptr<const MaskSet>& masks) override;
  void on_progress() override;
  [[nodiscard]] bool is_cancelled() const override {
    return is_cancelled_.load(std::memory_order_relaxed) || follow_error_;
  }

  // Those of the loading thread.
  LoadOptions options_;
  MakeFollower make_follower_;
  std::shared_ptr<EntryFollower> follower_;
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

}  // namespace sam2::masks
