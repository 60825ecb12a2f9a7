// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/mask_placement.hpp"

#include <cmath>

namespace sam2::element {
namespace {

/// GST_VIDEO_ORIENTATION_AUTO must have been resolved.
runs::Orientation orientation_of(GstVideoOrientationMethod method) {
  switch (method) {
    case GST_VIDEO_ORIENTATION_90R:
      return {true, false, true};
    case GST_VIDEO_ORIENTATION_180:
      return {false, true, true};
    case GST_VIDEO_ORIENTATION_90L:
      return {true, true, false};
    case GST_VIDEO_ORIENTATION_HORIZ:
      return {false, true, false};
    case GST_VIDEO_ORIENTATION_VERT:
      return {false, false, true};
    case GST_VIDEO_ORIENTATION_UL_LR:
      return {true, false, false};
    case GST_VIDEO_ORIENTATION_UR_LL:
      return {true, true, true};
    default:
      return {};
  }
}

/// The mask is an image of this shape at any scale, rounded to whole pixels.
bool has_shape(runs::Size mask, double width, double height) {
  return std::abs(mask.width - mask.height * width / height) < 1 ||
         std::abs(mask.height - mask.width * height / width) < 1;
}

/// The mask has the shape of the frame as stored or as displayed.
bool has_shape_of_frame(runs::Size mask, const PlacementRequest& request) {
  const double width = request.frame.width;
  const double height = request.frame.height;
  const double aspect = static_cast<double>(request.pixel_aspect.numerator) / request.pixel_aspect.denominator;
  return has_shape(mask, width, height) || has_shape(mask, width * aspect, height);
}

GstVideoOrientationMethod resolve(const PlacementRequest& request) {
  if (request.orientation != GST_VIDEO_ORIENTATION_AUTO) return request.orientation;
  const bool quarter_turn = orientation_of(request.tag).transposed;
  const bool turned = has_shape_of_frame(runs::transposed(request.mask), request);
  return quarter_turn && !turned ? GST_VIDEO_ORIENTATION_IDENTITY : request.tag;
}

std::string nick_of(GstVideoOrientationMethod method) {
  auto* const klass = static_cast<GEnumClass*>(g_type_class_ref(GST_TYPE_VIDEO_ORIENTATION_METHOD));
  const auto* const value = g_enum_get_value(klass, method);
  std::string nick = value != nullptr ? value->value_nick : "custom";
  g_type_class_unref(klass);
  return nick;
}

std::string text_of(runs::Fit fit) {
  switch (fit) {
    case runs::Fit::Stretch:
      return "stretch";
    case runs::Fit::Contain:
      return "contain";
    case runs::Fit::Cover:
      return "cover";
    case runs::Fit::Error:
      return "error";
    case runs::Fit::Padded:
      return "padded";
  }
  return {};
}

}  // namespace

void OrientationTag::on_tags(GstTagList* tags) {
  GstVideoOrientationMethod method = GST_VIDEO_ORIENTATION_IDENTITY;
  if (!gst_video_orientation_from_tag(tags, &method)) return;
  (gst_tag_list_get_scope(tags) == GST_TAG_SCOPE_STREAM ? of_stream_ : of_file_) = method;
}

GstVideoOrientationMethod OrientationTag::method() const {
  return of_stream_.value_or(of_file_.value_or(GST_VIDEO_ORIENTATION_IDENTITY));
}

bool MaskPlacement::update(const PlacementRequest& request) {
  if (request == request_) return false;
  request_ = request;
  method_ = resolve(request);
  placement_ =
      runs::FrameTransform({request.mask, request.frame, request.pixel_aspect, request.fit, orientation_of(method_)});
  return true;
}

std::string MaskPlacement::description() const {
  auto text = "masks of " + size_text(request_.mask) + " on frames of " + size_text(request_.frame) +
              ", pixel-aspect-ratio " + std::to_string(request_.pixel_aspect.numerator) + "/" +
              std::to_string(request_.pixel_aspect.denominator) + ": fit=" + text_of(request_.fit) +
              ", orientation=" + nick_of(method_);
  if (request_.orientation == GST_VIDEO_ORIENTATION_AUTO)
    text += " (auto; the stream's tag: " + nick_of(request_.tag) + ")";
  return text;
}

std::optional<Error> MaskPlacement::shape_warning() const {
  const auto sizes = "The masks are " + size_text(request_.mask) + ", the frames " + size_text(request_.frame) + ": ";
  const auto warn = [&](const std::string& what) { return Error{ErrorCode::Format, sizes + what}; };
  const bool turned = orientation_of(method_).transposed;
  const auto mask = turned ? runs::transposed(request_.mask) : request_.mask;
  if (has_shape_of_frame(mask, request_)) return std::nullopt;
  if (has_shape_of_frame(runs::transposed(mask), request_)) {
    return warn(turned ? "they look as if they were not turned; set orientation=identity if so"
                       : "they look turned; set orientation=90r if the picture was turned clockwise before the masks "
                         "were made, or orientation=90l");
  }
  if (method_ != request_.tag && request_.orientation == GST_VIDEO_ORIENTATION_AUTO) {
    return warn("the stream is to be turned (" + nick_of(request_.tag) +
                "), and their shape does not tell whether they were made before or after; set orientation=" +
                nick_of(request_.tag) + " if after, orientation=identity if before");
  }
  if (request_.are_low_resolution && mask.width == mask.height && request_.fit == runs::Fit::Stretch) {
    return warn(
        "the low-resolution masks were stretched over the frame, as SAM 2 makes them; set fit=padded if they "
        "were padded at the right or bottom to a square, as SAM makes them");
  }
  // A model's own masks are square, of a picture that was stretched to a square.
  const bool from_model = mask.width == mask.height;
  const double aspect = static_cast<double>(request_.pixel_aspect.numerator) / request_.pixel_aspect.denominator;
  const double shape = static_cast<double>(mask.width) / mask.height * request_.frame.height / request_.frame.width;
  constexpr double kNoticeable = 1.05;
  const auto differs = [](double ratio) { return ratio > kNoticeable || ratio < 1 / kNoticeable; };
  if (request_.fit != runs::Fit::Stretch || from_model || !differs(shape) || !differs(shape / aspect)) {
    return std::nullopt;
  }
  return warn(
      "they are stretched to another shape. If the frames have bars that the masks do not, set fit=contain; if the "
      "masks "
      "have bars that the frames do not, set fit=cover");
}

std::optional<Error> fit_error(const PlacementRequest& request) {
  const auto turned = orientation_of(resolve(request)).transposed;
  const auto mask = turned ? runs::transposed(request.mask) : request.mask;
  if (request.fit != runs::Fit::Error || mask == request.frame) return std::nullopt;
  return Error{ErrorCode::Format, "The masks are " + size_text(request.mask) + (turned ? ", to be turned" : "") +
                                      ", the frames " + size_text(request.frame) +
                                      "; scale the frames, or set fit to stretch, contain or cover"};
}

}  // namespace sam2::element
