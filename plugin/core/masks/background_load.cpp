// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/background_load.hpp"

#include <pthread.h>
#include <sys/stat.h>

#include <algorithm>
#include <exception>
#include <new>

#include "base/guarded.hpp"
#include "base/text.hpp"

namespace sam2::masks {
namespace {

/// A state of a file: when it is written to or replaced, it has another one.
struct FileState {
  dev_t device;
  ino_t inode;
  off_t size;
  time_t seconds;
  long nanoseconds;

  friend bool operator==(const FileState&, const FileState&) = default;
};

std::optional<FileState> state_of(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return FileState{info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

struct SharedLoad {
  std::string path;
  FileState file;
  LoadOptions options;
  MakeFollower make_follower;
  std::weak_ptr<BackgroundLoad> load;
};

Guarded<std::vector<SharedLoad>>& shared_loads() {
  // Never destroyed: threads may outlive the destructors at the end of a program.
  static auto& loads = *new Guarded<std::vector<SharedLoad>>;
  return loads;
}

bool is_useful(BackgroundLoad& load) {
  return !load.is_finished() || !load.status().error;
}

}  // namespace

std::shared_ptr<BackgroundLoad> BackgroundLoad::open(const std::string& path, const LoadOptions& options,
                                                     MakeFollower make_follower) {
  const auto file = state_of(path);
  if (!file) return std::make_shared<BackgroundLoad>(path, options, make_follower);
  // A load that ends while the list is locked would wait for its thread.
  std::vector<std::shared_ptr<BackgroundLoad>> others;
  return shared_loads().with([&](std::vector<SharedLoad>& loads) {
    std::erase_if(loads, [](const SharedLoad& shared) { return shared.load.expired(); });
    for (const auto& shared : loads) {
      if (shared.path != path || shared.file != *file || shared.options != options) continue;
      if (shared.make_follower != make_follower) continue;
      auto load = shared.load.lock();
      if (load != nullptr && is_useful(*load)) return load;
      others.push_back(std::move(load));
    }
    auto load = std::make_shared<BackgroundLoad>(path, options, make_follower);
    loads.push_back({path, *file, options, make_follower, load});
    return load;
  });
}

BackgroundLoad::BackgroundLoad(const std::string& path, const LoadOptions& options, MakeFollower make_follower)
    : options_(options), make_follower_(make_follower), thread_([this, path] { run(path); }) {}

BackgroundLoad::~BackgroundLoad() {
  is_cancelled_ = true;
  thread_.join();
}

void BackgroundLoad::run(const std::string& path) {
  pthread_setname_np(pthread_self(), "sam2-load");
  const auto begin = Clock::now();
  const auto load_guarded = [&]() -> Result<LoadedMasks> {
    try {
      return load(path);
    } catch (const std::bad_alloc&) {
      return Error{ErrorCode::NoSpace, printable(path) + ": out of memory"};
    } catch (const std::exception& exception) {
      return Error{ErrorCode::Internal, printable(path) + ": " + exception.what()};
    }
  };
  auto result = load_guarded();
  finish(std::move(result), Clock::now() - begin);
}

Result<LoadedMasks> BackgroundLoad::load(const std::string& path) {
  auto result = load_masks(path, options_, this);
  // Of a file that is broken in its middle, the good entries are shown.
  follow(EntryFollower::End::Reached);
  if (follow_error_) return follow_error_->within(printable(path));
  return result;
}

void BackgroundLoad::follow(EntryFollower::End end) {
  if (follower_ == nullptr || follow_error_) return;
  if (const auto followed = follower_->follow(end, is_cancelled_); !followed) follow_error_ = followed.error();
}

void BackgroundLoad::on_open(const std::shared_ptr<const MaskSet>& masks) {
  if (make_follower_ != nullptr) follower_ = make_follower_(masks, options_);
  {
    const std::lock_guard lock(mutex_);
    status_.masks = masks;
    status_.follower = follower_;
  }
  changed_.notify_all();
}

void BackgroundLoad::on_progress() {
  follow(EntryFollower::End::Open);
  wake();
}

void BackgroundLoad::finish(Result<LoadedMasks> result, std::chrono::nanoseconds duration) {
  {
    const std::lock_guard lock(mutex_);
    if (result) {
      status_.masks = std::move(result->masks);
      status_.warnings = std::move(result->warnings);
    } else {
      status_.error = result.error();
    }
    status_.duration = duration;
    status_.is_finished = true;
    is_finished_.store(true, std::memory_order_release);
  }
  changed_.notify_all();
  const std::lock_guard lock(listeners_mutex_);
  for (const auto& [number, listener] : listeners_) listener();
  listeners_.clear();
}

BackgroundLoad::Status BackgroundLoad::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void BackgroundLoad::wake() {
  // A wait that is between asking and sleeping has the lock.
  { const std::lock_guard lock(mutex_); }
  changed_.notify_all();
}

std::uint64_t BackgroundLoad::subscribe(std::function<void()> listener) {
  const std::lock_guard lock(listeners_mutex_);
  const auto number = ++last_listener_;
  if (is_finished()) {
    listener();
  } else {
    listeners_.emplace_back(number, std::move(listener));
  }
  return number;
}

void BackgroundLoad::unsubscribe(std::uint64_t number) {
  const std::lock_guard lock(listeners_mutex_);
  std::erase_if(listeners_, [&](const auto& listener) { return listener.first == number; });
}

}  // namespace sam2::masks
