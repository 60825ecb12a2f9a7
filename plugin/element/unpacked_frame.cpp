// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/unpacked_frame.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace sam2::element {
namespace {

/// An unpacked pixel has four samples: A, R, G, B or A, Y, U, V.
constexpr std::int32_t kSamples = 4;
/// GStreamer's functions may write a few pixels more than they were asked for.
constexpr std::size_t kSlack = 64;

constexpr GstVideoPackFlags flags_of(bool has_fields) {
  // Truncated samples are the format's own, moved up; otherwise low bits are made up, which packing drops again.
  return static_cast<GstVideoPackFlags>(GST_VIDEO_PACK_FLAG_TRUNCATE_RANGE |
                                        (has_fields ? GST_VIDEO_PACK_FLAG_INTERLACED : 0));
}

struct RawPlanes {
  gpointer data[GST_VIDEO_MAX_PLANES] = {};
  gint strides[GST_VIDEO_MAX_PLANES] = {};
};

RawPlanes raw_planes(const composite::FrameView& frame) {
  RawPlanes raw;
  for (std::size_t plane = 0; plane < frame.planes.size(); ++plane) {
    raw.data[plane] = frame.planes[plane];
    raw.strides[plane] = static_cast<gint>(frame.strides[plane]);
  }
  return raw;
}

template <typename Sample>
Sample* row_of(const composite::FrameView& frame, std::size_t plane, std::int32_t row) {
  return reinterpret_cast<Sample*>(frame.planes[plane] + row * frame.strides[plane]);
}

}  // namespace

UnpackedFrame::UnpackedFrame(const GstVideoFormatInfo* info)
    : info_(info),
      layout_(info),
      format_(layout_.unpacked_format()),
      height_shift_(format_.layer_count > 1 ? format_.layers[1].height_shift : 0),
      sample_shift_(layout_.sample_shift()),
      alpha_depth_(layout_.alpha_depth()),
      keeps_fields_(layout_.keeps_fields()) {
  format_.name = GST_VIDEO_FORMAT_INFO_NAME(info);
}

void UnpackedFrame::begin(const composite::FrameView& raw) {
  const auto last = raw_;
  raw_ = raw;
  raw_.has_fields = raw.has_fields && keeps_fields_;
  const bool is_same = raw_.width == last.width && raw_.height == last.height && raw_.has_fields == last.has_fields;
  if (!is_same) resize();
  if (layout_.has_palette()) read_palette();
}

void UnpackedFrame::resize() {
  planes_ = {raw_.width, raw_.height, {}, {}, raw_.has_fields};
  std::array<std::size_t, 4> offsets{};
  std::size_t bytes = 0;
  for (int plane = 0; plane < format_.plane_count; ++plane) {
    const auto row = composite::row_bytes(format_, plane, raw_.width);
    const auto index = static_cast<std::size_t>(plane);
    offsets[index] = bytes;
    planes_.strides[index] = static_cast<std::ptrdiff_t>(row);
    bytes += row * static_cast<std::size_t>(composite::row_count(format_, plane, raw_.height, raw_.has_fields));
  }
  memory_.assign(bytes, 0);
  for (std::size_t plane = 0; plane < format_.plane_count; ++plane) {
    planes_.planes[plane] = memory_.data() + offsets[plane];
  }
  const auto width = static_cast<std::size_t>(raw_.width);
  line_.assign((width + kSlack) * kSamples * format_.sample_bytes(), 0);
  if (layout_.group_pixels() > 0) {
    const auto groups = width / static_cast<std::size_t>(layout_.group_pixels()) + 1;
    for (std::size_t plane = 0; plane < packed_.size(); ++plane) {
      packed_[plane].assign(groups * static_cast<std::size_t>(layout_.group_bytes(static_cast<int>(plane))) + kSlack,
                            0);
    }
  }
  constexpr std::int32_t kBlockPixels = 32;
  const auto group = layout_.group_pixels();
  block_pixels_ = group > 0 ? (kBlockPixels + group - 1) / group * group : raw_.width;
  blocks_ = static_cast<std::size_t>((raw_.width + block_pixels_ - 1) / block_pixels_);
  loaded_.assign((static_cast<std::size_t>(unit_of(raw_.height - 1)) + 2) * blocks_, 0);
}

