// SPDX-License-Identifier: LGPL-2.1-or-later
#include "drawing/overlay_renderer.hpp"

#include <algorithm>
#include <cmath>

#include "composite/shapes.hpp"
#include "drawing/look.hpp"

namespace sam2::drawing {
namespace {

std::uint8_t fill_alpha(const Look& look) {
  return (look.draw & kDrawFill) != 0 ? static_cast<std::uint8_t>(std::lround(255 * look.opacity)) : 0;
}

/// A centroid from the file may be anything.
bool lies_within(runs::Point point, runs::Size frame) {
  return point.x >= 0 && point.y >= 0 && point.x <= frame.width - 1 && point.y <= frame.height - 1;
}

}  // namespace

composite::Rgb color_of(const FrameObject& object, const Look& look) {
  if (!look.colors.meaning) return composite::palette_color(look.palette, object.info->color);
  const auto& colors = *look.colors.meaning;
  return colors[static_cast<std::size_t>(object.info->color) % colors.size()];
}

bool is_shown(const FrameObject& object, const Look& look) {
  return !look.objects.meaning || look.objects.meaning->contains(object.info->id);
}

void OverlayRenderer::select(const masks::MaskSet& masks, const tracking::Tracks& tracks,
                             const tracking::Moment& moment, runs::FrameTransform& placement, Detail detail) {
  if (selected_ && selected_->moment == moment && selected_->detail == detail) {
    count_ = selected_->count;
    return;
  }
  count_ = 0;
  const bool same_pixels = placement.is_identity();
  const bool is_soft = detail == Detail::Coverage && placement.scales_up();
  std::uint32_t index = 0;
  for (const auto& mask : masks.masks(moment.entry)) {
    if (count_ == objects_.size()) objects_.emplace_back();
    auto& object = objects_[count_];
    object.place = {static_cast<std::uint32_t>(moment.entry), index++};
    object.info = mask.object;
    object.score = mask.score;
    object.props = mask.props;
    object.elapsed = 0;
    object.contour_width = 0;
    object.is_soft = is_soft;
    auto& runs = same_pixels ? object.runs : unpacked_;
    const auto next = moment.part > 0 ? tracks.next_of(object.place) : std::nullopt;
    if (next) {
      object.elapsed = moment.elapsed;
      carrier_.carry(masks, object.place, *next, moment.part, runs);
      object.props = runs::region_props(runs);
      object.props.centroid =
          tracking::point_after(moment.part, mask.props.centroid, tracks.mask(*next).props.centroid);
    } else if (!same_pixels || detail != Detail::Moments) {
      masks.unpack(mask, runs);
    }
    if (!same_pixels) {
      const auto centroid = placement.apply(object.props.centroid);
      placement.apply(unpacked_, object.runs);
      object.props = runs::region_props(object.runs);
      object.props.centroid = centroid;
    }
    if (object.props.area == 0) continue;
    if (is_soft) placement.apply_smooth(unpacked_, object.coverage);
    ++count_;
  }
  selected_ = {moment, detail, count_};
}

bool OverlayRenderer::would_draw(const Look& look) const {
  const bool draws = fill_alpha(look) > 0 || (look.draw & ~std::uint32_t{kDrawFill}) != 0;
  return draws && !look.silent &&
         std::ranges::any_of(objects(), [&](const FrameObject& object) { return is_shown(object, look); });
}

void OverlayRenderer::draw_masks(const Brush& painter, const composite::FrameView& frame, const Look& look) {
  const runs::Size size{frame.width, frame.height};
  const auto line_width = line_width_of(look, size);
  const auto alpha = fill_alpha(look);
  for (auto& object : objects()) {
    if (!is_shown(object, look)) continue;
    const auto color = color_of(object, look);
    if (alpha > 0) draw_fill(painter, frame, object, {color, alpha});
    if ((look.draw & kDrawContour) != 0) {
      if (object.contour_width != line_width) {
        if (object.is_soft) runs::threshold(object.coverage, half_covered_);
        contour_maker_.make(object.is_soft ? half_covered_ : object.runs, size, line_width, object.contour);
        object.contour_width = line_width;
      }
      painter.draw(frame, object.contour, {color, 255});
    }
  }
}

void OverlayRenderer::draw_markers(const Brush& painter, const composite::FrameView& frame, const Look& look) {
  if ((look.draw & kDrawCentroid) == 0) return;
  const auto line_width = line_width_of(look, {frame.width, frame.height});
  for (const auto& object : objects()) {
    if (is_shown(object, look)) draw_marker(painter, frame, object, color_of(object, look), line_width);
  }
}

void OverlayRenderer::draw_fill(const Brush& painter, const composite::FrameView& frame, const FrameObject& object,
                                const composite::Paint& paint) {
  if (object.is_soft) {
    painter.draw(frame, object.coverage, paint);
  } else {
    painter.draw(frame, object.runs, paint);
  }
}

void OverlayRenderer::draw_marker(const Brush& painter, const composite::FrameView& frame, const FrameObject& object,
                                  composite::Rgb color, std::int32_t line_width) {
  const runs::Size size{frame.width, frame.height};
  const auto center = object.props.centroid;
  if (!lies_within(center, size)) return;
  // A disc in a white ring of one line width is legible on its own object as well as beside it.
  constexpr composite::Rgb kWhite{255, 255, 255};
  const auto thickness = std::min(line_width, std::max(1, std::min(size.width, size.height) / 16));
  composite::make_disc(center, 2 * thickness + 1, size, shape_);
  painter.draw(frame, shape_, {kWhite, 255});
  composite::make_disc(center, thickness + 1, size, shape_);
  painter.draw(frame, shape_, {color, 255});
}

}  // namespace sam2::drawing
