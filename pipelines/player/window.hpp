// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gtk/gtk.h>

#include <memory>
#include <string>

#include "exporter.hpp"
#include "lanes.hpp"
#include "playback.hpp"
#include "presence.hpp"
#include "side_panel.hpp"

namespace player {

/// The window of the player. It deletes itself when it is closed.
class Window {
 public:
  explicit Window(GtkApplication* application);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  /// Opens a clip, or masks if the name ends in .npz or .npy.
  void open(const std::string& path);

 private:
  GtkWidget* make_header();
  GtkWidget* make_picture();
  GtkWidget* make_controls();
  GtkWidget* add_button(GtkWidget* box, const char* icon, const char* tip, void (Window::*action)());
  void connect();
  void watch_masks();
  void scan();
  void say(const std::string& text);
  void draw_again();
  void select_at(double x, double y);
  bool on_key(guint key);

  void choose_file();
  void toggle_play();
  void step_back() { playback_.step(-1); }
  void step_forward() { playback_.step(1); }
  void save_picture();
  void export_clip();
  void change_speed(double factor);
  void update_time();
  [[nodiscard]] std::string output_name(const std::string& ending) const;

  Playback playback_;
  PresenceScan scan_;
  Exporter exporter_;
  Lanes lanes_;
  SidePanel panel_;
  GtkWidget* window_ = nullptr;
  GtkWidget* picture_ = nullptr;
  GtkWidget* play_ = nullptr;
  GtkWidget* time_ = nullptr;
  GtkWidget* message_ = nullptr;
  GtkWidget* progress_ = nullptr;
  GdkTexture* texture_ = nullptr;
  GFileMonitor* monitor_ = nullptr;
  FrameObjects shown_;
  double speed_ = 1;
  guint timer_ = 0;
  guint redraw_ = 0;
};

}  // namespace player
