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
#include <optional>
#include <string_view>
#include <utility>

#include "base/guarded.hpp"
#include "element/bus_error.hpp"
#include "element/caps.hpp"
#include "element/debug.hpp"
#include "element/frame_pool.hpp"
#include "element/mask_source.hpp"
#include "element/playback.hpp"
#include "element/properties.hpp"
#include "element/settings.hpp"
#include "tracking/track_log.hpp"

GST_DEBUG_CATEGORY(gst_sam2_overlay_debug);

using namespace sam2;
using namespace sam2::element;

struct GstSam2OverlayPrivate {
  explicit GstSam2OverlayPrivate(GstElement* element) : source(element), playback(element) {}

  // Any thread.
  Guarded<SharedSettings> settings{std::make_shared<const Settings>()};
  MaskSource source;
  std::atomic<guint64> rendered{0};
  std::atomic<guint64> passed_through{0};

  std::atomic<bool> running{false};  ///< between start and stop
  // What start leaves for the streaming thread, since the pads take data already.
  std::atomic<bool> is_new{false};  ///< a new stream begins
  Guarded<std::optional<tracking::TrackLog>> opened_log;

  // The streaming thread, or while there is none.
  Playback playback;
  FramePlan plan;
  bool has_posted_plan_error = false;  ///< the frames since then failed as well
  FramePool frame_pool;
};

struct _GstSam2Overlay {
  GstBaseTransform parent;
  GstSam2OverlayPrivate* priv;
};

#define gst_sam2_overlay_parent_class parent_class
G_DEFINE_FINAL_TYPE(GstSam2Overlay, gst_sam2_overlay, GST_TYPE_BASE_TRANSFORM)

GST_ELEMENT_REGISTER_DEFINE(sam2overlay, "sam2overlay", GST_RANK_NONE, GST_TYPE_SAM2_OVERLAY)

/* States */

static Result<void> start_source(GstSam2OverlayPrivate& priv) {
  const auto settings = priv.settings.copy();
  if (auto error = settings->first_error()) return *std::move(error);
  SAM2_TRY(priv.source.start(*settings));
  // Last, so that a start that fails leaves the file of an earlier run alone.
  const auto& tracks = settings->tracks_location;
  if (!tracks || tracks->empty()) return {};
  auto opened = tracking::TrackLog::open(*tracks);
  if (!opened) {
    priv.source.stop();
    return std::move(opened).error();
  }
  priv.opened_log.set(*std::move(opened));
  return {};
}

static gboolean gst_sam2_overlay_start(GstBaseTransform* base) {
  return call_guarded(base, FALSE, [&]() -> gboolean {
    auto* priv = GST_SAM2_OVERLAY(base)->priv;
    priv->is_new = true;
    if (const auto started = start_source(*priv); !started) {
      post_error(GST_ELEMENT(base), started.error());
      return FALSE;
    }
    priv->running = true;
    priv->source.report();
    return TRUE;
  });
}

static gboolean gst_sam2_overlay_stop(GstBaseTransform* base) {
  return call_guarded(base, FALSE, [&]() -> gboolean {
    auto* priv = GST_SAM2_OVERLAY(base)->priv;
    priv->running = false;
    priv->source.stop();
    priv->opened_log.set({});
    priv->playback.on_end();
    priv->playback.reset();
    priv->frame_pool.release();
    priv->rendered = 0;
    priv->passed_through = 0;
    return TRUE;
  });
}

static GstStateChangeReturn gst_sam2_overlay_change_state(GstElement* element, GstStateChange transition) {
  // The streaming thread may wait for masks, and the pads are stopped only when it lets go of them.
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) GST_SAM2_OVERLAY(element)->priv->source.interrupt();
  return GST_ELEMENT_CLASS(parent_class)->change_state(element, transition);
}

/* Streaming */

/// What is left of an earlier stream goes with the first event or buffer of a new one.
static void begin_if_new(GstSam2OverlayPrivate& priv) {
  if (priv.is_new.exchange(false)) {
    priv.playback.reset();
    priv.has_posted_plan_error = false;
  }
  auto log = priv.opened_log.with([](auto& opened) { return std::exchange(opened, {}); });
  if (log) priv.playback.set_track_log(*std::move(log));
}

static gboolean gst_sam2_overlay_set_caps(GstBaseTransform* base, GstCaps* incaps, GstCaps*) {
  return call_guarded(base, FALSE, [&]() -> gboolean {
    auto* priv = GST_SAM2_OVERLAY(base)->priv;
    priv->frame_pool.release();
    if (priv->playback.set_caps(incaps)) return TRUE;
    GST_ERROR_OBJECT(base, "cannot draw on %" GST_PTR_FORMAT, static_cast<void*>(incaps));
    return FALSE;
  });
}

