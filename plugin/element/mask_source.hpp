// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <memory>
#include <mutex>

#include "base/guarded.hpp"
#include "base/result.hpp"
#include "element/settings.hpp"
#include "masks/background_load.hpp"
#include "masks/mask_set.hpp"
#include "tracking/tracks.hpp"

namespace sam2::element {

using SharedMasks = std::shared_ptr<const masks::MaskSet>;
using SharedTracks = std::shared_ptr<const tracking::Tracks>;

class Feed;

/// Which file's masks are shown, and which come next. Files are read by threads of their own; what becomes of them is
/// told on the bus: `sam2overlay-loaded`, warnings, or an error where nothing at all can be shown.
class MaskSource {
 public:
  explicit MaskSource(GstElement* element) : element_(element) {}

  /// Begins with the file of `settings`. Waits a moment for its first masks, so that a file which cannot be played
  /// fails the start. What is left to tell is told by report().
  Result<void> start(const Settings& settings);
  /// Forgets all files; their threads have ended.
  void stop();
  /// Between start() and stop(), reads the file of `settings` beside the one in use, and takes its place between two
  /// frames. One that fails is a warning, and changes nothing.
  void replace(const Settings& settings);
  /// Tells what there is to tell of the file in use. Without locks held: a message may run code of the application.
  void report();

  /// A wait in the streaming thread ends, and so does every one until resume().
  void interrupt();
  void resume() { is_interrupted_ = false; }

  /// The masks for the next frame, and their tracks; nullptr: none. Waits for the head of the file. For the streaming
  /// thread. GST_FLOW_FLUSHING: interrupted; GST_FLOW_ERROR: the file cannot be played, which has been told.
  GstFlowReturn take(SharedMasks& masks, SharedTracks& tracks);
  /// Waits for an entry of the masks that take() gave; `is_there` is false where it is lost. Flows as take().
  GstFlowReturn wait_for(std::size_t entry, bool& is_there);

  struct Stats {
    SharedMasks masks;           ///< nullptr: none
    GstClockTime load_time = 0;  ///< 0 until all of the file is read
  };
  [[nodiscard]] Stats stats() const;

 private:
  struct Feeds {
    std::shared_ptr<Feed> current;
    std::shared_ptr<Feed> next;
    bool is_fresh = false;  ///< no frame has seen `next` yet
  };

  void set_feeds(Feeds feeds);
  void promote_next();

  GstElement* element_;
  std::mutex control_mutex_;  ///< serialises start, stop and replace
  bool is_running_ = false;
  Guarded<Feeds> feeds_;
  std::atomic<bool> is_interrupted_{false};
};

}  // namespace sam2::element
