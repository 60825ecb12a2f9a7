// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/refused_caps.hpp"

#include <string>
#include <string_view>

#include "element/bus_error.hpp"
#include "element/caps.hpp"
#include "element/owned.hpp"

namespace sam2::element {
namespace {

struct Download {
  std::string_view memory;   ///< caps feature
  std::string_view element;  ///< copies such frames to system memory
};

constexpr Download kDownloads[] = {
    {"memory:GLMemory", "gldownload"},        {"memory:CUDAMemory", "cudadownload"},
    {"memory:D3D11Memory", "d3d11download"},  {"memory:D3D12Memory", "d3d12download"},
    {"memory:VulkanImage", "vulkandownload"}, {"memory:VAMemory", "vapostproc"},
    {"memory:VASurface", "vaapipostproc"},    {"memory:DMABuf", "vapostproc"},
    {"memory:MSDKMemory", "msdkvpp"},         {"memory:NVMM", "nvvideoconvert"},
};

std::string text_of(const GstCaps* caps) {
  auto* const text = gst_caps_to_string(caps);
  std::string copy = text;
  g_free(text);
  return copy;
}

std::string text_of(const GstCapsFeatures* features) {
  auto* const text = gst_caps_features_to_string(features);
  std::string copy = text;
  g_free(text);
  return copy;
}

std::string explain_media_type(const GstStructure* structure) {
  const std::string_view name = gst_structure_get_name(structure);
  if (name.starts_with("video/") || name.starts_with("image/")) {
    return "This is encoded video. Put a decoder before the element, as in \"decodebin ! sam2overlay\"";
  }
  return "This is not video. Link the element to the video pad of upstream";
}

std::string explain_memory(const GstCapsFeatures* features) {
  std::string text = "The CPU cannot draw on frames in " + text_of(features) + ". ";
  for (const auto& download : kDownloads) {
    if (gst_caps_features_contains(features, std::string(download.memory).c_str()) == FALSE) continue;
    return text.append("Put \"").append(download.element).append(" ! video/x-raw\" before the element, or ") +
           "link it to a sink that draws overlay compositions, such as glimagesink";
  }
  return text +
         "Put an element that copies frames to system memory, and the caps \"video/x-raw\", before the element, or "
         "link "
         "it to a sink that draws overlay compositions, such as glimagesink";
}

std::string explain_downstream(GstElement* element) {
  const Owned<GstPad> source(gst_element_get_static_pad(element, "src"));
  const Owned<GstCaps> taken(gst_pad_peer_query_caps(source.get(), nullptr));
  return "The element does not convert frames, and downstream takes only " + text_of(taken.get()) +
         ". Put \"videoconvert\", or \"videoscale\" for another size, after the element";
}

/// Returns the reason and the cure, without the caps.
std::string explain(GstElement* element, GstCaps* caps) {
  const auto* const structure = gst_caps_get_structure(caps, 0);
  if (gst_structure_has_name(structure, "video/x-raw") == FALSE) return explain_media_type(structure);
  const auto* const features = gst_caps_get_features(caps, 0);
  if (gst_caps_features_contains(features, GST_CAPS_FEATURE_FORMAT_INTERLACED) != FALSE) {
    return "Each buffer holds one field (interlace-mode=alternate), and masks belong to whole frames. Put "
           "\"deinterlace\" before the element";
  }
  if (!is_system_memory(features)) return explain_memory(features);
  const Owned<GstCaps> drawn(make_drawn_caps());
  if (gst_caps_can_intersect(caps, drawn.get()) == FALSE) {
    return "The element does not draw on such frames. Put \"videoconvert\" before the element";
  }
  return explain_downstream(element);
}

GstPadProbeReturn on_event(GstPad* pad, GstPadProbeInfo* info, gpointer element) {
  auto* const event = GST_PAD_PROBE_INFO_EVENT(info);
  if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS) return GST_PAD_PROBE_OK;
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  if (gst_pad_query_accept_caps(pad, caps) != FALSE) return GST_PAD_PROBE_OK;
  post_refused_caps(GST_ELEMENT(element), caps);
  return GST_PAD_PROBE_OK;
}

}  // namespace

void watch_refused_caps(GstElement* element, GstPad* sink) {
  gst_pad_add_probe(sink, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_event, element, nullptr);
}

void post_refused_caps(GstElement* element, GstCaps* caps) {
  call_guarded(element, 0, [&] {
    const auto reason = explain(element, caps);
    post_error(element, {ErrorCode::Negotiation, "Cannot draw masks on " + text_of(caps) + ". " + reason});
    return 0;
  });
}

void post_missing_caps(GstElement* element) {
  call_guarded(element, 0, [&] {
    post_error(element, {ErrorCode::Negotiation,
                         "Cannot draw masks on data without caps. Upstream sends bytes instead of raw video. Put a "
                         "decoder before the element, as in \"decodebin ! sam2overlay\""});
    return 0;
  });
}

}  // namespace sam2::element