static GstCaps* gst_sam2_overlay_transform_caps(GstBaseTransform* base, GstPadDirection direction, GstCaps* caps,
                                                GstCaps* filter) {
  return call_guarded(base, static_cast<GstCaps*>(nullptr),
                      [&] { return transform_overlay_caps(base, direction, caps, filter); });
}

static gboolean gst_sam2_overlay_accept_caps(GstBaseTransform* base, GstPadDirection direction, GstCaps* caps) {
  return GST_BASE_TRANSFORM_CLASS(parent_class)->accept_caps(base, direction, caps) &&
         peer_accepts(base, direction, caps);
}

static GstCaps* gst_sam2_overlay_fixate_caps(GstBaseTransform* base, GstPadDirection direction, GstCaps* caps,
                                             GstCaps* candidates) {
  if (direction != GST_PAD_SINK) {
    return GST_BASE_TRANSFORM_CLASS(parent_class)->fixate_caps(base, direction, caps, candidates);
  }
  auto* priv = GST_SAM2_OVERLAY(base)->priv;
  const auto render = priv->settings.copy()->render;
  const auto choice = choose_output_caps(base, caps, candidates, render);
  call_guarded(base, 0, [&] {
    priv->playback.set_attaches_compositions(choice.attach, render == Render::Composition);
    return 0;
  });
  return choice.caps;
}

static gboolean gst_sam2_overlay_propose_allocation(GstBaseTransform* base, GstQuery* decided, GstQuery* query) {
  if (!GST_BASE_TRANSFORM_CLASS(parent_class)->propose_allocation(base, decided, query)) return FALSE;
  remove_unsupported_metas(query);
  return TRUE;
}

static gboolean gst_sam2_overlay_sink_event(GstBaseTransform* base, GstEvent* event) {
  call_guarded(base, 0, [&] {
    auto* priv = GST_SAM2_OVERLAY(base)->priv;
    if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_START) priv->source.interrupt();
    if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP) {
      priv->source.resume();
      priv->frame_pool.release();
    }
    // The others may come from any thread, and say nothing about the stream.
    if ((gst_event_type_get_flags(GST_EVENT_TYPE(event)) & GST_EVENT_TYPE_SERIALIZED) != 0) {
      begin_if_new(*priv);
      priv->playback.on_event(event);
    }
    return 0;
  });
  return GST_BASE_TRANSFORM_CLASS(parent_class)->sink_event(base, event);
}

static gboolean gst_sam2_overlay_src_event(GstBaseTransform* base, GstEvent* event) {
  if (GST_EVENT_TYPE(event) == GST_EVENT_RECONFIGURE) GST_SAM2_OVERLAY(base)->priv->frame_pool.renegotiate();
  return GST_BASE_TRANSFORM_CLASS(parent_class)->src_event(base, event);
}

// Everything here works on a copy of the segment: the base class resets its own when the state changes, without waiting
// for a buffer that is still on its way.

static void gst_sam2_overlay_before_transform(GstBaseTransform* base, GstBuffer* buffer) {
  const GstSegment segment = base->segment;
  if (segment.format != GST_FORMAT_TIME || !GST_BUFFER_PTS_IS_VALID(buffer)) return;
  const auto stream_time = gst_segment_to_stream_time(&segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  if (GST_CLOCK_TIME_IS_VALID(stream_time)) gst_object_sync_values(GST_OBJECT(base), stream_time);
}

static GstFlowReturn plan_buffer(GstBaseTransform* base, const GstSegment& segment, const GstBuffer* input) {
  auto& priv = *GST_SAM2_OVERLAY(base)->priv;
  begin_if_new(priv);
  SharedClip clip;
  if (const auto flow = priv.source.take(clip); flow != GST_FLOW_OK) return flow;
  priv.plan = priv.playback.plan(segment, input, clip, priv.settings.copy());
  // Some sources go on after an error.
  const bool told = std::exchange(priv.has_posted_plan_error, priv.plan.error.has_value());
  if (priv.plan.error) {
    if (!told) post_error(GST_ELEMENT(base), *priv.plan.error);
    return GST_FLOW_ERROR;
  }
  if (!priv.plan.needs_masks()) return GST_FLOW_OK;
  bool is_there = false;
  if (priv.plan.awaits_masks) {
    const auto flow = priv.source.wait_for(priv.plan.moment->entry, is_there);
    if (flow != GST_FLOW_OK) return flow;
  }
  priv.playback.select(priv.plan, is_there);
  return GST_FLOW_OK;
}

// Whether a buffer is passed on as it is, gets metadata, or is drawn on is decided here and not in before_transform(),
// which runs before a pending renegotiation.
static GstFlowReturn gst_sam2_overlay_prepare_output_buffer(GstBaseTransform* base, GstBuffer* input,
                                                            GstBuffer** output) {
  return call_guarded(base, GST_FLOW_ERROR, [&]() -> GstFlowReturn {
    auto* priv = GST_SAM2_OVERLAY(base)->priv;
    const GstSegment segment = base->segment;
    const auto flow = plan_buffer(base, segment, input);
    if (flow != GST_FLOW_OK) return flow;
    const bool writes_pixels = priv->plan.draw && !is_exclusive(input);
    *output = writes_pixels ? priv->frame_pool.copy(input, GST_BASE_TRANSFORM_SRC_PAD(base)) : nullptr;
    if (*output != nullptr) {
      GST_LOG_OBJECT(base, "the frame is shared: masks are drawn into a copy from the pool");
      return GST_FLOW_OK;
    }
    // This copy shares the memory.
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
                   priv->plan.mask_index(), drawn ? "drawn" : "passed through");
    return GST_FLOW_OK;
  });
}

