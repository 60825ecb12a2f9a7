// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <cstring>

#include "composite/frame_format.hpp"

namespace sam2::composite {

/// Makes the samples that a Painter draws in place of a colour: an effect.
class RowSource {
 public:
  virtual ~RowSource() = default;

  /// False if the samples of the layer would be those that it has.
  [[nodiscard]] virtual bool changes(const SampleLayer&) const { return true; }

  /// Sample groups [begin, end) of row `row` of `layer`, in the layer's own format: end - begin groups of layer.step
  /// bytes. Samples of Channel::None and samples that the drawing does not change may hold anything. The groups are
  /// within the frame. The result is valid until the next call.
  virtual const std::uint8_t* row(const SampleLayer& layer, std::int32_t row, std::int32_t begin, std::int32_t end) = 0;

  /// Writes the groups of row() to `groups`, which are those of the frame.
  virtual void write(const SampleLayer& layer, std::int32_t row, std::int32_t begin, std::int32_t end,
                     std::uint8_t* groups) {
    std::memcpy(groups, this->row(layer, row, begin, end), static_cast<std::size_t>(end - begin) * layer.step);
  }

  /// Makes the colour samples of `groups`, which are those of the frame, what row() has, and leaves the others alone.
  /// Returns false, and does nothing, if the source cannot do that in place.
  virtual bool change(const SampleLayer& /*layer*/, std::int32_t /*row*/, std::int32_t /*begin*/, std::int32_t /*end*/,
                      std::uint8_t* /*groups*/) {
    return false;
  }

 protected:
  RowSource() = default;
  RowSource(const RowSource&) = default;
  RowSource& operator=(const RowSource&) = default;
};

/// Which samples a drawing changes.
enum class Samples {
  Color,  ///< all but alpha
  Alpha,
  All,
};

}  // namespace sam2::composite
