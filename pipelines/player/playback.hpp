// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gtk/gtk.h>

#include <deque>
#include <functional>
#include <string>

#include "objects.hpp"

namespace player {

/// Plays a clip with its masks: playbin with the element as its video filter, and an appsink whose frames become
/// textures. All functions are called on the main thread, and all callbacks come there.
class Playback {
 public:
  std::function<void(GdkTexture*)> on_frame;            ///< a frame to show
  std::function<void(const FrameObjects&)> on_objects;  ///< the objects of the frame that is shown
  std::function<void(const std::string&)> on_problem;   ///< a text for the user
  std::function<void()> on_ready;                       ///< duration and rate are known

  Playback();
  ~Playback();
  Playback(const Playback&) = delete;
  Playback& operator=(const Playback&) = delete;

  /// Opens a clip, paused at its first frame. Masks that were set stay.
  void open_clip(const std::string& path);
  /// Sets the masks; the same path again reads the file again.
  void set_masks(const std::string& path);

  void set_playing(bool is_playing);
  [[nodiscard]] bool is_playing() const { return is_playing_; }
  /// time: ns from the start of the clip.
  void seek(GstClockTime time);
  /// frames: 1 forward or -1 back.
  void step(int frames);
  /// rate: 0.1 to 8.
  void set_rate(double rate);

  /// The element, for its properties.
  [[nodiscard]] GstElement* overlay() const { return overlay_; }
  [[nodiscard]] const std::string& clip() const { return clip_; }
  [[nodiscard]] const std::string& masks() const { return masks_; }
  [[nodiscard]] bool has_audio() const;
  [[nodiscard]] GstClockTime position() const;
  [[nodiscard]] GstClockTime duration() const;
  /// Frames a second; 30 where the clip does not say.
  [[nodiscard]] double frame_rate() const { return frame_rate_; }
  /// Width and height of the stored frames; 0 before the first one.
  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }

 private:
  static GstFlowReturn on_sample(GstElement* sink, gpointer self);
  static gboolean on_message(GstBus* bus, GstMessage* message, gpointer self);
  static gboolean show_newest(gpointer self);
  void open_without_masks();
  void show(GstSample* sample);
  void take_objects(GstMessage* message);
  void send_seek(GstClockTime time, GstSeekFlags flags);

  GstElement* player_ = nullptr;
  GstElement* overlay_ = nullptr;
  std::string clip_;
  std::string masks_;
  bool is_playing_ = false;
  double rate_ = 1;
  double frame_rate_ = 30;
  int width_ = 0;
  int height_ = 0;
  bool is_ready_ = false;
  bool has_failed_ = false;          ///< elements upstream follow an error with vaguer ones, which nobody needs
  std::deque<FrameObjects> recent_;  ///< what the last messages said; frames are shown a little later
  GMutex lock_;
  GstSample* newest_ = nullptr;  ///< guarded by lock_
  guint idle_ = 0;               ///< guarded by lock_
};

}  // namespace player
