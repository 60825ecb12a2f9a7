// SPDX-License-Identifier: LGPL-2.1-or-later
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

void post(GstElement* element, GstMessageType type, const DomainAndCode& kind, const std::string& text) {
  // Paths are bytes, messages are UTF-8.
  gst_element_message_full(element, type, kind.domain, kind.code, g_utf8_make_valid(text.c_str(), -1), nullptr,
                           __FILE__, GST_FUNCTION, __LINE__);
}

}  // namespace

void post_error(GstElement* element, const Error& error) {
  post(element, GST_MESSAGE_ERROR, domain_and_code(error.code), error.message);
}

void post_warning(GstElement* element, const Error& error) {
  post(element, GST_MESSAGE_WARNING, domain_and_code(error.code), error.message);
}

void post_warning_once(GstElement* element, bool& told, const Error& error) {
  if (std::exchange(told, true)) return;
  post_warning(element, error);
}

void post_info(GstElement* element, const std::string& text) {
  post(element, GST_MESSAGE_INFO, {GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT}, text);
}

}  // namespace sam2::element
