// SPDX-License-Identifier: LGPL-2.1-or-later

/**
 * SECTION:element-sam2overlay
 * @title: sam2overlay
 *
 * Plays segmentation masks, as SAM 2 makes them and NumPy saves them, on top of video. The masks of a frame are found
 * by stream time, drawn into the frame in place in its own pixel format, and described in metadata and messages.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 filesrc location=clip.mp4 ! decodebin ! sam2overlay location=clip.npz ! videoconvert ! autovideosink
 * ]| Shows the clip with its masks as coloured areas with an outline, and a disc at each object's centroid.
 *
 * Since: 0.1
 */

#include "element/gstsam2overlay.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

#include "base/guarded.hpp"
#include "element/bus_error.hpp"
#include "element/caps.hpp"
#include "element/playback.hpp"
#include "element/settings.hpp"

GST_DEBUG_CATEGORY_STATIC(gst_sam2_overlay_debug);
#define GST_CAT_DEFAULT gst_sam2_overlay_debug

using namespace sam2;
using namespace sam2::element;

namespace {

/// The file in use.
struct Source {
  SharedMasks masks;
  SharedTracks tracks;
  GstClockTime load_time = 0;
};

}  // namespace

struct GstSam2OverlayPrivate {
  explicit GstSam2OverlayPrivate(GstElement* element) : playback(element) {}

  // Any thread.
  Guarded<SharedSettings> settings{std::make_shared<const Settings>()};
  Guarded<Source> source;
  std::atomic<guint64> rendered{0};
  std::atomic<guint64> passed_through{0};

  // One load at a time; `running` is between start and stop. Messages are never posted with this lock held, since a
  // synchronous bus handler may set properties.
  std::mutex load_mutex;
  std::atomic<bool> running{false};

  // The streaming thread, or while there is none.
  Playback playback;
  FramePlan plan;
};

struct _GstSam2Overlay {
  GstBaseTransform parent;
  GstSam2OverlayPrivate* priv;
};

#define gst_sam2_overlay_parent_class parent_class
G_DEFINE_FINAL_TYPE(GstSam2Overlay, gst_sam2_overlay, GST_TYPE_BASE_TRANSFORM)

GST_ELEMENT_REGISTER_DEFINE(sam2overlay, "sam2overlay", GST_RANK_NONE, GST_TYPE_SAM2_OVERLAY)

/* Loading */

static Result<SharedTracks> make_tracks(const Settings& settings, const SharedMasks& masks) {
  auto tracks = tracking::Tracks::make(masks, settings.tracking, settings.max_memory);
  if (tracks) return *std::move(tracks);
  return tracks.error().within(*settings.location);
}

/// Loads the file that `settings` name and puts it in the place of the one in use. On failure that one stays.
static Result<std::vector<std::string>> load_source(GstSam2Overlay* self, const Settings& settings) {
  if (!settings.has_location()) {
    self->priv->source.set({});
    return std::vector<std::string>();
  }
  const auto begin = std::chrono::steady_clock::now();
  auto loaded = SAM2_TRY(masks::load_masks(*settings.location, settings.load_options()));
  const SharedTracks tracks = SAM2_TRY(make_tracks(settings, loaded.masks));
  const std::chrono::nanoseconds taken = std::chrono::steady_clock::now() - begin;
  const auto& set = *loaded.masks;
  GST_INFO_OBJECT(self, "%s: axes %s, %d x %d, %zu entries, %zu objects, %" G_GUINT64_FORMAT " bytes",
                  settings.location->c_str(), set.axes().c_str(), set.size().width, set.size().height,
                  set.entries().size(), set.objects().size(), guint64{set.store_bytes()});
  self->priv->source.set({std::move(loaded.masks), tracks, static_cast<GstClockTime>(taken.count())});
  return std::move(loaded.warnings);
}

static void post_load_warnings(GstSam2Overlay* self, const std::vector<std::string>& warnings) {
  for (const auto& warning : warnings) post_warning(GST_ELEMENT(self), {ErrorCode::Format, warning});
}

/// The `location` was set while running: the new masks count from the next frame on.
static void reload(GstSam2Overlay* self) {
  auto* priv = self->priv;
  std::unique_lock lock(priv->load_mutex);
  if (!priv->running) return;
  const auto settings = priv->settings.copy();
  const auto warnings = load_source(self, *settings);
  lock.unlock();
  if (warnings) {
    post_load_warnings(self, *warnings);
  } else {
    post_warning(GST_ELEMENT(self), warnings.error());
  }
}

/// timing=timestamps needs a file that has them; found out before playback, not in its middle.
static Result<void> check_timing(const Settings& settings, const SharedMasks& masks) {
  if (!masks) return {};
  timing::ScheduleInput input;
  input.timing = settings.timing;
  input.timestamps = masks->timestamps();
  const auto schedule = timing::Schedule::make(input);
  if (schedule) return {};
  return schedule.error().within(settings.location.value_or(""));
}

