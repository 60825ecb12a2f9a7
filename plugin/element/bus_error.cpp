// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/bus_error.hpp"

namespace sam2::element {
namespace {

struct DomainAndCode {
  GQuark domain;
  gint code;
};

DomainAndCode domain_and_code(ErrorCode code) {
  // No default: the compiler names a member that is missing here.
  switch (code) {
    case ErrorCode::NotFound:
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND};
    case ErrorCode::OpenRead:
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ};
    case ErrorCode::NoSpace:
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT};
    case ErrorCode::OpenWrite:
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_WRITE};
    case ErrorCode::Write:
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE};
    case ErrorCode::Negotiation:
      return {GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION};
    case ErrorCode::Settings:
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS};
    case ErrorCode::Decode:
      return {GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE};
    case ErrorCode::WrongType:
      return {GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE};
    case ErrorCode::Format:
      return {GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT};
    case ErrorCode::Cancelled:
    case ErrorCode::Internal:
      return {GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_FAILED};
  }
  return {GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_FAILED};
}

const char* name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::NotFound:
      return "not found";
    case ErrorCode::OpenRead:
      return "cannot be read";
    case ErrorCode::NoSpace:
      return "over a limit";
    case ErrorCode::OpenWrite:
      return "cannot be created";
    case ErrorCode::Write:
      return "cannot be written";
    case ErrorCode::Negotiation:
      return "caps that do not fit";
    case ErrorCode::Settings:
      return "setting";
    case ErrorCode::Decode:
      return "broken data";
    case ErrorCode::WrongType:
      return "unsupported data";
    case ErrorCode::Format:
      return "data that does not fit";
    case ErrorCode::Cancelled:
      return "cancelled";
    case ErrorCode::Internal:
      return "internal error";
  }
  return "";
}

void post(GstElement* element, GstMessageType type, const DomainAndCode& kind, const Error& error) {
  const std::string debug = name_of(error.code);
  // Paths are bytes, messages are UTF-8. The message takes both texts.
  gst_element_message_full(element, type, kind.domain, kind.code, g_utf8_make_valid(error.message.c_str(), -1),
                           g_utf8_make_valid(debug.c_str(), -1), error.place.file, error.place.function,
                           error.place.line);
}

}  // namespace

void post_error(GstElement* element, const Error& error) {
  post(element, GST_MESSAGE_ERROR, domain_and_code(error.code), error);
}

void post_warning(GstElement* element, const Error& error) {
  post(element, GST_MESSAGE_WARNING, domain_and_code(error.code), error);
}

void post_warning_once(GstElement* element, bool& is_posted, const Error& error) {
  if (!std::exchange(is_posted, true)) post_warning(element, error);
}

void post_info(GstElement* element, const std::string& text, const SourcePlace& place) {
  post(element, GST_MESSAGE_INFO, {GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT}, {ErrorCode::Format, text, place});
}

}  // namespace sam2::element
