// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/upstream.hpp"

#include <string_view>

#include "element/owned.hpp"

namespace sam2::element {
namespace {

/// The pad of an element that sends to `sink`, through the borders of bins.
Owned<GstPad> sender_of(GstPad* sink) {
  Owned<GstPad> pad(gst_pad_get_peer(sink));
  while (pad) {
    if (GST_IS_GHOST_PAD(pad.get())) {
      pad.reset(gst_ghost_pad_get_target(GST_GHOST_PAD(pad.get())));
    } else if (GST_IS_PROXY_PAD(pad.get())) {
      const Owned<GstPad> outside(GST_PAD(gst_proxy_pad_get_internal(GST_PROXY_PAD(pad.get()))));
      pad.reset(outside ? gst_pad_get_peer(outside.get()) : nullptr);
    } else {
      break;
    }
  }
  return pad;
}

bool is_raw_video(GstPad* pad) {
  const Owned<GstCaps> caps(gst_pad_get_current_caps(pad));
  return caps == nullptr || gst_structure_has_name(gst_caps_get_structure(caps.get(), 0), "video/x-raw");
}

/// The pad through which an element gets what it sends from `source`.
Owned<GstPad> receiver_of(GstPad* source) {
  Owned<GstPad> pad;
  auto* const pads = gst_pad_iterate_internal_links(source);
  if (pads == nullptr) return pad;
  GValue item = G_VALUE_INIT;
  if (gst_iterator_next(pads, &item) == GST_ITERATOR_OK) {
    pad.reset(GST_PAD(g_value_dup_object(&item)));
    g_value_unset(&item);
  }
  gst_iterator_free(pads);
  return pad;
}

bool is_of_type(GstElementFactory* factory, GstElementFactoryListType type) {
  return gst_element_factory_list_is_type(factory, type) == TRUE;
}

/// Adds what the element is. Returns true if the search ends there.
bool add(Upstream& upstream, GstElement* element) {
  auto* const factory = gst_element_get_factory(element);
  if (factory == nullptr) return false;
  upstream.has_videorate |= std::string_view(GST_OBJECT_NAME(factory)) == "videorate";
  upstream.is_decoded =
      is_of_type(factory, GST_ELEMENT_FACTORY_TYPE_DECODER) || is_of_type(factory, GST_ELEMENT_FACTORY_TYPE_DEMUXER);
  return upstream.is_decoded;
}

}  // namespace

Upstream look_upstream(GstElement* element) {
  constexpr int kMostElements = 64;
  Upstream upstream;
  Owned<GstPad> sink(gst_element_get_static_pad(element, "sink"));
  for (int i = 0; sink && i < kMostElements; ++i) {
    const auto sender = sender_of(sink.get());
    if (!sender || !is_raw_video(sender.get())) break;
    const Owned<GstElement> parent(gst_pad_get_parent_element(sender.get()));
    if (!parent || add(upstream, parent.get())) break;
    sink = receiver_of(sender.get());
  }
  return upstream;
}

}  // namespace sam2::element
