// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/video/video.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "composite/frame_view.hpp"
#include "composite/rows.hpp"
#include "element/raw_layout.hpp"
#include "runs/geometry.hpp"

namespace sam2::element {

/// Draws on frames of a format whose samples are not whole bytes or words: packed in bits, in tiles, or by a palette.
///
/// GStreamer's own functions unpack the pixels that are drawn on into planes that the painter draws, and pack them
/// again. Chroma keeps its subsampling, so the formulas of the painter hold. The bits of all other pixels stay as they
/// are, and so do bits that belong to no pixel. With a palette, drawn pixels get the nearest colour of the frame's own
/// palette.
class UnpackedFrame final : public composite::PixelLoader {
 public:
  explicit UnpackedFrame(const GstVideoFormatInfo* info);

  /// The format of view(). It has the name of the frame's own format.
  [[nodiscard]] const composite::FrameFormat& format() const { return format_; }
  [[nodiscard]] const RawLayout& layout() const { return layout_; }

  /// Takes a frame of `raw.width` x `raw.height` pixels in the format's own layout, which must stay valid until
  /// store(). Allocates only for a size that differs from the last one.
  void begin(const composite::FrameView& raw);

  /// The pixels of `size` from column `left` and row `top` on. They are loaded when they are drawn on.
  [[nodiscard]] composite::FrameView view(std::int32_t left, std::int32_t top, runs::Size size);

  void load(std::int32_t row, std::int32_t begin, std::int32_t end) override;

  /// Packs what was loaded.
  void store();

 private:
  /// Columns of the rows that share a row of chroma, from one block to another.
  struct Columns {
    std::int32_t begin = 0;
    std::int32_t end = 0;
  };

  void resize();
  [[nodiscard]] std::int32_t unit_of(std::int32_t row) const;
  [[nodiscard]] Columns columns_of(std::size_t first_block, std::size_t end_block) const;
  /// True if each bit of a row belongs to a pixel, so that packed pixels can be written over the frame's.
  [[nodiscard]] bool packs_all_bits() const;
  [[nodiscard]] composite::ByteSpan part_of(int plane, Columns columns) const;
  void load_columns(std::int32_t unit, Columns columns);
  void store_columns(std::int32_t unit, Columns columns);
  void unpack(std::int32_t row, Columns columns);
  /// Packs the line into zeroed memory and flips the bits of the frame that it sets.
  void flip(std::int32_t row, std::int32_t unit, Columns columns, bool has_chroma);
  void pack(std::int32_t row, Columns columns);
  template <typename Sample>
  void split(std::int32_t row, std::int32_t unit, Columns columns, bool has_chroma);
  template <typename Sample>
  void join(std::int32_t row, std::int32_t unit, Columns columns);
  void read_palette();
  void store_indices(std::int32_t row, Columns columns);
  [[nodiscard]] std::uint8_t nearest(std::uint32_t color);

  const GstVideoFormatInfo* info_;
  RawLayout layout_;
  composite::FrameFormat format_;
  int height_shift_;
  int sample_shift_;
  int alpha_depth_;
  bool keeps_fields_;

  composite::FrameView raw_;     ///< the frame in its own layout
  composite::FrameView planes_;  ///< the unpacked pixels, which are in memory_
  std::vector<std::uint8_t> memory_;
  std::vector<std::uint8_t> line_;                   ///< one row of pixels as GStreamer unpacks it
  std::array<std::vector<std::uint8_t>, 2> packed_;  ///< one row of packed groups of each plane
  std::int32_t block_pixels_ = 0;                    ///< pixels that are loaded together: whole groups
  std::size_t blocks_ = 0;                           ///< blocks in a row
  std::vector<std::uint8_t> loaded_;                 ///< for each block of each row of chroma, 1 if it is loaded
  std::int32_t first_loaded_ = 0;                    ///< rows of chroma that may have loaded blocks
  std::int32_t end_loaded_ = 0;
  std::int32_t left_ = 0;  ///< where view() begins
  std::int32_t top_ = 0;

  struct Match {
    std::uint32_t color = 0;
    std::uint8_t index = 0;
    bool is_known = false;
  };
  std::array<std::uint32_t, 256> palette_{};
  std::array<Match, 256> matches_{};  ///< colours that were searched for last, by hash
};

}  // namespace sam2::element
