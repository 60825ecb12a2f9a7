// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <memory>

namespace sam2::element {

struct Unref {
  void operator()(GstAllocator* allocator) const { gst_object_unref(allocator); }
  void operator()(GstBufferPool* pool) const { gst_object_unref(pool); }
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
  void operator()(GstElement* element) const { gst_object_unref(element); }
  void operator()(GstPad* pad) const { gst_object_unref(pad); }
  void operator()(GstQuery* query) const { gst_query_unref(query); }
};

/// A reference that is given back at the end of the scope.
template <typename Type>
using Owned = std::unique_ptr<Type, Unref>;

}  // namespace sam2::element