static Result<std::vector<std::string>> start_source(GstSam2Overlay* self, const Settings& settings) {
  if (auto error = settings.first_error()) return *std::move(error);
  auto warnings = SAM2_TRY(load_source(self, settings));
  SAM2_TRY(check_timing(settings, self->priv->source.copy().masks));
  // Last, so that a start that fails leaves the file of an earlier run alone.
  const auto& tracks = settings.tracks_location;
  if (tracks && !tracks->empty()) SAM2_TRY(self->priv->playback.open_track_log(*tracks));
  return warnings;
}

static gboolean gst_sam2_overlay_start(GstBaseTransform* base) {
  return call_guarded(base, FALSE, [&]() -> gboolean {
    auto* self = GST_SAM2_OVERLAY(base);
    auto* priv = self->priv;
    priv->playback.reset();
    std::unique_lock lock(priv->load_mutex);
    const auto settings = priv->settings.copy();
    const auto warnings = start_source(self, *settings);
    if (warnings) {
      priv->running = true;
    } else {
      // stop() is not called after a start() that failed.
      priv->source.set({});
    }
    lock.unlock();
    if (!warnings) {
      post_error(GST_ELEMENT(self), warnings.error());
      return FALSE;
    }
    post_load_warnings(self, *warnings);
    return TRUE;
  });
}

static gboolean gst_sam2_overlay_stop(GstBaseTransform* base) {
  return call_guarded(base, FALSE, [&]() -> gboolean {
    auto* priv = GST_SAM2_OVERLAY(base)->priv;
    {
      const std::lock_guard lock(priv->load_mutex);
      priv->running = false;
      priv->source.set({});
    }
    priv->playback.reset();
    priv->rendered = 0;
    priv->passed_through = 0;
    return TRUE;
  });
}

/* Streaming */

static gboolean gst_sam2_overlay_set_caps(GstBaseTransform* base, GstCaps* incaps, GstCaps*) {
  return call_guarded(base, FALSE, [&]() -> gboolean {
    if (GST_SAM2_OVERLAY(base)->priv->playback.set_caps(incaps)) return TRUE;
    GST_ERROR_OBJECT(base, "cannot draw on %" GST_PTR_FORMAT, static_cast<void*>(incaps));
    return FALSE;
  });
}

static gboolean gst_sam2_overlay_sink_event(GstBaseTransform* base, GstEvent* event) {
  call_guarded(base, 0, [&] {
    auto& clock = GST_SAM2_OVERLAY(base)->priv->playback.clock();
    switch (GST_EVENT_TYPE(event)) {
      case GST_EVENT_STREAM_START: {
        const gchar* stream_id = nullptr;
        gst_event_parse_stream_start(event, &stream_id);
        clock.on_stream_start(stream_id != nullptr ? stream_id : "");
        break;
      }
      case GST_EVENT_EOS:
        GST_SAM2_OVERLAY(base)->priv->playback.on_end();
        break;
      case GST_EVENT_FLUSH_STOP:
        clock.on_flush();
        break;
      case GST_EVENT_SEGMENT: {
        const GstSegment* segment = nullptr;
        gst_event_parse_segment(event, &segment);
        clock.on_segment(*segment);
        break;
      }
      default:
        break;
    }
    return 0;
  });
  return GST_BASE_TRANSFORM_CLASS(parent_class)->sink_event(base, event);
}

// Everything here works on a copy of the segment: the base class resets its own when the state changes, without waiting
// for a buffer that is still on its way.

