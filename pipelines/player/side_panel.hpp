// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gtk/gtk.h>

#include <functional>
#include <string>
#include <vector>

#include "presence.hpp"

namespace player {

/// The list of objects, and the looks: opacity, drawings and effects. It sets the properties of the element by itself.
class SidePanel {
 public:
  std::function<void()> on_change;  ///< a property has changed: the frame is to be drawn again

  explicit SidePanel(GstElement* overlay);
  [[nodiscard]] GtkWidget* widget() const { return box_; }

  void set_lanes(const std::vector<Lane>& lanes);
  /// Areas of the objects of the frame that is shown.
  void set_frame(const FrameObjects& frame);
  /// Shows the object of that row, or hides it; nothing where there is none.
  void toggle(std::size_t index);
  /// Marks an object's row; a negative number: none.
  void select(int index);
  [[nodiscard]] int index_of(int id) const;

 private:
  struct Row {
    int id;
    GtkWidget* shown;
    GtkWidget* solo;
    GtkWidget* area;
  };

  void add_row(const Lane& lane, std::size_t slot);
  void add_looks();
  void add_effect(const char* property, const char* title);
  void apply_objects();
  void apply_drawings();
  void changed() const;

  GstElement* overlay_;
  GtkWidget* box_;
  GtkWidget* list_;
  std::vector<Row> rows_;
  std::vector<std::pair<std::string, GtkWidget*>> drawings_;
};

}  // namespace player
