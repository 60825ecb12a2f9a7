// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/plane_reader.hpp"

#include <algorithm>

#include "base/checked_math.hpp"
#include "base/text.hpp"

namespace sam2::masks {
namespace {

/// Several planes of real masks.
constexpr std::size_t kStepBytes = std::size_t{1} << 24;

Error over_limit(const std::vector<std::uint64_t>& shape, const std::string& what, std::uint64_t limit) {
  return {ErrorCode::NoSpace,
          "shape " + shape_text(shape) + " has too many " + what + "; the limit is " + std::to_string(limit)};
}

/// How many elements lie between neighbours along each axis. The product of the shape fits into 64 bits.
std::vector<std::uint64_t> strides_of(const std::vector<std::uint64_t>& shape, MemoryOrder order) {
  std::vector<std::uint64_t> strides(shape.size());
  std::uint64_t stride = 1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const auto axis = order == MemoryOrder::Fortran ? i : shape.size() - 1 - i;
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

}  // namespace

Result<PlaneReader> PlaneReader::make(npz::ByteStream& data, const Layout& layout, const npz::ElementType& type,
                                      MemoryOrder order, const npz::Limits& limits, MemoryBudget& budget) {
  PlaneReader reader(data);
  reader.element_size_ = type.size;
  SAM2_TRY(reader.set_axes(layout, order, limits));
  const auto element_count = checked_product(layout.shape());
  if (!element_count) return over_limit(layout.shape(), "elements", limits.planes);
  if (*element_count == 0) {
    reader.plane_count_ = 0;
    return reader;
  }
  SAM2_TRY(reader.allocate(*element_count, type.size, budget));
  if (!reader.is_streaming_) SAM2_TRY(reader.fill_buffer());
  auto* const runs = data.as_runs();
  const auto& view = reader.view_;
  const bool are_rows_whole = view.column_stride == 1 && view.row_stride == static_cast<std::size_t>(view.size.width);
  if (runs != nullptr && reader.is_streaming_ && are_rows_whole) reader.cutter_.emplace(*runs, reader.buffer_bytes_);
  return reader;
}

Result<void> PlaneReader::set_axes(const Layout& layout, MemoryOrder order, const npz::Limits& limits) {
  const auto& shape = layout.shape();
  const auto height = layout.size_of('H');
  const auto width = layout.size_of('W');
  if (std::max(height, width) > limits.mask_side) return over_limit(shape, "rows or columns", limits.mask_side);
  const auto plane_elements = height * width;
  view_.size = {static_cast<std::int32_t>(width), static_cast<std::int32_t>(height)};

  const auto strides = strides_of(shape, order);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const char letter = layout.letters()[i];
    if (letter == 'H') view_.row_stride = strides[i] * element_size_;
    if (letter == 'W') view_.column_stride = strides[i] * element_size_;
    if (letter == 'H' || letter == 'W' || letter == '1') continue;
    // Empty axes count as well: there are entries and objects without masks.
    const auto count = checked_mul(plane_count_, std::max<std::uint64_t>(shape[i], 1));
    if (!count || *count > limits.planes) return over_limit(shape, "frames x objects", limits.planes);
    if (letter != 'K' && shape[i] > limits.axis_planes) {
      return over_limit(shape,
                        letter == 'N'   ? "objects"
                        : letter == 'T' ? "frames"
                                        : "frames or objects",
                        limits.axis_planes);
    }
    plane_count_ = *count;
    outer_.push_back({letter, shape[i], strides[i]});
    if (shape[i] > 1 && strides[i] < plane_elements) is_streaming_ = false;
  }
  std::ranges::sort(outer_, std::ranges::greater(), &Axis::stride);
  return {};
}

Result<void> PlaneReader::allocate(std::uint64_t element_count, std::uint64_t element_size, MemoryBudget& budget) {
  const auto elements = is_streaming_ ? element_count / plane_count_ : element_count;
  const auto bytes = checked_mul(elements, element_size);
  if (!bytes) return Error{ErrorCode::NoSpace, "the array does not fit into memory"};
  if (const auto taken = budget.take(*bytes); !taken) {
    return taken.error().within(is_streaming_ ? "one plane"
                                              : "an array whose rows and columns are not its fastest axes is "
                                                "read as a whole (np.ascontiguousarray avoids that), and");
  }
  buffer_bytes_ = static_cast<std::size_t>(*bytes);
  buffer_.reserve(buffer_bytes_);
  return {};
}

/// Memory is touched only as data come to fill it: a small file may promise much.
Result<void> PlaneReader::fill_buffer() {
  for (std::size_t filled = 0; filled < buffer_bytes_;) {
    const auto count = buffer_.size() > filled ? buffer_.size() - filled : std::min(buffer_bytes_ - filled, kStepBytes);
    buffer_.resize(std::max(buffer_.size(), filled + count));
    SAM2_TRY(npz::read_exactly(*data_, std::span(buffer_).subspan(filled, count)));
    filled += count;
  }
  return {};
}

Result<std::optional<Plane>> PlaneReader::next() {
  if (next_plane_ == plane_count_) return std::optional<Plane>();
  Plane plane;
  plane.view = view_;
  plane.index = next_plane_;
  std::uint64_t rest = next_plane_++;
  std::uint64_t offset = 0;
  for (std::size_t i = outer_.size(); i-- > 0;) {
    const auto& axis = outer_[i];
    const auto index = rest % axis.size;
    rest /= axis.size;
    (axis.letter == 'N' ? plane.object : plane.frame) = index;
    offset += index * axis.stride;
  }
  if (is_streaming_) {
    SAM2_TRY(fill_plane(plane));
  } else {
    plane.view.data = buffer_.data() + offset * element_size_;
  }
  return std::optional(plane);
}

/// Reads the next plane of a streaming array.
Result<void> PlaneReader::fill_plane(Plane& plane) {
  if (!cutter_) {
    SAM2_TRY(fill_buffer());
    plane.view.data = buffer_.data();
    return {};
  }
  const auto piece = SAM2_TRY(cutter_->next());
  plane.view.runs = piece.runs;
  plane.view.data = piece.bytes.data();
  return {};
}

}  // namespace sam2::masks
