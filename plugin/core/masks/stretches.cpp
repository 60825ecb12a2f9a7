// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/stretches.hpp"

#include <algorithm>
#include <utility>

namespace sam2::masks {
namespace {

/// The rest of max-memory is for what is known of all masks, and for buffers.
constexpr std::uint64_t kPartOfMemory = 8;
// A stretch of typical masks takes about a hundredth of a second to read again.
constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 10;
constexpr std::uint64_t kMostRead = std::uint64_t{256} << 20;

}  // namespace

bool may_drop(const LoadOptions& options) {
  return options.max_memory != 0 && !options.is_one_frame;
}

std::uint64_t most_cached_bytes(const LoadOptions& options) {
  return options.max_memory / kPartOfMemory;
}

bool is_stretch_full(const MaskSetBuilder& builder, std::uint64_t read, const LoadOptions& options) {
  const auto most_bytes = std::min(kMostBytes, most_cached_bytes(options) / 4);
  const bool is_long = builder.stretch_bytes() >= most_bytes || read >= kMostRead;
  return is_long && builder.set()->words().current_index() + 1 < WordStore::kMostStretches;
}

Stretches::Stretches(PlaneRereader::Open open, const npz::NpyHeader& header, const LoadOptions& options,
                     const ValueRule& rule)
    : options_(options), element_size_(header.type.size) {
  if (!open) return;
  reader_ = std::make_unique<PlaneRereader>(std::move(open), header.type, options.values != Values::Labels);
  reader_->add_begin({0, rule, {}});
}

void Stretches::begin(MaskSetBuilder& builder) {
  if (reader_ == nullptr) return;
  begins_ = reader_.get();
  builder.set_reader(std::move(reader_), most_cached_bytes(options_));
}

void Stretches::add(const Plane& plane, bool is_independent, const RunEncoder& encoder, MaskAssembler& assembler) {
  const auto is_first = plane.index != std::exchange(index_, plane.index);
  if (begins_ == nullptr || assembler.set() == nullptr) return;
  auto& builder = assembler.builder();
  if (is_first && is_independent && is_stretch_full(builder, read_, options_)) {
    begins_->add_begin({plane.index, encoder.rule(), assembler.void_labels()});
    builder.begin_stretch();
    read_ = 0;
  }
  read_ += static_cast<std::uint64_t>(plane.view.size.width) * static_cast<std::uint64_t>(plane.view.size.height) *
           element_size_;
}

}  // namespace sam2::masks