/* Object */

static GstStructure* make_stats(const GstSam2OverlayPrivate& priv) {
  const auto [clip, load_time] = priv.source.stats();
  const auto* const set = clip != nullptr ? &clip->masks() : nullptr;
  return gst_structure_new(
      "sam2overlay-stats", "frames-total", G_TYPE_UINT64, guint64{set != nullptr ? set->entry_count() : 0},
      "frames-loaded", G_TYPE_UINT64, guint64{set != nullptr ? set->published_count() : 0}, "objects", G_TYPE_UINT64,
      guint64{set != nullptr ? set->object_count() : 0}, "axes", G_TYPE_STRING,
      set != nullptr ? set->axes().c_str() : "", "rendered", G_TYPE_UINT64, priv.rendered.load(), "passed-through",
      G_TYPE_UINT64, priv.passed_through.load(), "store-bytes", G_TYPE_UINT64,
      guint64{set != nullptr ? set->store_bytes() : 0}, "load-time", G_TYPE_UINT64, guint64{load_time}, nullptr);
}

static bool is_named(const GParamSpec* pspec, std::string_view name) {
  return name == pspec->name;
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
    // The file under the same name may be another one by now.
    if (!change.changed && is_named(pspec, "location")) self->priv->source.replace(*self->priv->settings.copy());
    if (!change.changed) return 0;
    g_object_notify_by_pspec(object, pspec);
    if (is_named(pspec, "location")) self->priv->source.replace(*self->priv->settings.copy());
    if (is_named(pspec, "render")) gst_base_transform_reconfigure_src(GST_BASE_TRANSFORM(self));
    if (change.error && self->priv->running) post_warning(GST_ELEMENT(self), *change.error);
    return 0;
  });
}

static void gst_sam2_overlay_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  call_guarded(object, 0, [&] {
    auto& priv = *GST_SAM2_OVERLAY(object)->priv;
    if (!get_setting(*priv.settings.copy(), id, value)) g_value_take_boxed(value, make_stats(priv));
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

  auto* element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = GST_DEBUG_FUNCPTR(gst_sam2_overlay_change_state);
  gst_element_class_set_static_metadata(element_class, "SAM 2 mask overlay", "Filter/Effect/Video",
                                        "Plays SAM 2 segmentation masks from an .npz file on top of video",
                                        "The sam2overlay developers");
  auto* caps = make_template_caps();
  gst_element_class_add_pad_template(element_class, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
  gst_element_class_add_pad_template(element_class, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps));
  gst_caps_unref(caps);

  auto* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->start = GST_DEBUG_FUNCPTR(gst_sam2_overlay_start);
  transform_class->stop = GST_DEBUG_FUNCPTR(gst_sam2_overlay_stop);
  transform_class->set_caps = GST_DEBUG_FUNCPTR(gst_sam2_overlay_set_caps);
  transform_class->transform_caps = GST_DEBUG_FUNCPTR(gst_sam2_overlay_transform_caps);
  transform_class->accept_caps = GST_DEBUG_FUNCPTR(gst_sam2_overlay_accept_caps);
  transform_class->fixate_caps = GST_DEBUG_FUNCPTR(gst_sam2_overlay_fixate_caps);
  transform_class->propose_allocation = GST_DEBUG_FUNCPTR(gst_sam2_overlay_propose_allocation);
  transform_class->sink_event = GST_DEBUG_FUNCPTR(gst_sam2_overlay_sink_event);
  transform_class->src_event = GST_DEBUG_FUNCPTR(gst_sam2_overlay_src_event);
  transform_class->before_transform = GST_DEBUG_FUNCPTR(gst_sam2_overlay_before_transform);
  transform_class->prepare_output_buffer = GST_DEBUG_FUNCPTR(gst_sam2_overlay_prepare_output_buffer);
  transform_class->transform_ip = GST_DEBUG_FUNCPTR(gst_sam2_overlay_transform_ip);
  transform_class->transform_ip_on_passthrough = FALSE;
}
