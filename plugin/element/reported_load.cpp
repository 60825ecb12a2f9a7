// SPDX-License-Identifier: LGPL-2.1-or-later
#include "element/reported_load.hpp"

#include "element/bus_error.hpp"
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

void ReportedLoad::report() {
  if (!load_->is_finished()) return;
  std::call_once(reported_, [this] {
    if (!is_retired_) post();
  });
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
