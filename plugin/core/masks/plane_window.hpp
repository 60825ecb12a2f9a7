// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "masks/array_schema.hpp"
#include "masks/plane_rereader.hpp"
#include "masks/side_arrays.hpp"
#include "masks/value_rule.hpp"
#include "masks/window_reader.hpp"
#include "npz/npy_header.hpp"

namespace sam2::masks {

/// The planes, or the arrays of planes, whose indices are in [begin, end).
struct PlaneRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// The planes of the entries [begin, end).
using PlanesOfEntries = std::function<std::vector<PlaneRange>(std::uint64_t begin, std::uint64_t end)>;

/// Reads entries of files in which planes do not depend on those before them.
class PlaneWindow final : public WindowReader {
 public:
  struct Source {
    PlaneRereader::Open open;
    PlanesOfEntries planes_of;
    Layout layout;  ///< settled
    npz::ElementType type;
    ValueRule rule;   ///< decided
    SideArrays side;  ///< as the assembler of the file left them
  };

  explicit PlaneWindow(Source source) : source_(std::move(source)) {}

  Result<std::shared_ptr<const MaskSet>> read(std::size_t begin, std::size_t end,
                                              const std::function<bool()>& is_cancelled) override;
  [[nodiscard]] std::uint64_t entry_bytes() const override;

 private:
  Source source_;
};

}  // namespace sam2::masks
