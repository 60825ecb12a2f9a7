// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace sam2::element {

/// Posts `error` as an error message of the element. Call it without any lock held. The message names the place where
/// the failure was found, and its debug text is never empty.
void post_error(GstElement* element, const Error& error);

/// Posts a warning: something was left out, and playback goes on.
void post_warning(GstElement* element, const Error& error);

/// Posts a warning unless `is_posted` is set, and sets it.
void post_warning_once(GstElement* element, bool& is_posted, const Error& error);

/// Posts an information: nothing is wrong, but the user may want to know.
void post_info(GstElement* element, const std::string& text, const SourcePlace& place = SourcePlace::current());

/// Runs `body`. An exception of the standard library (in practice: no memory) becomes an error message, and the result
/// is `failure`. So no exception crosses into C.
template <typename Value, typename Body>
Value call_guarded(gpointer element, Value failure, Body&& body) noexcept {
  try {
    return std::forward<Body>(body)();
  } catch (const std::bad_alloc&) {
    post_error(GST_ELEMENT(element), {ErrorCode::NoSpace, "Out of memory"});
  } catch (const std::exception& exception) {
    post_error(GST_ELEMENT(element), {ErrorCode::Internal, exception.what()});
  }
  return failure;
}

}  // namespace sam2::element
