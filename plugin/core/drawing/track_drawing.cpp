// SPDX-License-Identifier: LGPL-2.1-or-later
#include "drawing/track_drawing.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace sam2::drawing {
namespace {

/// Lines of a trail at most: half a minute of film. A file may have any number of masks in a second.
constexpr int kMaxTrailLines = 720;

std::int32_t text_height(runs::Size frame) {
  constexpr std::int32_t kRowsPerPixel = 40;
  constexpr std::int32_t kLeast = 10;
  return std::max(kLeast, frame.height / kRowsPerPixel);
}

/// Black or white, whichever stands out more from `plate`.
composite::Rgb text_color(composite::Rgb plate) {
  constexpr double kMiddle = 140;
  const auto luma = 0.299 * plate.red + 0.587 * plate.green + 0.114 * plate.blue;
  return luma > kMiddle ? composite::Rgb{0, 0, 0} : composite::Rgb{255, 255, 255};
}

void write_label(const FrameObject& object, std::string& text) {
  std::array<char, 32> digits;
  text = object.info->label;
  if (text.empty()) {
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), object.info->id).ptr;
    text.assign(digits.data(), end);
  } else if (std::isfinite(object.score) && std::abs(object.score) < 1e6) {
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), object.score, std::chars_format::fixed, 2).ptr;
    text.append(" ").append(digits.data(), end);
  }
}

runs::Point between(runs::Point a, runs::Point b, double part) {
  return {a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part};
}

}  // namespace

void TrackDrawing::draw_trails(const Brush& painter, const composite::FrameView& frame, const Look& look,
                               std::span<const FrameObject> objects, const tracking::Tracks& tracks,
                               const timing::Schedule& schedule, const runs::FrameTransform& to_frame) {
  if ((look.draw & kDrawTrail) == 0 || look.trail_length == 0) return;
  const runs::Size size{frame.width, frame.height};
  const auto length =
      static_cast<std::int64_t>(std::min<std::uint64_t>(look.trail_length, std::numeric_limits<std::int64_t>::max()));
  for (const auto& object : objects) {
    if (!is_shown(object, look)) continue;
    line_maker_.reset(size);
    add_trail(object, line_width_of(look, size), length, tracks, schedule, to_frame);
    line_maker_.finish(coverage_);
    painter.draw(frame, coverage_, {color_of(object, look), 255});
  }
}

void TrackDrawing::add_trail(const FrameObject& object, double line_width, std::int64_t length,
                             const tracking::Tracks& tracks, const timing::Schedule& schedule,
                             const runs::FrameTransform& to_frame) {
  const auto now = schedule.time_of(object.place.entry) + object.elapsed;
  auto at = object.props.centroid;
  double age = 0;
  auto mask = object.place;
  // An object that is carried has its mask behind it.
  bool is_at_mask = object.elapsed == 0;
  for (int line = 0; line < kMaxTrailLines && age < 1; ++line) {
    const auto previous = is_at_mask ? tracks.previous_of(mask) : mask;
    is_at_mask = true;
    if (!previous) return;
    mask = *previous;
    auto next = to_frame.apply(tracks.mask(mask).props.centroid);
    // In trail lengths.
    auto next_age =
        (static_cast<double>(now) - static_cast<double>(schedule.time_of(mask.entry))) / static_cast<double>(length);
    if (!(next_age > age)) return;
    if (next_age > 1) {
      next = between(at, next, (1 - age) / (next_age - age));
      next_age = 1;
    }
    // What moved less than half a pixel adds nothing to see.
    if (next_age < 1 && std::hypot(next.x - at.x, next.y - at.y) < 0.5) continue;
    line_maker_.add_line(at, next, line_width,
                         static_cast<std::uint8_t>(std::lround(255 * (1 - (age + next_age) / 2))));
    at = next;
    age = next_age;
  }
}

void TrackDrawing::draw_boxes(const Brush& painter, const composite::FrameView& frame, const Look& look,
                              std::span<const FrameObject> objects) {
  if ((look.draw & kDrawBox) == 0) return;
  for (const auto& object : objects) {
    if (!is_shown(object, look)) continue;
    composite::make_frame(object.props.box, line_width_of(look, {frame.width, frame.height}), shape_);
    painter.draw(frame, shape_, {color_of(object, look), 255});
  }
}

void TrackDrawing::draw_labels(const Brush& painter, const composite::FrameView& frame, const Look& look,
                               std::span<const FrameObject> objects) {
  if ((look.draw & kDrawLabel) == 0) return;
  for (const auto& object : objects) {
    if (is_shown(object, look)) draw_label(painter, frame, object, color_of(object, look));
  }
}

void TrackDrawing::draw_label(const Brush& painter, const composite::FrameView& frame, const FrameObject& object,
                              composite::Rgb color) {
  const runs::Size size{frame.width, frame.height};
  const auto height = text_height(size);
  const auto margin = std::max(1, height / 6);
  write_label(object, text_);
  const auto& text = texts_.render(text_, height, std::max(1, size.width - 2 * margin));
  runs::Box plate{object.props.box.left, object.props.box.top, text.size.width + 2 * margin, text.size.height};
  // Over the box where there is room, else in its corner.
  if (plate.top >= plate.height) plate.top -= plate.height;
  plate.left = std::max(0, std::min(plate.left, size.width - plate.width));
  plate.top = std::max(0, std::min(plate.top, size.height - plate.height));
  composite::make_plate(plate, size, shape_);
  painter.draw(frame, shape_, {color, 255});
  place_text(text, plate.left + margin, plate.top, size, coverage_);
  painter.draw(frame, coverage_, {text_color(color), 255});
}

}  // namespace sam2::drawing
