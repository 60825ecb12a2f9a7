// SPDX-License-Identifier: LGPL-2.1-or-later
#include "clip/clip_load.hpp"

#include <pthread.h>
#include <sys/stat.h>

#include <algorithm>
#include <exception>
#include <new>

#include "base/guarded.hpp"
#include "base/text.hpp"

namespace sam2::clip {
namespace {

/// Identifies the contents of a file: writing to the file or replacing it changes its state.
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
  ClipOptions options;
  std::weak_ptr<ClipLoad> load;
};

Guarded<std::vector<SharedLoad>>& shared_loads() {
  // Never destroyed: threads may outlive the destructors at the end of a program.
  static auto& loads = *new Guarded<std::vector<SharedLoad>>;
  return loads;
}

bool is_useful(ClipLoad& load) {
  return !load.is_finished() || !load.status().error;
}

}  // namespace

std::shared_ptr<ClipLoad> ClipLoad::open(const std::string& path, const ClipOptions& options) {
  const auto file = state_of(path);
  if (!file) return std::make_shared<ClipLoad>(path, options);
  // Destroying a load waits for its thread, which must not happen while the list is locked.
  std::vector<std::shared_ptr<ClipLoad>> others;
  return shared_loads().with([&](std::vector<SharedLoad>& loads) {
    std::erase_if(loads, [](const SharedLoad& shared) { return shared.load.expired(); });
    for (const auto& shared : loads) {
      if (shared.path != path || shared.file != *file || shared.options != options) continue;
      auto load = shared.load.lock();
      if (load != nullptr && is_useful(*load)) return load;
      others.push_back(std::move(load));
    }
    auto load = std::make_shared<ClipLoad>(path, options);
    loads.push_back({path, *file, options, load});
    return load;
  });
}

ClipLoad::ClipLoad(const std::string& path, const ClipOptions& options)
    : options_(options), thread_([this, path] { run(path); }) {}

ClipLoad::~ClipLoad() {
  is_cancelled_ = true;
  thread_.join();
}

void ClipLoad::run(const std::string& path) {
  pthread_setname_np(pthread_self(), "sam2-load");
  const auto begin = Clock::now();
  const auto load_guarded = [&]() -> Result<masks::LoadedMasks> {
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

Result<masks::LoadedMasks> ClipLoad::load(const std::string& path) {
  auto result = masks::load_masks(path, options_.load, this);
  // If the file is broken in its middle, the entries before that are shown.
  follow(tracking::Tracks::End::Reached);
  if (follow_error_) return follow_error_->within(printable(path));
  return result;
}

void ClipLoad::follow(tracking::Tracks::End end) {
  if (clip_ == nullptr || follow_error_) return;
  if (const auto followed = clip_->follow(end, is_cancelled_); !followed) follow_error_ = followed.error();
}

void ClipLoad::on_open(const std::shared_ptr<const masks::MaskSet>& masks) {
  clip_ = std::make_shared<Clip>(masks, options_);
  {
    const std::lock_guard lock(mutex_);
    status_.clip = clip_;
  }
  changed_.notify_all();
}

void ClipLoad::on_progress() {
  follow(tracking::Tracks::End::Open);
  wake();
}

void ClipLoad::finish(Result<masks::LoadedMasks> result, std::chrono::nanoseconds duration) {
  {
    const std::lock_guard lock(mutex_);
    if (result) {
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

ClipLoad::Status ClipLoad::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void ClipLoad::wake() {
  // A waiting thread holds the lock between testing its condition and sleeping.
  { const std::lock_guard lock(mutex_); }
  changed_.notify_all();
}

std::uint64_t ClipLoad::subscribe(std::function<void()> listener) {
  const std::lock_guard lock(listeners_mutex_);
  const auto number = ++last_listener_;
  if (is_finished()) {
    listener();
  } else {
    listeners_.emplace_back(number, std::move(listener));
  }
  return number;
}

void ClipLoad::unsubscribe(std::uint64_t number) {
  const std::lock_guard lock(listeners_mutex_);
  std::erase_if(listeners_, [&](const auto& listener) { return listener.first == number; });
}

}  // namespace sam2::clip
