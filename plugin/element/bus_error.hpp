// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace sam2::element {

/// Posts `error` as the element's error message. Call without any lock held.
void post_error(GstElement* element, const Error& error);

/// The same as a warning: something was left out, and playback goes on.
void post_warning(GstElement* element, const Error& error);

/// The same unless it was `told` before.
void post_warning_once(GstElement* element, bool& told, const Error& error);

/// The same as an information: nothing is wrong, but the user may want to know.
void post_info(GstElement* element, const std::string& text);

/// Runs `body`; an exception of the standard library (in practice: no memory) becomes an error message and `failure`,
/// so that none crosses into C.
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
