// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/gstsam2overlay.h"

#include <atomic>
#include <string_view>
#include <utility>

#include "base/guarded.hpp"
#include "element/bus_error.hpp"
#include "element/caps.hpp"
#include "element/debug.hpp"
#include "element/frame_handler.hpp"
#include "element/mask_source.hpp"
#include "element/owned.hpp"
#include "element/properties.hpp"
#include "element/refused_caps.hpp"
#include "element/settings.hpp"
#include "element/stats.hpp"
#include "tracking/track_log.hpp"

GST_DEBUG_CATEGORY(gst_sam2_overlay_debug);

using namespace sam2;
using namespace sam2::element;

struct GstSam2OverlayPrivate {
  explicit GstSam2OverlayPrivate(GstBaseTransform* base) : source(GST_ELEMENT(base)), frames(base, source) {}

  Guarded<SharedSettings> settings{std::make_shared<const Settings>()};
  MaskSource source;
  FrameHandler frames;
  std::atomic<bool> running{false};  ///< between start and stop
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
  priv.frames.expect_track_log(*std::move(opened));
  return {};
}

static gboolean gst_sam2_overlay_start(GstBaseTransform* base) {
  return call_guarded(base, FALSE, [&]() -> gboolean {
    auto* priv = GST_SAM2_OVERLAY(base)->priv;
    priv->frames.expect_stream();
    if (const auto started = start_source(*priv); !started) {
      post_error(GST_ELEMENT(base), started.error());
      return FALSE;
    }
    priv->running = true;
    GST_DEBUG_OBJECT(base, "started");
    priv->source.report();
    return TRUE;
  });
}

static gboolean gst_sam2_overlay_stop(GstBaseTransform* base) {
  return call_guarded(base, FALSE, [&]() -> gboolean {
    auto* priv = GST_SAM2_OVERLAY(base)->priv;
    priv->running = false;
    priv->source.stop();
    priv->frames.stop();
    return TRUE;
  });
}

static GstStateChangeReturn gst_sam2_overlay_change_state(GstElement* element, GstStateChange transition) {
  // The streaming thread may wait for masks, and the pads are stopped only when it lets go of them.
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) GST_SAM2_OVERLAY(element)->priv->source.interrupt();
  return GST_ELEMENT_CLASS(parent_class)->change_state(element, transition);
}

/* Streaming */

static gboolean gst_sam2_overlay_set_caps(GstBaseTransform* base, GstCaps* incaps, GstCaps*) {
  return call_guarded(base, FALSE, [&]() -> gboolean {
    if (GST_SAM2_OVERLAY(base)->priv->frames.set_caps(incaps)) return TRUE;
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
  const auto settings = priv->settings.copy();
  const bool must_blend = settings->look.reads_pixels() || settings->fails_closed();
  const auto render = must_blend ? Render::Blend : settings->render;
  const auto choice = choose_output_caps(base, caps, candidates, render);
  call_guarded(base, 0, [&] {
    priv->frames.set_output_mode(choice.mode);
    return 0;
  });
  return choice.caps;
}

static GstFlowReturn gst_sam2_overlay_submit_input_buffer(GstBaseTransform* base, gboolean is_discont,
                                                          GstBuffer* buffer) {
  if (gst_pad_has_current_caps(GST_BASE_TRANSFORM_SINK_PAD(base)) == FALSE) {
    post_missing_caps(GST_ELEMENT(base));
    gst_buffer_unref(buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }
  return GST_BASE_TRANSFORM_CLASS(parent_class)->submit_input_buffer(base, is_discont, buffer);
}

static gboolean gst_sam2_overlay_propose_allocation(GstBaseTransform* base, GstQuery* decided, GstQuery* query) {
  if (!GST_BASE_TRANSFORM_CLASS(parent_class)->propose_allocation(base, decided, query)) return FALSE;
  remove_unsupported_metas(query);
  return TRUE;
}

static gboolean handle_caps_event(GstBaseTransform* base, GstEvent* event) {
  GstCaps* parsed = nullptr;
  gst_event_parse_caps(event, &parsed);
  const Owned<GstCaps> caps(gst_caps_ref(parsed));
  const gboolean taken = GST_BASE_TRANSFORM_CLASS(parent_class)->sink_event(base, event);
  const bool is_flushing =
      GST_PAD_IS_FLUSHING(GST_BASE_TRANSFORM_SINK_PAD(base)) || GST_PAD_IS_FLUSHING(GST_BASE_TRANSFORM_SRC_PAD(base));
  if (taken == FALSE && !is_flushing) post_refused_caps(GST_ELEMENT(base), caps.get());
  return taken;
}

static gboolean gst_sam2_overlay_sink_event(GstBaseTransform* base, GstEvent* event) {
  call_guarded(base, 0, [&] {
    auto* priv = GST_SAM2_OVERLAY(base)->priv;
    if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_START) priv->source.interrupt();
    if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP) {
      GST_DEBUG_OBJECT(base, "flushed: copies get new memory");
      priv->source.resume();
      priv->frames.release_copies();
    }
    // Events that are not serialized may come from any thread, and do not describe the stream.
    if ((gst_event_type_get_flags(GST_EVENT_TYPE(event)) & GST_EVENT_TYPE_SERIALIZED) != 0) {
      priv->frames.on_event(event);
    }
    if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) priv->source.report_at_end();
    return 0;
  });
  if (GST_EVENT_TYPE(event) == GST_EVENT_CAPS) return handle_caps_event(base, event);
  return GST_BASE_TRANSFORM_CLASS(parent_class)->sink_event(base, event);
}