composite::FrameView UnpackedFrame::view(std::int32_t left, std::int32_t top, runs::Size size) {
  left_ = left;
  top_ = top;
  composite::FrameView view{size.width, size.height, {}, planes_.strides, planes_.has_fields, this};
  for (const auto& layer : format_.sample_layers()) {
    view.planes[layer.plane] = planes_.planes[layer.plane] +
                               (top >> layer.height_shift) * planes_.strides[layer.plane] +
                               (left >> layer.width_shift) * layer.step;
  }
  return view;
}

/// The row of chroma of a row of pixels.
std::int32_t UnpackedFrame::unit_of(std::int32_t row) const {
  if (height_shift_ == 0 || !raw_.has_fields) return row >> height_shift_;
  return (row >> (height_shift_ + 1) << 1) + (row & 1);
}

UnpackedFrame::Columns UnpackedFrame::columns_of(std::size_t first_block, std::size_t end_block) const {
  return {static_cast<std::int32_t>(first_block) * block_pixels_,
          std::min(static_cast<std::int32_t>(end_block) * block_pixels_, raw_.width)};
}

bool UnpackedFrame::packs_all_bits() const {
  const auto group = layout_.group_pixels();
  return group == 0 || (layout_.uses_all_bits() && raw_.width % group == 0);
}

/// The bytes of a row that hold columns of whole groups.
composite::ByteSpan UnpackedFrame::part_of(int plane, Columns columns) const {
  const auto first = static_cast<std::size_t>(columns.begin / layout_.group_pixels() * layout_.group_bytes(plane));
  return {static_cast<std::ptrdiff_t>(first), layout_.row_bytes(plane, columns.end) - first};
}

void UnpackedFrame::load(std::int32_t row, std::int32_t begin, std::int32_t end) {
  const auto unit = unit_of(row + top_);
  auto* const loaded = loaded_.data() + static_cast<std::size_t>(unit) * blocks_;
  auto block = static_cast<std::size_t>((begin + left_) / block_pixels_);
  const auto end_block = static_cast<std::size_t>((end + left_ - 1) / block_pixels_) + 1;
  while (block < end_block) {
    if (loaded[block] != 0) {
      ++block;
      continue;
    }
    const auto first = block;
    while (block < end_block && loaded[block] == 0) loaded[block++] = 1;
    load_columns(unit, columns_of(first, block));
  }
  first_loaded_ = first_loaded_ < end_loaded_ ? std::min(first_loaded_, unit) : unit;
  end_loaded_ = std::max(end_loaded_, unit + 1);
}

void UnpackedFrame::load_columns(std::int32_t unit, Columns columns) {
  const auto rows = composite::luma_rows(planes_, unit, height_shift_);
  for (auto row = rows.first; row <= rows.last(); row += rows.step) {
    const bool has_chroma = row == rows.first;
    unpack(row, columns);
    format_.sample_bytes() == 1 ? split<std::uint8_t>(row, unit, columns, has_chroma)
                                : split<std::uint16_t>(row, unit, columns, has_chroma);
    // What stays in the frame are the bits that packing does not know. store() flips the others back.
    if (!layout_.has_palette() && !packs_all_bits()) flip(row, unit, columns, has_chroma);
  }
}

void UnpackedFrame::store() {
  for (auto unit = first_loaded_; unit < end_loaded_; ++unit) {
    auto* const loaded = loaded_.data() + static_cast<std::size_t>(unit) * blocks_;
    for (std::size_t block = 0; block < blocks_;) {
      if (loaded[block] == 0) {
        ++block;
        continue;
      }
      // In the pieces that were loaded, or longer ones: bits are flipped back by whole groups.
      const auto first = block;
      while (block < blocks_ && loaded[block] != 0) loaded[block++] = 0;
      store_columns(unit, columns_of(first, block));
    }
  }
  first_loaded_ = 0;
  end_loaded_ = 0;
}

void UnpackedFrame::store_columns(std::int32_t unit, Columns columns) {
  const auto rows = composite::luma_rows(planes_, unit, height_shift_);
  for (auto row = rows.first; row <= rows.last(); row += rows.step) {
    if (layout_.has_palette()) {
      store_indices(row, columns);
      continue;
    }
    format_.sample_bytes() == 1 ? join<std::uint8_t>(row, unit, columns) : join<std::uint16_t>(row, unit, columns);
    if (packs_all_bits()) {
      pack(row, columns);
    } else {
      flip(row, unit, columns, row == rows.first);
    }
  }
}

