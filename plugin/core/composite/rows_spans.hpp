// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Applies operations to spans of bytes and to rows of spans, of any length.
#pragma once

#include "composite/rows_vectors.hpp"

namespace sam2::composite {
namespace {

/// How far to prefetch, by measurement.
constexpr std::size_t kRowsAhead = 2;
constexpr std::size_t kSpansAhead = 2;

#if defined(__AVX512BW__)

/// Masked loads make ends as cheap as whole vectors. Bytes outside of the span read as ones: an opaque alpha.
template <typename Lane, typename Operation>
[[gnu::always_inline]] inline void blend_span(std::uint8_t* first, std::size_t count, const Operation& operation) {
  using V = Vector<Lane>;
  auto* at = first;
  std::size_t left = count;
  std::size_t phase = 0;
  for (; left > kVectorBytes; left -= kVectorBytes, at += kVectorBytes) {
    store(at, operation.template apply<kVectorBytes>(load<V>(at), phase));
    phase = (phase + kVectorBytes) % Operation::kPhases;
  }
  const __mmask64 mask = _bzhi_u64(~std::uint64_t{0}, static_cast<unsigned>(left));
  const auto d = _mm512_mask_loadu_epi8(_mm512_set1_epi8(-1), mask, at);
  const auto result = operation.template apply<kVectorBytes>(take<V>(d), phase);
  _mm512_mask_storeu_epi8(at, mask, take<__m512i>(result));
}

#else

/// Blends the beginning and the end of a span, which may overlap. Both are read before one is written, because a sample
/// must be blended once only.
template <std::size_t bytes, std::size_t kPiece, typename Lane, typename Operation>
[[gnu::always_inline]] inline void blend_ends(std::uint8_t* first, std::size_t count, const Operation& operation) {
  using V = Vector<Lane, bytes>;
  const std::size_t second = count - kPiece;
  V head;
  V tail;
  __builtin_memset(&head, 255, sizeof head);
  tail = head;
  __builtin_memcpy(&head, first, kPiece);
  __builtin_memcpy(&tail, first + second, kPiece);
  head = operation.template apply<bytes>(head, 0);
  tail = operation.template apply<bytes>(tail, second % Operation::kPhases);
  __builtin_memcpy(first, &head, kPiece);
  __builtin_memcpy(first + second, &tail, kPiece);
}

template <typename Lane, typename Operation>
[[gnu::always_inline]] inline void blend_short_span(std::uint8_t* first, std::size_t count,
                                                    const Operation& operation) {
  if (kVectorBytes > kNarrowBytes && count >= kNarrowBytes) {
    blend_ends<kNarrowBytes, kNarrowBytes, Lane>(first, count, operation);
  } else if (count >= 8) {
    blend_ends<kNarrowBytes, 8, Lane>(first, count, operation);
  } else if (count >= 4) {
    blend_ends<kNarrowBytes, 4, Lane>(first, count, operation);
  } else if (Operation::kSmallest == 2 || count >= 2) {
    blend_ends<kNarrowBytes, 2, Lane>(first, count, operation);
  } else {
    blend_ends<kNarrowBytes, 1, Lane>(first, count, operation);
  }
}

template <typename Lane, typename Operation>
[[gnu::always_inline]] inline void blend_span(std::uint8_t* first, std::size_t count, const Operation& operation) {
  using V = Vector<Lane>;
  if (count < kVectorBytes) {
    blend_short_span<Lane>(first, count, operation);
    return;
  }
  // The last vector overlaps the one before. It is read first, because a sample must be blended once only.
  const std::size_t last = count - kVectorBytes;
  const auto tail = operation.template apply<kVectorBytes>(load<V>(first + last), last % Operation::kPhases);
  std::size_t phase = 0;
  for (std::size_t i = 0; i < last; i += kVectorBytes) {
    store(first + i, operation.template apply<kVectorBytes>(load<V>(first + i), phase));
    phase = (phase + kVectorBytes) % Operation::kPhases;
  }
  store(first + last, tail);
}

#endif

template <typename Lane, typename Operation>
[[gnu::always_inline]] inline void blend_spans(std::uint8_t* plane, const ByteSpan* spans, std::size_t count,
                                               const Operation& operation) {
  for (std::size_t i = 0; i < count; ++i) {
    if (i + kSpansAhead < count) prefetch(plane + spans[i + kSpansAhead].first, spans[i + kSpansAhead].bytes);
    blend_span<Lane>(plane + spans[i].first, spans[i].bytes, operation);
  }
}

template <typename Lane, typename Operation>
[[gnu::always_inline]] inline void blend_rows(const SpanRows& rows, const Operation& operation) {
  const auto* span = rows.spans + rows.next;
  auto* first = rows.first;
  const auto ahead = static_cast<std::ptrdiff_t>(kRowsAhead) * rows.stride;
  for (std::size_t row = 0; row < rows.count; ++row, first += rows.stride) {
    const bool has_ahead = row + kRowsAhead < rows.count;
    for (const auto* const end = rows.spans + rows.ends[row]; span != end; ++span) {
      const auto begin = static_cast<std::size_t>(span->begin > 0 ? span->begin : 0);
      const auto width = static_cast<std::size_t>(span->end < rows.width ? span->end : rows.width) - begin;
      // Negative for a span outside of the row.
      if (static_cast<std::ptrdiff_t>(width) > 0) {
        auto* const at = first + begin * rows.step;
        // The spans of the next rows probably lie in the same columns.
        if (has_ahead) prefetch(at + ahead, width * rows.step);
        blend_span<Lane>(at, width * rows.step, operation);
      }
    }
  }
}

}  // namespace
}  // namespace sam2::composite
