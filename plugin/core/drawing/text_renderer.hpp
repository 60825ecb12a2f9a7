// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runs/coverage_mask.hpp"
#include "runs/run_mask.hpp"

namespace sam2::drawing {

/// A line of text as coverages, row by row.
struct TextImage {
  runs::Size size;
  std::vector<std::uint8_t> coverages;
  std::vector<runs::Span> ink;  ///< of each row the columns from the first to the last with any coverage
};

/// Sets text of any script with Pango, and keeps what it has set: a text that was asked for before costs nothing and
/// allocates nothing. Used by one thread at a time.
class TextRenderer {
 public:
  TextRenderer();
  TextRenderer(TextRenderer&&) noexcept;
  TextRenderer& operator=(TextRenderer&&) noexcept;
  ~TextRenderer();

  /// `text` in UTF-8, in letters `height` pixels high, at most `max_width` pixels wide, else with an ellipsis. Valid
  /// until the next call.
  const TextImage& render(std::string_view text, std::int32_t height, std::int32_t max_width);

 private:
  struct Pango;

  TextImage set_text(std::string_view text);

  std::unique_ptr<Pango> pango_;  ///< made when the first text is asked for: looking for fonts takes a while
  std::int32_t height_ = 0;
  std::int32_t max_width_ = 0;
  std::map<std::string, TextImage, std::less<>> images_;
};

/// Puts the text's upper left corner at (left, top); what does not lie on the frame is left out.
void blit_text(const TextImage& text, std::int32_t left, std::int32_t top, runs::Size frame, runs::CoverageMask& mask);

}  // namespace sam2::drawing
