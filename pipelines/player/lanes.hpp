// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gtk/gtk.h>

#include <functional>
#include <vector>

#include "presence.hpp"

namespace player {

/// The seek bar: a line for the position, and a lane for each object that shows where it is present.
class Lanes {
 public:
  std::function<void(GstClockTime)> on_seek;  ///< ns

  Lanes();
  [[nodiscard]] GtkWidget* widget() const { return area_; }

  void set_duration(GstClockTime duration);
  void set_position(GstClockTime position);
  void set_lanes(std::vector<Lane> lanes);

 private:
  static void draw(GtkDrawingArea* area, cairo_t* cairo, int width, int height, gpointer self);
  void seek_to(double x);

  GtkWidget* area_;
  GstClockTime duration_ = 0;
  GstClockTime position_ = 0;
  std::vector<Lane> lanes_;
};

}  // namespace player