static void gst_sam2_overlay_before_transform(GstBaseTransform* base, GstBuffer* buffer) {
  const GstSegment segment = base->segment;
  if (segment.format != GST_FORMAT_TIME || !GST_BUFFER_PTS_IS_VALID(buffer)) return;
  const auto stream_time = gst_segment_to_stream_time(&segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  if (GST_CLOCK_TIME_IS_VALID(stream_time)) gst_object_sync_values(GST_OBJECT(base), stream_time);
}

// Whether a buffer is passed on as it is, gets metadata, or is drawn on is decided here and not in before_transform(),
// which runs before a pending renegotiation.
static GstFlowReturn gst_sam2_overlay_prepare_output_buffer(GstBaseTransform* base, GstBuffer* input,
                                                            GstBuffer** output) {
  return call_guarded(base, GST_FLOW_ERROR, [&]() -> GstFlowReturn {
    auto* priv = GST_SAM2_OVERLAY(base)->priv;
    const GstSegment segment = base->segment;
    const auto source = priv->source.copy();
    priv->plan = priv->playback.plan(segment, input, source.masks, source.tracks, priv->settings.copy());
    // The copy shares the memory; only what is drawn on is copied, when it is mapped.
    const bool reuse = !priv->plan.modifies() || gst_buffer_is_writable(input);
    *output = reuse ? input : gst_buffer_copy(input);
    return GST_FLOW_OK;
  });
}

static GstFlowReturn gst_sam2_overlay_transform_ip(GstBaseTransform* base, GstBuffer* buffer) {
  return call_guarded(base, GST_FLOW_ERROR, [&]() -> GstFlowReturn {
    auto* priv = GST_SAM2_OVERLAY(base)->priv;
    const GstSegment segment = base->segment;
    const bool drawn = priv->playback.carry_out(priv->plan, segment, buffer);
    ++(drawn ? priv->rendered : priv->passed_through);
    GST_LOG_OBJECT(base, "%" GST_TIME_FORMAT ": mask %d, %s", GST_TIME_ARGS(GST_BUFFER_PTS(buffer)),
                   priv->plan.mask_index, drawn ? "drawn" : "passed through");
    return GST_FLOW_OK;
  });
}

/* Object */

static GstStructure* make_stats(GstSam2OverlayPrivate& priv) {
  const auto source = priv.source.copy();
  const auto* set = source.masks.get();
  const guint64 frames = set != nullptr ? set->entries().size() : 0;
  return gst_structure_new("sam2overlay-stats", "frames-total", G_TYPE_UINT64, frames, "frames-loaded", G_TYPE_UINT64,
                           frames, "objects", G_TYPE_UINT64, guint64{set != nullptr ? set->objects().size() : 0},
                           "axes", G_TYPE_STRING, set != nullptr ? set->axes().c_str() : "", "rendered", G_TYPE_UINT64,
                           priv.rendered.load(), "passed-through", G_TYPE_UINT64, priv.passed_through.load(),
                           "store-bytes", G_TYPE_UINT64, guint64{set != nullptr ? set->store_bytes() : 0}, "load-time",
                           G_TYPE_UINT64, guint64{source.load_time}, nullptr);
}

static void gst_sam2_overlay_set_property(GObject* object, guint id, const GValue* value, GParamSpec* pspec) {
  call_guarded(object, 0, [&] {
    auto* self = GST_SAM2_OVERLAY(object);
    // Readers hold what they read: a write makes a new copy.
    const auto change = self->priv->settings.with([&](SharedSettings& settings) {
      auto next = std::make_shared<Settings>(*settings);
      auto result = set_setting(*next, id, value);
      if (result.changed) settings = std::move(next);
      return result;
    });
    if (!change.changed) return 0;
    g_object_notify_by_pspec(object, pspec);
    if (id == kPropLocation) reload(self);
    if (change.error && self->priv->running) post_warning(GST_ELEMENT(self), *change.error);
    return 0;
  });
}

static void gst_sam2_overlay_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  call_guarded(object, 0, [&] {
    auto& priv = *GST_SAM2_OVERLAY(object)->priv;
    if (id == kPropStats) {
      g_value_take_boxed(value, make_stats(priv));
    } else {
      get_setting(*priv.settings.copy(), id, value);
    }
    return 0;
  });
}

static void gst_sam2_overlay_init(GstSam2Overlay* self) {
  self->priv = new GstSam2OverlayPrivate(GST_ELEMENT(self));
  gst_base_transform_set_in_place(GST_BASE_TRANSFORM(self), TRUE);
}

static void gst_sam2_overlay_finalize(GObject* object) {
  delete GST_SAM2_OVERLAY(object)->priv;
  G_OBJECT_CLASS(parent_class)->finalize(object);
}

static void gst_sam2_overlay_class_init(GstSam2OverlayClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_sam2_overlay_debug, "sam2overlay", 0, "SAM 2 mask overlay");

  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_sam2_overlay_set_property;
  object_class->get_property = gst_sam2_overlay_get_property;
  object_class->finalize = gst_sam2_overlay_finalize;
  install_properties(object_class);
  mark_enums_as_plugin_api();

  auto* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_set_static_metadata(element_class, "SAM 2 mask overlay", "Filter/Editor/Video",
                                        "Plays SAM 2 segmentation masks from an .npz file on top of video",
                                        "The sam2overlay developers");
  auto* caps = make_template_caps();
  gst_element_class_add_pad_template(element_class, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
  gst_element_class_add_pad_template(element_class, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps));
  gst_caps_unref(caps);

  auto* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->start = gst_sam2_overlay_start;
  transform_class->stop = gst_sam2_overlay_stop;
  transform_class->set_caps = gst_sam2_overlay_set_caps;
  transform_class->sink_event = gst_sam2_overlay_sink_event;
  transform_class->before_transform = gst_sam2_overlay_before_transform;
  transform_class->prepare_output_buffer = gst_sam2_overlay_prepare_output_buffer;
  transform_class->transform_ip = gst_sam2_overlay_transform_ip;
  transform_class->transform_ip_on_passthrough = FALSE;
}
