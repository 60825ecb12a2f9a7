// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "runs/coverage_mask.hpp"

#include <algorithm>

namespace sam2::runs {

void CoverageMask::reset(std::int32_t top) {
  top_ = top;
  row_ends_.clear();
  spans_.clear();
  bytes_.clear();
}

void CoverageMask::add_span(std::int32_t begin, std::int32_t end, std::uint8_t coverage) {
  if (begin >= end || coverage == 0) return;
  const std::size_t row_begin = row_ends_.empty() ? 0 : row_ends_.back();
  if (spans_.size() > row_begin) {
    auto& last = spans_.back();
    if (last.end == begin && last.first_byte == CoverageSpan::kConstant && last.coverage == coverage) {
      last.end = end;
      return;
    }
  }
  spans_.push_back({begin, end, coverage, CoverageSpan::kConstant});
}

void CoverageMask::add_span(std::int32_t begin, std::span<const std::uint8_t> coverages) {
  if (coverages.empty()) return;
  spans_.push_back({begin, begin + static_cast<std::int32_t>(coverages.size()), 0, bytes_.size()});
  bytes_.insert(bytes_.end(), coverages.begin(), coverages.end());
}

void CoverageMask::add_bytes(std::int32_t begin, std::span<const std::uint8_t> coverages) {
  constexpr std::ptrdiff_t kLong = 16;
  const auto position = [&](auto at) { return begin + static_cast<std::int32_t>(at - coverages.begin()); };
  auto several = coverages.begin();
  const auto flush = [&](auto end) {
    if (several < end) add_span(position(several), std::span(several, end));
  };
  for (auto at = coverages.begin(); at != coverages.end();) {
    const auto end = std::find_if(at, coverages.end(), [&](auto byte) { return byte != *at; });
    if (*at == 0 || end - at >= kLong) {
      flush(at);
      add_span(position(at), position(end), *at);
      several = end;
    }
    at = end;
  }
  flush(coverages.end());
}

std::span<const CoverageSpan> CoverageMask::row(std::int32_t y) const {
  if (y < top_ || y >= bottom()) return {};
  const auto index = static_cast<std::size_t>(y - top_);
  const std::size_t begin = index == 0 ? 0 : row_ends_[index - 1];
  return std::span(spans_).subspan(begin, row_ends_[index] - begin);
}

}  // namespace sam2::runs
