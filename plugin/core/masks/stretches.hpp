// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <memory>

#include "masks/mask_assembler.hpp"
#include "masks/mask_loader.hpp"
#include "masks/plane_reader.hpp"
#include "masks/plane_rereader.hpp"
#include "masks/run_encoder.hpp"

namespace sam2::masks {

/// True if masks may leave memory and be read again.
[[nodiscard]] bool may_drop(const LoadOptions& options);

/// How much of max-memory packed masks may take.
[[nodiscard]] std::uint64_t most_cached_bytes(const LoadOptions& options);

/// True if the stretch that `builder` fills is to end; `read` bytes of the file belong to it.
[[nodiscard]] bool is_stretch_full(const MaskSetBuilder& builder, std::uint64_t read, const LoadOptions& options);

/// Divides a file into stretches that can be read again, while it is read for the first time.
class Stretches {
 public:
  /// Without `open`, all is one stretch.
  Stretches(PlaneRereader::Open open, const npz::NpyHeader& header, const LoadOptions& options, const ValueRule& rule);

  /// Gives the reader of stretches to the set that `builder` fills.
  void begin(MaskSetBuilder& builder);

  /// Begins a stretch with `plane` if the one before is long enough. `is_independent`: the plane can be read without
  /// those before it.
  void add(const Plane& plane, bool is_independent, const RunEncoder& encoder, MaskAssembler& assembler);

 private:
  LoadOptions options_;
  std::uint64_t element_size_;
  std::unique_ptr<PlaneRereader> reader_;  ///< until the set has it
  PlaneRereader* begins_ = nullptr;        ///< the one of the set
  std::uint64_t index_ = 0;                ///< of the last plane
  std::uint64_t read_ = 0;                 ///< bytes of the planes of the stretch
};

}  // namespace sam2::masks
