// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "clip/clip_load.hpp"
#include "element/settings.hpp"

namespace sam2::element {

/// A load of an element. Posts its result on the element's bus, once.
class ReportedLoad : public std::enable_shared_from_this<ReportedLoad> {
 public:
  enum class Role {
    First,        ///< a failure is an error: there is nothing else to play
    Replacement,  ///< a failure is a warning: the file before stays in use
  };

  static std::shared_ptr<ReportedLoad> open(GstElement* element, const Settings& settings, Role role);
  ~ReportedLoad();
  ReportedLoad(const ReportedLoad&) = delete;
  ReportedLoad& operator=(const ReportedLoad&) = delete;

  [[nodiscard]] clip::ClipLoad& load() const { return *load_; }

  /// From now on the result is posted as soon as the load has finished.
  void watch();
  /// If the load has finished, posts its result, or waits until another thread has posted it.
  void report();
  /// True until settle_guess() if the axes were guessed. Nothing is posted until then, except errors.
  [[nodiscard]] bool has_open_guess() const;
  /// True until settle_guess() if the length of the clip may contradict the file.
  [[nodiscard]] bool needs_length();
  /// Keeps what was guessed. Posts its warning, unless `frames`, the length of the clip, confirms it;
  /// and a warning if the frame numbers are not those of the clip.
  void settle_guess(std::optional<std::uint64_t> frames);
  /// The settings that read the file as frames, if a clip of `frames` frames says that the guess is wrong.
  [[nodiscard]] std::optional<Settings> corrected_settings(std::optional<std::uint64_t> frames) const;
  [[nodiscard]] Role role() const { return role_; }

  /// Posts one warning if masks could not be read again.
  void report_lost();
  /// Suppresses all later messages.
  void retire() { is_retired_ = true; }

 private:
  ReportedLoad(GstElement* element, const Settings& settings, Role role);
  void post() const;

  GstElement* element_;
  Settings settings_;
  std::string location_;
  Role role_;
  std::shared_ptr<clip::ClipLoad> load_;
  std::uint64_t listener_ = 0;
  std::once_flag reported_;
  std::once_flag reported_lost_;
  std::atomic<bool> is_retired_{false};
  std::atomic<bool> is_guess_settled_{false};
};

}  // namespace sam2::element
