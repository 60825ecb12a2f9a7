// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/mask_source.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "clip/clip_load.hpp"
#include "element/clip_length.hpp"
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
/// The end of the stream waits this long for the end of the file, so that its warnings come before the end.
constexpr milliseconds kEnd{200};
/// After a change of the file, the first frame waits this long for the new one before it shows the old masks again.
constexpr milliseconds kReplacement{100};

/// A frame waits so long before the progress of reading is posted, and between two posts.
constexpr milliseconds kSilentWait{200};
/// A frame waits so long for masks that another thread reads again.
constexpr milliseconds kDropped{100};

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
    loads.is_next_new = loads.is_outdated = true;
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

void MaskSource::report_at_end() {
  const auto current = loads_.copy().current;
  if (current == nullptr) return;
  current->load().wait_until(Clock::now() + kEnd,
                             [this](const Status& status) { return status.is_finished || is_interrupted_; });
  current->report();
}

/// The next file replaces the current one once all of it has been read, so that playback never stops for it.
void MaskSource::promote_next(Missing missing) {
  const auto loads = loads_.with([](Loads& now) {
    auto seen = now;
    now.is_next_new = false;
    return seen;
  });
  const auto& next = loads.next;
  if (next == nullptr) return;
  if (missing == Missing::Error) {
    // A frame that is shown with neither file would end the stream.
    wait_for_whole(next->load());
  } else if (loads.is_next_new) {
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
    if (!has_failed) {
      now.current = next;
      now.is_outdated = false;
    }
    now.next = nullptr;
  });
}

/// If the file was read as objects for want of anything better, and the clip has as many frames, reads it as frames.
void MaskSource::settle_guess(const std::shared_ptr<ReportedLoad>& load) {
  const auto frames = count_clip_frames(element_);
  const auto corrected = load->corrected_settings(frames);
  if (!corrected) {
    load->settle_guess(frames);
    load->report();
    return;
  }
  GST_INFO_OBJECT(element_, "%s: the clip has as many frames as there are masks, so that axes=%s",
                  corrected->location.value_or("").c_str(), corrected->axes.value_or("").c_str());
  const auto again = ReportedLoad::open(element_, *corrected, load->role());
  const bool is_current = loads_.with([&](Loads& now) {
    if (now.current != load) return false;
    now.current = again;
    return true;
  });
  (is_current ? load : again)->retire();
  if (is_current) again->watch();
}

GstFlowReturn MaskSource::take(Missing missing, Taken& taken) {
  taken = {};
  promote_next(missing);
  const auto flow = take_head(taken.clip);
  if (flow != GST_FLOW_OK || missing == Missing::Show) return flow;
  return check_whole(taken);
}

/// Drops the clip unless it is the file that was set last, all of which has been read.
GstFlowReturn MaskSource::check_whole(Taken& taken) {
  const auto loads = loads_.copy();
  if (is_interrupted_) return GST_FLOW_FLUSHING;
  if (loads.is_outdated) {
    taken.unknown = Unknown::NewFile;
  } else if (loads.current == nullptr) {
    taken.unknown = Unknown::NoFile;
  } else {
    auto& load = loads.current->load();
    wait_for_whole(load);
    if (!load.is_finished()) return GST_FLOW_FLUSHING;
    loads.current->report();
    if (!load.is_whole()) taken.unknown = Unknown::BrokenFile;
    taken.clip = load.clip();
  }
  if (taken.unknown) taken.clip = nullptr;
  return GST_FLOW_OK;
}

void MaskSource::wait_for_whole(clip::ClipLoad& load) {
  if (load.is_finished()) return;
  const auto clip = load.clip();
  const auto entries = clip != nullptr ? clip->masks().entry_count() : 0;
  wait_with_progress(load, entries > 0 ? entries - 1 : 0,
                     [this](const Status& status) { return status.is_finished || is_interrupted_; });
}

GstFlowReturn MaskSource::take_head(SharedClip& clip) {
  for (;;) {
    const auto current = loads_.copy().current;
    clip = nullptr;
    if (current == nullptr) return GST_FLOW_OK;
    bool failed = false;
    current->load().wait([&](const Status& status) {
      clip = status.clip;
      failed = has_failed(status);
      return clip != nullptr || status.is_finished || is_interrupted_;
    });
    if (current->needs_length()) {
      settle_guess(current);
      continue;
    }
    current->report();
    if (failed) return GST_FLOW_ERROR;
    return clip != nullptr ? GST_FLOW_OK : GST_FLOW_FLUSHING;
  }
}

