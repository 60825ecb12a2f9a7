// SPDX-License-Identifier: LGPL-2.1-or-later
#include "element/mask_source.hpp"

#include <chrono>
#include <utility>

#include "element/feed.hpp"
#include "timing/schedule.hpp"

namespace sam2::element {
namespace {

using std::chrono::milliseconds;
using Clock = masks::BackgroundLoad::Clock;
using Status = masks::BackgroundLoad::Status;

/// How long a start waits for the first masks; what takes longer is waited for by the first frame.
constexpr milliseconds kFirstMasks{200};
/// Small files are read in this time: then a start, or a change of the file, tells at once what became of it.
constexpr milliseconds kSmallFile{10};
/// How long the first frame after a change of the file waits for the new one, before the old masks are shown again.
constexpr milliseconds kReplacement{100};

/// timing=timestamps needs a file that has them; found out before playback, not in its middle.
Result<void> check_timing(const Settings& settings, const masks::MaskSet& masks) {
  timing::ScheduleInput input;
  input.timing = settings.timing;
  input.timestamps = masks.timestamps();
  const auto schedule = timing::Schedule::make(input);
  if (schedule) return {};
  return schedule.error().within(settings.location.value_or(""));
}

/// Nothing of the file can be shown.
bool has_failed(const Status& status) {
  return status.error && !status.is_any_there();
}

}  // namespace

Result<void> MaskSource::start(const Settings& settings) {
  const std::lock_guard lock(control_mutex_);
  is_interrupted_ = false;
  Feeds feeds;
  if (settings.has_location()) {
    feeds.current = Feed::open(element_, settings, Feed::Role::First);
    auto& load = feeds.current->load();
    const bool is_begun =
        load.wait_until(Clock::now() + kFirstMasks, [](const Status& status) { return status.is_decided(0); });
    if (is_begun) {
      load.wait_until(Clock::now() + kSmallFile, [](const Status& status) { return status.is_finished; });
    }
    const auto status = load.status();
    if (has_failed(status)) return *status.error;
    if (status.masks != nullptr) SAM2_TRY(check_timing(settings, *status.masks));
    if (!status.is_finished) feeds.current->watch();
  }
  set_feeds(std::move(feeds));
  is_running_ = true;
  return {};
}

void MaskSource::stop() {
  const std::lock_guard lock(control_mutex_);
  is_running_ = false;
  set_feeds({});
}

/// What is let go of is destroyed after the lock is given back: that ends its thread.
void MaskSource::set_feeds(Feeds feeds) {
  feeds_.with([&](Feeds& old) { std::swap(old, feeds); });
  for (const auto& old : {feeds.current, feeds.next}) {
    if (old != nullptr) old->retire();
  }
}

void MaskSource::replace(const Settings& settings) {
  std::unique_lock lock(control_mutex_);
  if (!is_running_) return;
  if (!settings.has_location()) {
    set_feeds({});
    return;
  }
  const auto next = Feed::open(element_, settings, Feed::Role::Replacement);
  const auto unused = feeds_.with([&](Feeds& feeds) {
    feeds.is_fresh = true;
    return std::exchange(feeds.next, next);
  });
  if (unused != nullptr) unused->retire();
  next->load().wait_until(Clock::now() + kSmallFile, [](const Status& status) { return status.is_finished; });
  if (!next->load().is_finished()) next->watch();
  lock.unlock();
  next->report();
}

void MaskSource::report() {
  const auto feeds = feeds_.copy();
  if (feeds.current != nullptr) feeds.current->report();
}

void MaskSource::interrupt() {
  is_interrupted_ = true;
  const auto feeds = feeds_.copy();
  for (const auto& feed : {feeds.current, feeds.next}) {
    if (feed != nullptr) feed->load().wake();
  }
}

/// The next file takes the place of the current one as soon as all of it is there, so that playback never stops for it.
void MaskSource::promote_next() {
  const auto feeds = feeds_.with([](Feeds& now) {
    auto seen = now;
    now.is_fresh = false;
    return seen;
  });
  const auto& next = feeds.next;
  if (next == nullptr) return;
  if (feeds.is_fresh) {
    next->load().wait_until(Clock::now() + kReplacement,
                            [this](const Status& status) { return status.is_finished || is_interrupted_; });
  }
  if (!next->load().is_finished()) return;
  next->report();
  const bool has_failed = next->load().status().error.has_value();
  // Meanwhile yet another one may have been set.
  feeds_.with([&](Feeds& now) {
    if (now.next != next) return;
    if (!has_failed) now.current = next;
    now.next = nullptr;
  });
}

GstFlowReturn MaskSource::take(SharedMasks& masks, SharedTracks& tracks) {
  promote_next();
  const auto current = feeds_.copy().current;
  masks = nullptr;
  tracks = nullptr;
  if (current == nullptr) return GST_FLOW_OK;
  bool failed = false;
  current->load().wait([&](const Status& status) {
    masks = status.masks;
    tracks = std::static_pointer_cast<const tracking::Tracks>(status.follower);
    failed = has_failed(status);
    return masks != nullptr || status.is_finished || is_interrupted_;
  });
  current->report();
  if (failed) return GST_FLOW_ERROR;
  return masks != nullptr ? GST_FLOW_OK : GST_FLOW_FLUSHING;
}

GstFlowReturn MaskSource::wait_for(std::size_t entry, bool& is_there) {
  const auto current = feeds_.copy().current;
  is_there = false;
  if (current == nullptr) return GST_FLOW_OK;
  bool is_decided = false;
  bool failed = false;
  current->load().wait([&](const Status& status) {
    is_decided = status.is_decided(entry);
    is_there = status.is_there(entry);
    failed = has_failed(status);
    return is_decided || is_interrupted_;
  });
  current->report();
  if (failed) return GST_FLOW_ERROR;
  return is_decided ? GST_FLOW_OK : GST_FLOW_FLUSHING;
}

MaskSource::Stats MaskSource::stats() const {
  const auto feeds = feeds_.copy();
  if (feeds.current == nullptr) return {};
  const auto status = feeds.current->load().status();
  return {status.masks, static_cast<GstClockTime>(status.duration.count())};
}

}  // namespace sam2::element