void UnpackedFrame::unpack(std::int32_t row, Columns columns) {
  auto raw = raw_planes(raw_);
  if (layout_.group_pixels() > 0) {
    // From a copy, because GStreamer's functions may read a few bytes more than a row has.
    for (std::size_t plane = 0; plane < packed_.size() && layout_.group_bytes(static_cast<int>(plane)) > 0; ++plane) {
      const auto part = part_of(static_cast<int>(plane), columns);
      const auto* const from = row_of<std::uint8_t>(raw_, plane, plane == 0 ? row : unit_of(row)) + part.first;
      std::memcpy(packed_[plane].data(), from, part.bytes);
      raw.data[plane] = packed_[plane].data();
      raw.strides[plane] = 0;
    }
  }
  // Samples of 8 bits have made-up low bits, so that white is white. The others keep their own depth.
  const auto flags = format_.sample_bytes() == 1
                         ? (raw_.has_fields ? GST_VIDEO_PACK_FLAG_INTERLACED : GST_VIDEO_PACK_FLAG_NONE)
                         : flags_of(raw_.has_fields);
  info_->unpack_func(info_, flags, line_.data(), raw.data, raw.strides, 0, row, columns.end - columns.begin);
}

void UnpackedFrame::pack(std::int32_t row, Columns columns) {
  auto raw = raw_planes(raw_);
  for (int plane = 0; columns.begin > 0 && plane < GST_VIDEO_MAX_PLANES; ++plane) {
    auto& data = raw.data[plane];
    data = static_cast<guint8*>(data) + (layout_.group_bytes(plane) > 0 ? part_of(plane, columns).first : 0);
  }
  info_->pack_func(info_, flags_of(raw_.has_fields), line_.data(), static_cast<gint>(line_.size()), raw.data,
                   raw.strides, GST_VIDEO_CHROMA_SITE_UNKNOWN, row, columns.end - columns.begin);
}

void UnpackedFrame::flip(std::int32_t row, std::int32_t unit, Columns columns, bool has_chroma) {
  RawPlanes packed;
  for (std::size_t plane = 0; plane < packed_.size(); ++plane) {
    packed.data[plane] = packed_[plane].data();
    std::memset(packed_[plane].data(), 0, part_of(static_cast<int>(plane), columns).bytes);
  }
  // Whole groups: of pixels behind the frame, GStreamer's functions would make up some bits.
  const auto pixels = layout_.group_pixels();
  const auto count = columns.end - columns.begin;
  const auto whole = (count + pixels - 1) / pixels * pixels;
  const auto pixel_bytes = kSamples * format_.sample_bytes();
  std::memset(line_.data() + static_cast<std::size_t>(count) * pixel_bytes, 0,
              static_cast<std::size_t>(whole - count) * pixel_bytes);
  info_->pack_func(info_, flags_of(raw_.has_fields), line_.data(), static_cast<gint>(line_.size()), packed.data,
                   packed.strides, GST_VIDEO_CHROMA_SITE_UNKNOWN, row, whole);
  for (std::size_t plane = 0; plane < packed_.size(); ++plane) {
    if (plane > 0 && !has_chroma) break;
    const auto part = part_of(static_cast<int>(plane), columns);
    auto* const at = row_of<std::uint8_t>(raw_, plane, plane == 0 ? row : unit) + part.first;
    const auto* const bits = packed_[plane].data();
    for (std::size_t i = 0; i < part.bytes; ++i) at[i] ^= bits[i];
  }
}

