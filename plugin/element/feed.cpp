// SPDX-License-Identifier: LGPL-2.1-or-later
#include "element/feed.hpp"

#include "element/bus_error.hpp"
#include "element/debug.hpp"
#include "tracking/tracks.hpp"

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

void report_feed(GstElement* element, gpointer feed) {
  call_guarded(element, 0, [&] {
    if (const auto living = static_cast<std::weak_ptr<Feed>*>(feed)->lock()) living->report();
    return 0;
  });
}

void free_feed(gpointer feed) {
  delete static_cast<std::weak_ptr<Feed>*>(feed);
}

}  // namespace

std::shared_ptr<Feed> Feed::open(GstElement* element, const Settings& settings, Role role) {
  return std::shared_ptr<Feed>(new Feed(element, settings, role));
}

Feed::Feed(GstElement* element, const Settings& settings, Role role)
    : element_(element),
      location_(settings.location.value_or("")),
      role_(role),
      load_(masks::BackgroundLoad::open(location_, settings.load_options(),
                                        tracking::Tracks::maker(settings.tracking))) {}

Feed::~Feed() {
  if (listener_ != 0) load_->unsubscribe(listener_);
}

void Feed::watch() {
  // The loading thread must neither run the application's code nor be the last to let go of the load, which would make
  // it wait for itself; so it only asks one of GStreamer's threads to report.
  listener_ = load_->subscribe([weak = weak_from_this(), element = element_] {
    gst_element_call_async(element, report_feed, new std::weak_ptr<Feed>(weak), free_feed);
  });
}

void Feed::report() {
  if (!load_->is_finished()) return;
  std::call_once(reported_, [this] {
    if (!is_retired_) post();
  });
}

void Feed::post() const {
  const auto status = load_->status();
  if (status.error) {
    if (role_ == Role::First && !status.is_any_there()) {
      post_error(element_, *status.error);
    } else {
      post_warning(element_, *status.error);
    }
    return;
  }
  const auto& set = *status.masks;
  GST_INFO_OBJECT(element_, "%s: axes %s, %d x %d, %zu entries, %zu objects, %" G_GUINT64_FORMAT " bytes",
                  location_.c_str(), set.axes().c_str(), set.size().width, set.size().height, set.entry_count(),
                  set.object_count(), guint64{set.store_bytes()});
  for (const auto& warning : status.warnings) post_warning(element_, warning);
  gst_element_post_message(element_, make_loaded_message(element_, location_, set, status.duration));
}

}  // namespace sam2::element
