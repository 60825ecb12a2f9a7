// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "lanes.hpp"

#include <algorithm>

namespace player {
namespace {

constexpr int kBar = 12;    ///< height of the seek bar in pixels
constexpr int kLane = 8;    ///< height of a lane
constexpr int kGap = 3;     ///< between lanes
constexpr int kShown = 24;  ///< lanes that are shown at most

}  // namespace

Lanes::Lanes() : area_(gtk_drawing_area_new()) {
  gtk_widget_set_hexpand(area_, TRUE);
  gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(area_), kBar);
  gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(area_), draw, this, nullptr);
  auto* drag = gtk_gesture_drag_new();
  g_signal_connect(drag, "drag-begin", G_CALLBACK(+[](GtkGestureDrag*, double x, double, gpointer self) {
                     static_cast<Lanes*>(self)->seek_to(x);
                   }),
                   this);
  g_signal_connect(drag, "drag-update", G_CALLBACK(+[](GtkGestureDrag* gesture, double x, double, gpointer self) {
                     double begin = 0;
                     gtk_gesture_drag_get_start_point(gesture, &begin, nullptr);
                     static_cast<Lanes*>(self)->seek_to(begin + x);
                   }),
                   this);
  gtk_widget_add_controller(area_, GTK_EVENT_CONTROLLER(drag));
}

void Lanes::seek_to(double x) {
  const auto width = gtk_widget_get_width(area_);
  if (width <= 0 || duration_ == 0) return;
  on_seek(static_cast<GstClockTime>(std::clamp(x / width, 0.0, 1.0) * double(duration_)));
}

void Lanes::set_duration(GstClockTime duration) {
  duration_ = duration;
  gtk_widget_queue_draw(area_);
}

void Lanes::set_position(GstClockTime position) {
  if (position_ == position) return;
  position_ = position;
  gtk_widget_queue_draw(area_);
}

void Lanes::set_lanes(std::vector<Lane> lanes) {
  lanes_ = std::move(lanes);
  const int count = std::min<int>(kShown, int(lanes_.size()));
  gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(area_), kBar + count * (kLane + kGap));
  gtk_widget_queue_draw(area_);
}

void Lanes::draw(GtkDrawingArea*, cairo_t* cairo, int width, int, gpointer data) {
  const auto* self = static_cast<Lanes*>(data);
  const auto column = [&](GstClockTime time) {
    return self->duration_ == 0 ? 0.0 : double(time) / double(self->duration_) * width;
  };
  const auto box = [&](double x0, double x1, double y, double height) {
    cairo_rectangle(cairo, x0, y, std::max(1.0, x1 - x0), height);
    cairo_fill(cairo);
  };
  cairo_set_source_rgba(cairo, 0.5, 0.5, 0.5, 0.35);
  box(0, width, 4, kBar - 8);
  cairo_set_source_rgb(cairo, 0.21, 0.52, 0.89);
  box(0, column(self->position_), 4, kBar - 8);
  double y = kBar;
  for (std::size_t slot = 0; slot < self->lanes_.size() && slot < kShown; ++slot, y += kLane + kGap) {
    cairo_set_source_rgba(cairo, 0.5, 0.5, 0.5, 0.15);
    box(0, width, y, kLane);
    const auto color = color_of(slot);
    cairo_set_source_rgb(cairo, color.red, color.green, color.blue);
    for (const auto& span : self->lanes_[slot].spans) box(column(span.begin), column(span.end), y, kLane);
  }
  cairo_set_source_rgb(cairo, 0.9, 0.2, 0.2);
  box(column(self->position_) - 1, column(self->position_) + 1, 0, y);
}

}  // namespace player