template <typename Sample>
void UnpackedFrame::split(std::int32_t row, std::int32_t unit, Columns columns, bool has_chroma) {
  const auto* const pixels = reinterpret_cast<const Sample*>(line_.data());
  const auto count = columns.end - columns.begin;
  for (std::size_t layer = 0; layer < format_.layer_count; ++layer) {
    const auto shift = format_.layers[layer].width_shift;
    const bool is_alpha = layer == 3;
    const bool is_chroma = !is_alpha && layer > 0;
    if (is_chroma && !has_chroma) continue;
    auto* const to = row_of<Sample>(planes_, layer, is_chroma ? unit : row) + (columns.begin >> shift);
    const auto* const from = pixels + (is_alpha ? 0 : layer + 1);
    const auto step = kSamples << shift;
    const auto groups = (count + (1 << shift) - 1) >> shift;
    if (is_alpha && alpha_depth_ < format_.depth) {
      const auto whole = static_cast<std::uint32_t>((1 << format_.depth) - 1) / ((1U << alpha_depth_) - 1);
      for (std::int32_t i = 0; i < groups; ++i) {
        to[i] = static_cast<Sample>((from[i * step] >> (8 * sizeof(Sample) - static_cast<std::size_t>(alpha_depth_))) *
                                    whole);
      }
    } else {
      for (std::int32_t i = 0; i < groups; ++i) to[i] = static_cast<Sample>(from[i * step] >> sample_shift_);
    }
  }
}

template <typename Sample>
void UnpackedFrame::join(std::int32_t row, std::int32_t unit, Columns columns) {
  auto* const pixels = reinterpret_cast<Sample*>(line_.data());
  const auto count = columns.end - columns.begin;
  for (std::size_t layer = 0; layer < format_.layer_count; ++layer) {
    const auto shift = format_.layers[layer].width_shift;
    const bool is_alpha = layer == 3;
    const bool is_chroma = !is_alpha && layer > 0;
    const auto* const from = row_of<Sample>(planes_, layer, is_chroma ? unit : row) + (columns.begin >> shift);
    auto* const to = pixels + (is_alpha ? 0 : layer + 1);
    if (is_alpha && alpha_depth_ < format_.depth) {
      const auto whole = static_cast<std::uint32_t>((1 << format_.depth) - 1) / ((1U << alpha_depth_) - 1);
      for (std::int32_t i = 0; i < count; ++i) {
        to[i * kSamples] = static_cast<Sample>((from[i] + whole / 2) / whole
                                               << (8 * sizeof(Sample) - static_cast<std::size_t>(alpha_depth_)));
      }
    } else {
      for (std::int32_t i = 0; i < count; ++i)
        to[i * kSamples] = static_cast<Sample>(from[i >> shift] << sample_shift_);
    }
  }
}

void UnpackedFrame::read_palette() {
  std::array<std::uint8_t, 256> indices{};
  for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = static_cast<std::uint8_t>(i);
  auto raw = raw_planes(raw_);
  raw.data[0] = indices.data();
  raw.strides[0] = 0;
  alignas(16) std::array<std::uint32_t, 256> palette{};
  info_->unpack_func(info_, GST_VIDEO_PACK_FLAG_NONE, palette.data(), raw.data, raw.strides, 0, 0, 256);
  if (palette == palette_) return;
  palette_ = palette;
  matches_.fill({});
}

void UnpackedFrame::store_indices(std::int32_t row, Columns columns) {
  auto* const indices = row_of<std::uint8_t>(raw_, 0, row);
  for (auto x = columns.begin; x < columns.end; ++x) {
    std::array<std::uint8_t, kSamples> samples{};
    for (std::size_t plane = 0; plane < samples.size(); ++plane) {
      samples[(plane + 1) % samples.size()] = row_of<std::uint8_t>(planes_, plane, row)[x];
    }
    std::uint32_t color = 0;
    std::memcpy(&color, samples.data(), sizeof color);
    if (color != palette_[indices[x]]) indices[x] = nearest(color);
  }
}

/// The first entry of the palette with the least sum of squared differences.
std::uint8_t UnpackedFrame::nearest(std::uint32_t color) {
  constexpr std::uint32_t kSpread = 2654435761U;
  auto& match = matches_[color * kSpread >> 24];
  if (match.is_known && match.color == color) return match.index;
  const auto sample = [](std::uint32_t from, int index) { return static_cast<int>(from >> (8 * index) & 255); };
  auto least = std::numeric_limits<int>::max();
  std::size_t found = 0;
  for (std::size_t i = 0; i < palette_.size(); ++i) {
    int sum = 0;
    for (int k = 0; k < kSamples; ++k) {
      const auto difference = sample(palette_[i], k) - sample(color, k);
      sum += difference * difference;
    }
    if (sum >= least) continue;
    least = sum;
    found = i;
  }
  match = {color, static_cast<std::uint8_t>(found), true};
  return match.index;
}

}  // namespace sam2::element
