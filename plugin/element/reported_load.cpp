// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/reported_load.hpp"

#include <algorithm>
#include <string>

#include "base/text.hpp"
#include "element/bus_error.hpp"
#include "element/clip_length.hpp"
#include "element/debug.hpp"

namespace sam2::element {
namespace {

GstMessage* make_loaded_message(GstElement* element, const std::string& location, const masks::MaskSet& set,
                                std::chrono::nanoseconds duration) {
  const std::chrono::duration<double> seconds = duration;
  auto* const structure =
      gst_structure_new("sam2overlay-loaded", "location", G_TYPE_STRING, location.c_str(), "frames", G_TYPE_UINT64,
                        guint64{set.entry_count()}, "objects", G_TYPE_UINT64, guint64{set.object_count()}, "bytes",
                        G_TYPE_UINT64, guint64{set.store_bytes()}, "seconds", G_TYPE_DOUBLE, seconds.count(), nullptr);
  return gst_message_new_element(GST_OBJECT(element), structure);
}

void report_load(GstElement* element, gpointer load) {
  call_guarded(element, 0, [&] {
    if (const auto living = static_cast<std::weak_ptr<ReportedLoad>*>(load)->lock()) living->report();
    return 0;
  });
}

void free_load(gpointer load) {
  delete static_cast<std::weak_ptr<ReportedLoad>*>(load);
}

}  // namespace

std::shared_ptr<ReportedLoad> ReportedLoad::open(GstElement* element, const Settings& settings, Role role) {
  return std::shared_ptr<ReportedLoad>(new ReportedLoad(element, settings, role));
}

ReportedLoad::ReportedLoad(GstElement* element, const Settings& settings, Role role)
    : element_(element),
      settings_(settings),
      location_(settings.location.value_or("")),
      role_(role),
      load_(clip::ClipLoad::open(location_, settings.clip_options())) {}

ReportedLoad::~ReportedLoad() {
  if (listener_ != 0) load_->unsubscribe(listener_);
}

void ReportedLoad::watch() {
  // The loading thread must not run the application's code, and must not destroy the load, since that would wait for
  // itself. So it only asks one of GStreamer's threads to report.
  listener_ = load_->subscribe([weak = weak_from_this(), element = element_] {
    gst_element_call_async(element, report_load, new std::weak_ptr<ReportedLoad>(weak), free_load);
  });
}

namespace {

/// What looks wrong about the frame numbers of masks, of which there is one for each of the clip's `frames`.
std::optional<std::string> warning_about_numbers(const masks::MaskSet& masks, std::uint64_t frames) {
  const auto numbers = masks.frame_numbers();
  if (numbers.size() < 2 || !masks.timestamps().empty() || !is_length_of_clip(numbers.size(), frames)) {
    return std::nullopt;
  }
  const auto [first, last] = std::ranges::minmax(numbers);
  const std::string clip = ", but those of the clip are 0 to " + std::to_string(frames - 1);
  if (first == 1 && static_cast<std::uint64_t>(last) == frames) {
    return "the frame numbers of the masks are 1 to " + std::to_string(last) + clip +
           "; if the numbers count from 1, set ts-offset to minus the duration of a frame, or save them from 0 on";
  }
  if (last > 0 && static_cast<std::uint64_t>(last) > 2 * frames) {
    return "the frame numbers of the masks go up to " + std::to_string(last) + clip +
           "; if they are times, save them as timestamps, in seconds";
  }
  return std::nullopt;
}

}  // namespace

bool ReportedLoad::needs_length() {
  if (is_guess_settled_) return false;
  const auto clip = load_->clip();
  if (clip == nullptr) return false;
  const auto& masks = clip->masks();
  const auto numbers = masks.frame_numbers();
  const bool is_plain = masks.is_still() || numbers.empty() ||
                        (numbers.front() == 0 && numbers.back() + 1 == static_cast<std::int64_t>(numbers.size()));
  if (masks.axes_guess() || !is_plain) return true;
  is_guess_settled_ = true;
  return false;
}

bool ReportedLoad::has_open_guess() const {
  if (is_guess_settled_) return false;
  const auto clip = load_->clip();
  return clip != nullptr && clip->masks().axes_guess().has_value();
}

std::optional<Settings> ReportedLoad::corrected_settings(std::optional<std::uint64_t> frames) const {
  const auto clip = load_->clip();
  if (clip == nullptr || !frames) return std::nullopt;
  const auto& guess = clip->masks().axes_guess();
  if (!guess || guess->axis == 'T' || !is_length_of_clip(guess->planes, *frames)) return std::nullopt;
  auto settings = settings_;
  settings.axes = guess->frames_option;
  return settings;
}

void ReportedLoad::settle_guess(std::optional<std::uint64_t> frames) {
  const auto clip = load_->clip();
  if (clip == nullptr || is_guess_settled_.exchange(true)) return;
  const auto& masks = clip->masks();
  if (const auto warning = frames ? warning_about_numbers(masks, *frames) : std::nullopt; warning && !is_retired_) {
    post_warning(element_, {ErrorCode::Settings, printable(location_) + ": " + *warning});
  }
  const auto& guess = masks.axes_guess();
  const bool is_confirmed = guess && guess->axis == 'T' && frames && is_length_of_clip(guess->planes, *frames);
  if (!guess || is_confirmed || is_retired_) return;
  post_warning(element_, guess->warning.within(printable(location_)));
}

void ReportedLoad::report() {
  if (!load_->is_finished() || (has_open_guess() && !load_->status().error)) return;
  std::call_once(reported_, [this] {
    if (!is_retired_) post();
  });
}

void ReportedLoad::report_lost() {
  const auto error = load_->lost_error();
  if (!error || is_retired_) return;
  std::call_once(reported_lost_, [&] { post_warning(element_, *error); });
}

void ReportedLoad::post() const {
  const auto status = load_->status();
  if (status.error) {
    if (role_ == Role::First && !status.is_any_ready()) {
      post_error(element_, *status.error);
    } else {
      post_warning(element_, *status.error);
    }
    return;
  }
  const auto& set = status.clip->masks();
  GST_INFO_OBJECT(element_, "%s: axes %s, %d x %d, %zu entries, %zu objects, %" G_GUINT64_FORMAT " bytes",
                  location_.c_str(), set.axes().c_str(), set.size().width, set.size().height, set.entry_count(),
                  set.object_count(), guint64{set.store_bytes()});
  for (const auto& warning : status.warnings) post_warning(element_, warning);
  gst_element_post_message(element_, make_loaded_message(element_, location_, set, status.duration));
}

}  // namespace sam2::element
