// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "objects.hpp"

namespace player {

/// When one object is seen.
struct Lane {
  int id = 0;
  std::string label;
  struct Span {
    GstClockTime begin;
    GstClockTime end;
  };
  std::vector<Span> spans;  ///< stream time in ns, in order
};

/// Finds where the objects of a mask file are present, without decoding the clip: small black frames at the clip's rate
/// go through an element that draws nothing and posts messages. The element shares the masks with the one that plays.
class PresenceScan {
 public:
  /// The lanes, in file order, when the scan ends.
  std::function<void(const std::vector<Lane>&)> on_done;

  PresenceScan() = default;
  ~PresenceScan();
  PresenceScan(const PresenceScan&) = delete;
  PresenceScan& operator=(const PresenceScan&) = delete;

  /// Starts again. width and height: of the clip's frames; rate: frames a second; duration: ns.
  void start(const std::string& masks, int width, int height, double rate, GstClockTime duration);

 private:
  static gboolean on_message(GstBus* bus, GstMessage* message, gpointer self);
  void stop();
  void add(const FrameObjects& frame);

  GstElement* pipeline_ = nullptr;
  GstClockTime frame_ = 0;  ///< duration of a frame in ns
  std::vector<Lane> lanes_;
};

}  // namespace player
