// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "clip/clip_load.hpp"

#include <pthread.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/catch_exceptions.hpp"
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
    : path_(path), options_(options), thread_([this, path] { run(path); }) {}

ClipLoad::~ClipLoad() {
  is_cancelled_ = true;
  {
    const std::lock_guard lock(wanted_mutex_);
    is_wanted_ = true;
  }
  wanted_changed_.notify_all();
  thread_.join();
  if (wanted_thread_.joinable()) wanted_thread_.join();
}

void ClipLoad::set_playhead(std::size_t entry, masks::Direction direction) {
  const auto clip = this->clip();
  if (clip == nullptr || clip->readiness_of(entry) == Clip::Readiness::Unread) return;
  if (clip->set_playhead(entry, direction)) want_reading();
}

void ClipLoad::read_out_of_order(std::size_t entry, masks::Direction direction) {
  const auto clip = this->clip();
  if (clip == nullptr || is_finished() || clip->readiness_of(entry) != Clip::Readiness::Unread) return;
  if (windows_.want(entry, direction)) want_reading();
}

void ClipLoad::want_reading() {
  {
    const std::lock_guard lock(wanted_mutex_);
    is_wanted_ = true;
    if (!wanted_thread_.joinable()) wanted_thread_ = std::thread([this] { read_wanted(); });
  }
  wanted_changed_.notify_all();
}

void ClipLoad::read_wanted() {
  pthread_setname_np(pthread_self(), "sam2-wanted");
  const auto clip = this->clip();
  auto& words = clip->masks().words();
  while (!is_cancelled_) {
    {
      std::unique_lock lock(wanted_mutex_);
      wanted_changed_.wait(lock, [this] { return is_wanted_; });
      is_wanted_ = false;
    }
    while (!is_cancelled_ && (windows_.read_next(is_cancelled_) || reread_next(words))) wake();
  }
}

/// Returns false if nothing has to be read again.
bool ClipLoad::reread_next(masks::WordStore& words) {
  const auto stretch = words.next_wanted();
  if (!stretch) return false;
  if (const auto read = words.read(*stretch); !read) {
    const std::lock_guard lock(mutex_);
    if (!status_.lost_error) status_.lost_error = read.error().within(printable(path_));
  }
  return true;
}

void ClipLoad::run(const std::string& path) {
  pthread_setname_np(pthread_self(), "sam2-load");
  const auto begin = Clock::now();
  auto result = catch_exceptions(printable(path), [&] { return load(path); });
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

void ClipLoad::on_windows(const std::shared_ptr<masks::WindowReader>& windows) {
  if (windows_.begin(clip(), options_, windows)) want_reading();
}

void ClipLoad::on_progress() {
  follow(tracking::Tracks::End::Open);
  wake();
}

void ClipLoad::finish(Result<masks::LoadedMasks> result, std::chrono::nanoseconds duration) {
  {
    const std::lock_guard lock(mutex_);
    if (result) {
      is_whole_ = result->is_whole;
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

SharedClip ClipLoad::clip() const {
  const std::lock_guard lock(mutex_);
  return status_.clip;
}

std::optional<Error> ClipLoad::lost_error() const {
  const std::lock_guard lock(mutex_);
  return status_.lost_error;
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
