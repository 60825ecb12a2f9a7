// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <memory>
#include <mutex>

#include "base/guarded.hpp"
#include "base/result.hpp"
#include "clip/clip.hpp"
#include "element/settings.hpp"

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

  /// Ends the wait of the streaming thread, and every later one until resume().
  void interrupt();
  void resume() { is_interrupted_ = false; }

  /// Sets `clip` to the clip for the next frame, or to nullptr if there is none. Waits until the head of the file is
  /// known. Called by the streaming thread only. Returns GST_FLOW_FLUSHING if interrupted, and GST_FLOW_ERROR if the
  /// file cannot be played; that error has been posted then.
  GstFlowReturn take(SharedClip& clip);
  /// Waits for an entry of the clip that take() gave. `is_ready` becomes false if the entry is lost. Returns as take().
  GstFlowReturn wait_for(std::size_t entry, bool& is_ready);

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
  };

  void set_loads(Loads loads);
  void promote_next();

  GstElement* element_;
  std::mutex control_mutex_;  ///< serialises start, stop and replace
  bool is_running_ = false;
  Guarded<Loads> loads_;
  std::atomic<bool> is_interrupted_{false};
};

}  // namespace sam2::element
