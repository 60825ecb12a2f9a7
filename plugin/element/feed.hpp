// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "element/settings.hpp"
#include "masks/background_load.hpp"

namespace sam2::element {

/// A load on behalf of an element: tells on the element's bus, once, what became of it.
class Feed : public std::enable_shared_from_this<Feed> {
 public:
  enum class Role {
    First,        ///< without it there is nothing to play
    Replacement,  ///< if it fails, the one before stays in use
  };

  static std::shared_ptr<Feed> open(GstElement* element, const Settings& settings, Role role);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  [[nodiscard]] masks::BackgroundLoad& load() const { return *load_; }

  /// From now on a load that ends is reported without being asked.
  void watch();
  /// Once the load is finished: posts what became of it, or waits until another thread has done that.
  void report();
  /// Nothing is to be told any more.
  void retire() { is_retired_ = true; }

 private:
  Feed(GstElement* element, const Settings& settings, Role role);
  void post() const;

  GstElement* element_;
  std::string location_;
  Role role_;
  std::shared_ptr<masks::BackgroundLoad> load_;
  std::uint64_t listener_ = 0;
  std::once_flag reported_;
  std::atomic<bool> is_retired_{false};
};

}  // namespace sam2::element