static gboolean gst_sam2_overlay_src_event(GstBaseTransform* base, GstEvent* event) {
  auto* priv = GST_SAM2_OVERLAY(base)->priv;
  if (GST_EVENT_TYPE(event) == GST_EVENT_RECONFIGURE) priv->frames.renegotiate();
  if (GST_EVENT_TYPE(event) == GST_EVENT_QOS) priv->frames.on_qos(event);
  return GST_BASE_TRANSFORM_CLASS(parent_class)->src_event(base, event);
}

// The functions below work on a copy of the segment: the base class resets its own when the state changes, without
// waiting for a buffer that is still being handled.

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
  return call_guarded(base, GST_FLOW_ERROR, [&] {
    auto* priv = GST_SAM2_OVERLAY(base)->priv;
    const GstSegment segment = base->segment;
    return priv->frames.prepare(segment, input, priv->settings.copy(), output);
  });
}

static GstFlowReturn gst_sam2_overlay_transform_ip(GstBaseTransform* base, GstBuffer* buffer) {
  return call_guarded(base, GST_FLOW_ERROR, [&] {
    const GstSegment segment = base->segment;
    GST_SAM2_OVERLAY(base)->priv->frames.describe(segment, buffer);
    return GST_FLOW_OK;
  });
}

/* Object */

static bool is_named(const GParamSpec* pspec, std::string_view name) {
  return name == pspec->name;
}

static void gst_sam2_overlay_set_property(GObject* object, guint id, const GValue* value, GParamSpec* pspec) {
  call_guarded(object, 0, [&] {
    auto* self = GST_SAM2_OVERLAY(object);
    // Readers keep the settings that they have read, so a write makes new ones.
    const auto change = self->priv->settings.with([&](SharedSettings& settings) {
      auto next = std::make_shared<Settings>(*settings);
      auto result = set_setting(*next, id, value);
      if (result.changed) settings = std::move(next);
      return result;
    });
    if (change.changed) g_object_notify_by_pspec(object, pspec);
    // Even without a change: the file may have been written anew, or be read with other properties now.
    if (is_named(pspec, "location")) self->priv->source.replace(*self->priv->settings.copy());
    if (!change.changed) return 0;
    const bool decides_mode = is_named(pspec, "render") || is_named(pspec, "missing") ||
                              is_named(pspec, "object-effect") || is_named(pspec, "background-effect");
    if (decides_mode) gst_base_transform_reconfigure_src(GST_BASE_TRANSFORM(self));
    if (change.error && self->priv->running) post_warning(GST_ELEMENT(self), *change.error);
    return 0;
  });
}

static void gst_sam2_overlay_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  call_guarded(object, 0, [&] {
    auto& priv = *GST_SAM2_OVERLAY(object)->priv;
    if (!get_setting(*priv.settings.copy(), id, value)) {
      g_value_take_boxed(value, make_stats(priv.source.stats(), priv.frames.stats()));
    }
    return 0;
  });
}

static void gst_sam2_overlay_init(GstSam2Overlay* self) {
  self->priv = new GstSam2OverlayPrivate(GST_BASE_TRANSFORM(self));
  gst_base_transform_set_in_place(GST_BASE_TRANSFORM(self), TRUE);
  watch_refused_caps(GST_ELEMENT(self), GST_BASE_TRANSFORM_SINK_PAD(self));
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
  transform_class->submit_input_buffer = GST_DEBUG_FUNCPTR(gst_sam2_overlay_submit_input_buffer);
  transform_class->propose_allocation = GST_DEBUG_FUNCPTR(gst_sam2_overlay_propose_allocation);
  transform_class->sink_event = GST_DEBUG_FUNCPTR(gst_sam2_overlay_sink_event);
  transform_class->src_event = GST_DEBUG_FUNCPTR(gst_sam2_overlay_src_event);
  transform_class->before_transform = GST_DEBUG_FUNCPTR(gst_sam2_overlay_before_transform);
  transform_class->prepare_output_buffer = GST_DEBUG_FUNCPTR(gst_sam2_overlay_prepare_output_buffer);
  transform_class->transform_ip = GST_DEBUG_FUNCPTR(gst_sam2_overlay_transform_ip);
  transform_class->transform_ip_on_passthrough = FALSE;
}
