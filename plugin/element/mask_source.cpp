// SPDX-License-Identifier: LGPL-2.1-or-later
#include "element/mask_source.hpp"

#include <chrono>
#include <utility>

#include "clip/clip_load.hpp"
#include "element/debug.hpp"
#include "element/reported_load.hpp"
#include "timing/schedule.hpp"

namespace sam2::element {
namespace {

using std::chrono::milliseconds;
using Clock = clip::ClipLoad::Clock;
using Status = clip::ClipLoad::Status;

/// A start waits this long for the first masks. If they take longer, the first frame waits for them.
constexpr milliseconds kFirstMasks{200};
/// A start, or a change of the file, waits this long for the whole file, so that small files are reported at once.
constexpr milliseconds kSmallFile{10};
/// After a change of the file, the first frame waits this long for the new one before it shows the old masks again.
constexpr milliseconds kReplacement{100};

/// Checks before playback that a file has the timestamps which timing=timestamps needs.
Result<void> check_timing(const Settings& settings, const masks::MaskSet& masks) {
  timing::ScheduleInput input;
  input.timing = settings.timing;
  input.timestamps = masks.timestamps();
  const auto schedule = timing::Schedule::make(input);
  if (schedule) return {};
  return schedule.error().within(settings.location.value_or(""));
}

/// True if the load ended with an error before any masks could be shown.
bool has_failed(const Status& status) {
  return status.error && !status.is_any_ready();
}

}  // namespace

Result<void> MaskSource::start(const Settings& settings) {
  const std::lock_guard lock(control_mutex_);
  is_interrupted_ = false;
  Loads loads;
  if (settings.has_location()) {
    loads.current = ReportedLoad::open(element_, settings, ReportedLoad::Role::First);
    auto& load = loads.current->load();
    const bool is_begun =
        load.wait_until(Clock::now() + kFirstMasks, [](const Status& status) { return status.is_decided(0); });
    if (is_begun) {
      load.wait_until(Clock::now() + kSmallFile, [](const Status& status) { return status.is_finished; });
    }
    const auto status = load.status();
    if (has_failed(status)) return *status.error;
    if (status.clip != nullptr) SAM2_TRY(check_timing(settings, status.clip->masks()));
    if (!status.is_finished) loads.current->watch();
  }
  set_loads(std::move(loads));
  is_running_ = true;
  return {};
}

void MaskSource::stop() {
  const std::lock_guard lock(control_mutex_);
  is_running_ = false;
  set_loads({});
}

/// The old loads are destroyed after the lock is released, since that waits for their threads.
void MaskSource::set_loads(Loads loads) {
  loads_.with([&](Loads& old) { std::swap(old, loads); });
  for (const auto& old : {loads.current, loads.next}) {
    if (old != nullptr) old->retire();
  }
}

void MaskSource::replace(const Settings& settings) {
  std::unique_lock lock(control_mutex_);
  if (!is_running_) return;
  GST_DEBUG_OBJECT(element_, "location is now %s", settings.location.value_or("unset").c_str());
  if (!settings.has_location()) {
    set_loads({});
    return;
  }
  const auto next = ReportedLoad::open(element_, settings, ReportedLoad::Role::Replacement);
  const auto unused = loads_.with([&](Loads& loads) {
    loads.is_next_new = true;
    return std::exchange(loads.next, next);
  });
  if (unused != nullptr) unused->retire();
  next->load().wait_until(Clock::now() + kSmallFile, [](const Status& status) { return status.is_finished; });
  if (!next->load().is_finished()) next->watch();
  lock.unlock();
  next->report();
}

void MaskSource::report() {
  const auto loads = loads_.copy();
  if (loads.current != nullptr) loads.current->report();
}

void MaskSource::interrupt() {
  is_interrupted_ = true;
  const auto loads = loads_.copy();
  for (const auto& load : {loads.current, loads.next}) {
    if (load != nullptr) load->load().wake();
  }
}

/// The next file replaces the current one once all of it has been read, so that playback never stops for it.
void MaskSource::promote_next() {
  const auto loads = loads_.with([](Loads& now) {
    auto seen = now;
    now.is_next_new = false;
    return seen;
  });
  const auto& next = loads.next;
  if (next == nullptr) return;
  if (loads.is_next_new) {
    next->load().wait_until(Clock::now() + kReplacement,
                            [this](const Status& status) { return status.is_finished || is_interrupted_; });
  }
  if (!next->load().is_finished()) return;
  next->report();
  GST_DEBUG_OBJECT(element_, "the next mask file has been read");
  const bool has_failed = next->load().status().error.has_value();
  // In the meantime another file may have been set.
  loads_.with([&](Loads& now) {
    if (now.next != next) return;
    if (!has_failed) now.current = next;
    now.next = nullptr;
  });
}

GstFlowReturn MaskSource::take(SharedClip& clip) {
  promote_next();
  const auto current = loads_.copy().current;
  clip = nullptr;
  if (current == nullptr) return GST_FLOW_OK;
  bool failed = false;
  current->load().wait([&](const Status& status) {
    clip = status.clip;
    failed = has_failed(status);
    return clip != nullptr || status.is_finished || is_interrupted_;
  });
  current->report();
  if (failed) return GST_FLOW_ERROR;
  return clip != nullptr ? GST_FLOW_OK : GST_FLOW_FLUSHING;
}

GstFlowReturn MaskSource::wait_for(std::size_t entry, bool& is_ready) {
  const auto current = loads_.copy().current;
  is_ready = false;
  if (current == nullptr) return GST_FLOW_OK;
  bool is_decided = false;
  bool failed = false;
  if (!current->load().status().is_decided(entry)) {
    GST_DEBUG_OBJECT(element_, "waiting until entry %" G_GSIZE_FORMAT " has been read", entry);
  }
  current->load().wait([&](const Status& status) {
    is_decided = status.is_decided(entry);
    is_ready = status.is_ready(entry);
    failed = has_failed(status);
    return is_decided || is_interrupted_;
  });
  current->report();
  if (failed) return GST_FLOW_ERROR;
  if (!is_decided) GST_DEBUG_OBJECT(element_, "the wait for entry %" G_GSIZE_FORMAT " was interrupted", entry);
  return is_decided ? GST_FLOW_OK : GST_FLOW_FLUSHING;
}

MaskSource::Stats MaskSource::stats() const {
  const auto loads = loads_.copy();
  if (loads.current == nullptr) return {};
  const auto status = loads.current->load().status();
  return {status.clip, static_cast<GstClockTime>(status.duration.count())};
}

}  // namespace sam2::element
