// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <functional>
#include <utility>

#include "masks/plane_reader.hpp"

namespace sam2::masks {

/// Passes on the planes that `accept` returns true for; all of them if it is empty. It may give a plane another frame
/// and object.
class PlaneFilter final : public PlaneSource {
 public:
  /// `source` must outlive the filter.
  PlaneFilter(PlaneSource& source, std::function<bool(Plane&)> accept) : source_(source), accept_(std::move(accept)) {}

  Result<std::optional<Plane>> next() override {
    while (auto plane = SAM2_TRY(source_.next())) {
      if (!accept_ || accept_(*plane)) return plane;
    }
    return std::optional<Plane>();
  }

 private:
  PlaneSource& source_;
  std::function<bool(Plane&)> accept_;
};

}  // namespace sam2::masks
