// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "base/guarded.hpp"
#include "base/result.hpp"
#include "clip/clip.hpp"
#include "element/enums.hpp"
#include "element/settings.hpp"
#include "element/unknown_masks.hpp"

namespace sam2::clip {

class ClipLoad;

}  // namespace sam2::clip

namespace sam2::element {

using clip::SharedClip;

class ReportedLoad;

/// The mask files in use: the current one, and the one that will replace it. Threads of their own read the files. The
/// result of a load is posted on the bus: `sam2overlay-loaded`, warnings, or an error if the file has no usable masks.
class MaskSource {
 public:
  explicit MaskSource(GstElement* element) : element_(element) {}

  /// Starts to read the file of `settings`. Waits briefly for its first masks, so that an unusable file fails the
  /// start. Call report() afterwards.
  Result<void> start(const Settings& settings);
  /// Drops all files and ends their threads.
  void stop();
  /// Between start() and stop(): reads the file of `settings` beside the current one, and replaces that between two
  /// frames. If the new file cannot be used, posts a warning and keeps the current one.
  void replace(const Settings& settings);
  /// Posts the pending messages about the current file. Must be called without locks, since posting a message may run
  /// code of the application.
  void report();

  /// Waits briefly for the end of the current file, and posts the messages about it. Called before the end of the
  /// stream.
  void report_at_end();

  /// Ends the wait of the streaming thread, and every later one until resume().
  void interrupt();
  void resume() { is_interrupted_ = false; }

  /// What plays at the next frame.
  struct Taken {
    SharedClip clip;                 ///< nullptr: none
    std::optional<Unknown> unknown;  ///< why there is none, if no frame may pass whose masks are not known
  };
  /// Takes the clip for the next frame. Waits until the head of the file is known, and with other values than
  /// Missing::Show until all of it has been read. Called by the streaming thread only. Returns GST_FLOW_FLUSHING if
  /// interrupted, and GST_FLOW_ERROR if the file cannot be played; that error has been posted then.
  GstFlowReturn take(Missing missing, Taken& taken);
  /// What a frame needs of the clip.
  struct WantedMasks {
    std::size_t entry = 0;
    std::size_t last_entry = 0;  ///< tracks must be known up to it
    bool needs_past = false;     ///< tracks must be known from where they begin in the file
  };
  /// Waits for an entry of `clip`, which take() gave, and until its tracks are known up to the last entry that is
  /// wanted. Posts the progress of reading if that takes longer than 200 ms. `clip` becomes the one that holds the
  /// entry, which may be a few entries of the file that were read before those in front of them. `is_ready` becomes
  /// false if the entry is lost. Returns as take().
  GstFlowReturn wait_for(const WantedMasks& wanted, SharedClip& clip, bool& is_ready);

  struct Stats {
    SharedClip clip;             ///< nullptr: none
    GstClockTime load_time = 0;  ///< 0 until the whole file has been read
  };
  [[nodiscard]] Stats stats() const;

 private:
  struct Loads {
    std::shared_ptr<ReportedLoad> current;
    std::shared_ptr<ReportedLoad> next;
    bool is_next_new = false;  ///< no frame has been shown since `next` was set
    bool is_outdated = false;  ///< `current` is not the file that was set last
  };

  void set_loads(Loads loads);
  masks::Direction direction_to(std::size_t entry);
  template <typename Done>
  void wait_with_progress(clip::ClipLoad& load, std::size_t entry, Done is_done, bool takes_window = false);
  void promote_next(Missing missing);
  GstFlowReturn take_head(SharedClip& clip);
  GstFlowReturn check_whole(Taken& taken);
  void wait_for_whole(clip::ClipLoad& load);
  void settle_guess(const std::shared_ptr<ReportedLoad>& load);

  GstElement* element_;
  std::mutex control_mutex_;  ///< serialises start, stop and replace
  bool is_running_ = false;
  Guarded<Loads> loads_;
  std::atomic<bool> is_interrupted_{false};
  // Used by the streaming thread only.
  std::size_t last_entry_ = 0;
  masks::Direction direction_ = masks::Direction::Forward;
};

}  // namespace sam2::element
