// SPDX-License-Identifier: LGPL-2.1-or-later
// Takes operations over runs and rows of spans, whatever their length.
#pragma once

#include "composite/rows_vectors.hpp"

namespace sam2::composite {
namespace {

#if defined(__AVX512BW__)

/// Ends are as cheap as whole vectors here. What is not in the run reads as ones: an opaque alpha.
template <typename Lane, typename Operation>
[[gnu::always_inline]] inline void blend_run(const Run& run, const Operation& operation) {
  using V = Vector<Lane>;
  auto* at = run.first;
  std::size_t left = run.bytes;
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

/// Two pieces of the run's beginning and end that may overlap. Both are read before one is written, for what is blended
/// twice is wrong.
template <std::size_t bytes, std::size_t kPiece, typename Lane, typename Operation>
[[gnu::always_inline]] inline void blend_ends(const Run& run, const Operation& operation) {
  using V = Vector<Lane, bytes>;
  const std::size_t second = run.bytes - kPiece;
  V head;
  V tail;
  __builtin_memset(&head, 255, sizeof head);
  tail = head;
  __builtin_memcpy(&head, run.first, kPiece);
  __builtin_memcpy(&tail, run.first + second, kPiece);
  head = operation.template apply<bytes>(head, 0);
  tail = operation.template apply<bytes>(tail, second % Operation::kPhases);
  __builtin_memcpy(run.first, &head, kPiece);
  __builtin_memcpy(run.first + second, &tail, kPiece);
}

template <typename Lane, typename Operation>
[[gnu::always_inline]] inline void blend_short_run(const Run& run, const Operation& operation) {
  if (kVectorBytes > kNarrowBytes && run.bytes >= kNarrowBytes) {
    blend_ends<kNarrowBytes, kNarrowBytes, Lane>(run, operation);
  } else if (run.bytes >= 8) {
    blend_ends<kNarrowBytes, 8, Lane>(run, operation);
  } else if (run.bytes >= 4) {
    blend_ends<kNarrowBytes, 4, Lane>(run, operation);
  } else if (Operation::kSmallest == 2 || run.bytes >= 2) {
    blend_ends<kNarrowBytes, 2, Lane>(run, operation);
  } else {
    blend_ends<kNarrowBytes, 1, Lane>(run, operation);
  }
}

template <typename Lane, typename Operation>
[[gnu::always_inline]] inline void blend_run(const Run& run, const Operation& operation) {
  using V = Vector<Lane>;
  if (run.bytes < kVectorBytes) {
    blend_short_run<Lane>(run, operation);
    return;
  }
  // The last vector overlaps the one before. It is read before that is written, for what is blended twice is wrong.
  const std::size_t last = run.bytes - kVectorBytes;
  const auto tail = operation.template apply<kVectorBytes>(load<V>(run.first + last), last % Operation::kPhases);
  std::size_t phase = 0;
  for (std::size_t i = 0; i < last; i += kVectorBytes) {
    store(run.first + i, operation.template apply<kVectorBytes>(load<V>(run.first + i), phase));
    phase = (phase + kVectorBytes) % Operation::kPhases;
  }
  store(run.first + last, tail);
}

#endif

template <typename Lane, typename Operation>
[[gnu::always_inline]] inline void blend_runs(const Run* runs, std::size_t count, const Operation& operation) {
  for (const auto* run = runs; run != runs + count; ++run) blend_run<Lane>(*run, operation);
}

template <typename Lane, typename Operation>
[[gnu::always_inline]] inline void blend_rows(const SpanRows& rows, const Operation& operation) {
  const auto* span = rows.spans + rows.next;
  auto* first = rows.first;
  for (std::size_t row = 0; row < rows.count; ++row, first += rows.stride) {
    for (const auto* const end = rows.spans + rows.ends[row]; span != end; ++span) {
      const auto begin = static_cast<std::size_t>(span->begin > 0 ? span->begin : 0);
      const auto width = static_cast<std::size_t>(span->end < rows.width ? span->end : rows.width) - begin;
      // Negative where the span is outside.
      if (static_cast<std::ptrdiff_t>(width) > 0) {
        blend_run<Lane>({first + begin * rows.step, width * rows.step}, operation);
      }
    }
  }
}

}  // namespace
}  // namespace sam2::composite