GstFlowReturn MaskSource::wait_for(const WantedMasks& wanted, SharedClip& clip, bool& is_ready) {
  const auto entry = wanted.entry;
  const auto last = wanted.last_entry;
  const auto current = loads_.copy().current;
  is_ready = false;
  if (current == nullptr) return GST_FLOW_OK;
  auto& load = current->load();
  load.set_playhead(entry, direction_to(entry));
  // A window tells nothing of what lies before it.
  const bool takes_window = !wanted.needs_past && last == entry;
  if (takes_window) load.read_out_of_order(entry, direction_);
  SharedClip window;
  bool is_decided = false;
  bool failed = false;
  const auto knows_last = [&](const Status& status) {
    return last == entry || status.is_finished || (status.clip != nullptr && status.clip->tracks().is_ready(last));
  };
  const auto is_done = [&](const Status& status) {
    is_decided = status.is_decided(entry) && knows_last(status);
    is_ready = status.is_ready(entry);
    failed = has_failed(status);
    if (!is_decided && takes_window) window = load.windows().find(entry);
    return is_decided || window != nullptr || is_interrupted_;
  };
  if (!load.wait_until(Clock::now(), is_done)) {
    GST_DEBUG_OBJECT(element_, "waiting until entry %" G_GSIZE_FORMAT " has been read", entry);
    const auto is_read = [&](const Status& status) { return is_done(status) || (is_ready && knows_last(status)); };
    // Dropped masks are all that may be missing then.
    wait_with_progress(load, entry, is_read, takes_window);
    // Only what has been read before has a place that can be read again. Another element that shares the load may move
    // the playhead elsewhere, so the wait is short: drawing reads dropped masks by itself.
    load.set_playhead(entry, direction_);
    const bool is_timely = load.wait_until(Clock::now() + kDropped, is_done);
    if (!is_timely && !is_interrupted_) is_decided = is_ready = true;
  }
  if (!is_decided && window != nullptr) {
    clip = std::move(window);
    is_decided = is_ready = true;
  }
  current->report();
  current->report_lost();
  if (failed) return GST_FLOW_ERROR;
  if (!is_decided) GST_DEBUG_OBJECT(element_, "the wait for entry %" G_GSIZE_FORMAT " was interrupted", entry);
  return is_decided ? GST_FLOW_OK : GST_FLOW_FLUSHING;
}

/// Playing backwards goes from entry to entry, while a seek leaps.
masks::Direction MaskSource::direction_to(std::size_t entry) {
  constexpr std::size_t kLeap = 64;
  const auto last = std::exchange(last_entry_, entry);
  if (entry > last || last - entry > kLeap) direction_ = masks::Direction::Forward;
  if (entry < last && last - entry <= kLeap) direction_ = masks::Direction::Backward;
  return direction_;
}

/// Waits until is_done(status) is true. Posts the progress of reading up to `entry` while that takes long.
template <typename Done>
void MaskSource::wait_with_progress(clip::ClipLoad& load, std::size_t entry, Done is_done, bool takes_window) {
  if (load.wait_until(Clock::now() + kSilentWait, is_done)) return;
  const auto post = [&](GstProgressType type) {
    const auto clip = load.clip();
    const auto read = clip != nullptr ? clip->masks().published_count() : 0;
    const auto percent = static_cast<int>(std::min<std::size_t>(100, read * 100 / (entry + 1)));
    const auto text = "Reading masks: " + std::to_string(percent) + " %";
    auto* const message = gst_message_new_progress(GST_OBJECT(element_), type, "sam2overlay-read", text.c_str());
    gst_structure_set(gst_message_writable_structure(message), "percent", G_TYPE_INT, percent, nullptr);
    gst_element_post_message(element_, message);
  };
  post(GST_PROGRESS_TYPE_START);
  while (!load.wait_until(Clock::now() + kSilentWait, is_done)) {
    post(GST_PROGRESS_TYPE_CONTINUE);
    // Another element that shares the load may have asked for so much that this was forgotten.
    if (takes_window) load.read_out_of_order(entry, direction_);
  }
  post(is_interrupted_ ? GST_PROGRESS_TYPE_CANCELED : GST_PROGRESS_TYPE_COMPLETE);
}

MaskSource::Stats MaskSource::stats() const {
  const auto loads = loads_.copy();
  if (loads.current == nullptr) return {};
  const auto status = loads.current->load().status();
  return {status.clip, static_cast<GstClockTime>(status.duration.count())};
}

}  // namespace sam2::element
