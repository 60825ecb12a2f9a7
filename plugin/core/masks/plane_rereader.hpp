// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "masks/plane_reader.hpp"
#include "masks/run_encoder.hpp"
#include "masks/word_store.hpp"
#include "npz/npy_header.hpp"

namespace sam2::masks {

/// Makes the masks of a range of planes once more.
class PlaneRereader final : public StretchReader {
 public:
  /// Opens the planes whose indices are in [begin, end).
  using Open = std::function<Result<std::unique_ptr<PlaneSource>>(std::uint64_t begin, std::uint64_t end)>;
  /// Where a stretch begins, and what the planes before it have decided.
  struct Begin {
    std::uint64_t plane = 0;
    ValueRule rule;
    VoidLabels void_labels;
  };

  /// `are_labels_guessed`: the property `values` does not say that planes are label maps.
  PlaneRereader(Open open, const npz::ElementType& type, bool are_labels_guessed)
      : open_(std::move(open)), type_(type), are_labels_guessed_(are_labels_guessed) {}

  /// The next stretch begins there. Any thread may call it.
  void add_begin(const Begin& begin);

  Result<void> read(std::size_t stretch, StretchWords& into) override;

 private:
  void append(const PlaneRuns& runs, VoidLabels& void_labels, StretchWords& into);
  void append_mask(std::span<const ValueSpan> spans, StretchWords& into);

  Open open_;
  npz::ElementType type_;
  bool are_labels_guessed_;
  std::mutex mutex_;
  std::vector<Begin> begins_;
  PlaneRuns runs_;
  std::vector<ValueSpan> sorted_;
  runs::RunMask mask_;
};

}  // namespace sam2::masks
