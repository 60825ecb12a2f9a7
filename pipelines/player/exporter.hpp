// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <functional>
#include <string>

#include "playback.hpp"

namespace player {

/// Writes what is played, with the looks of the moment, into an mp4 with the clip's sound. The file gets its name when
/// it is complete.
class Exporter {
 public:
  std::function<void(double)> on_progress;                  ///< share that is done, 0 to 1
  std::function<void(const std::string& problem)> on_done;  ///< an empty text: all went well

  Exporter() = default;
  ~Exporter();
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  void start(const Playback& playback, const std::string& path);
  void cancel();
  [[nodiscard]] bool is_running() const { return pipeline_ != nullptr; }

 private:
  static gboolean on_message(GstBus* bus, GstMessage* message, gpointer self);
  static gboolean on_timer(gpointer self);
  void end(const std::string& problem);

  GstElement* pipeline_ = nullptr;
  guint timer_ = 0;
  std::string path_;
  std::string part_;
};

/// Copies all properties that can be set, but for the ones that report, from one element to another of its kind.
void copy_looks(GstElement* from, GstElement* to);

}  // namespace player
