// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/array_schema.hpp"

#include <algorithm>

#include "base/checked_math.hpp"
#include "base/text.hpp"

namespace sam2::masks {
namespace {

/// A last axis below the first number behind two of at least the second is that of objects: images are larger, objects
/// fewer.
constexpr std::uint64_t kObjectsBelow = 16;
constexpr std::uint64_t kImageSide = 64;
/// The same for a last axis of size 1, which few objects and no image have.
constexpr std::uint64_t kSmallImageSide = 16;

using Shape = std::vector<std::uint64_t>;

bool has_length(const std::optional<NamedIntegers>& list, std::uint64_t length) {
  return list && list->values.size() == length;
}

bool has_rows(const std::optional<NamedTable>& table, std::uint64_t length) {
  return table && !table->shape.empty() && table->shape[0] == length && table->values.size() == length;
}

/// The axis in front of H and W of a three-dimensional array with `size` planes.
char choose_plane_axis(std::uint64_t size, const SideArrays& side, LabelMaps labels) {
  const bool has_frames = has_length(side.frame_numbers, size);
  const bool has_ids = has_length(side.ids, size);
  const bool one_object_a_plane = labels != LabelMaps::Yes;
  if (has_frames && has_ids && one_object_a_plane) return 'K';
  if (has_frames || has_length(side.timestamps, size)) return 'T';
  if (size == 1) return '1';
  if (!one_object_a_plane) return 'T';
  const bool has_labels = !side.labels.by_slot.empty() && side.labels.by_slot.size() == size;
  if (has_ids || has_labels || side.generated_masks == size) return 'N';
  // Scores are those of objects, unless the masks cover each other as those of frames do.
  if (has_rows(side.scores, size)) return Layout::kOpenAxis;
  // Planes of objects would need as many ids. Metadata may hold the rate of the video that an image was taken from.
  if (side.has_fps_array || side.ids) return 'T';
  return Layout::kOpenAxis;
}

/// True if the arrays beside masks (A,B,H,W) say that A are objects and B frames.
bool is_object_first(std::uint64_t first, std::uint64_t second, const SideArrays& side) {
  if (first == second) return false;
  if (has_length(side.frame_numbers, second) || has_length(side.timestamps, second)) return true;
  if (has_length(side.frame_numbers, first) || has_length(side.timestamps, first)) return false;
  return has_length(side.ids, first) || has_rows(side.scores, first) || side.labels.by_slot.size() == first;
}

/// The last axis is not that of columns.
bool is_behind_image(const Shape& shape) {
  const auto count = shape.size();
  if (count < 3 || shape.back() >= kObjectsBelow) return false;
  const auto side = shape.back() == 1 ? kSmallImageSide : kImageSide;
  return shape[count - 2] >= side && shape[count - 3] >= side;
}

Error too_many_axes(const Shape& shape) {
  return {ErrorCode::Format, "shape " + shape_text(shape) +
                                 " has more axes than frames, objects, rows and columns; set axes, e.g. axes=TN1HW"};
}

Error wrong_length(const NamedIntegers& list, const Layout& layout, std::uint64_t expected, const std::string& what) {
  return {ErrorCode::Format, "array '" + printable(list.name) + "' has " + std::to_string(list.values.size()) +
                                 " elements, but the masks of shape " + shape_text(layout.shape()) + ", read as " +
                                 layout.axes() + ", have " + std::to_string(expected) + " " + what +
                                 "; save as many, or set axes"};
}

Result<void> check_pairs(const Layout& layout, const SideArrays& side) {
  if (!side.frame_numbers || !side.ids) {
    return Error{ErrorCode::Settings,
                 "axes=" + layout.axes() +
                     " needs a frame number and an object id for each mask, but the file has no array '" +
                     (side.ids ? "frame_indices'" : "object_ids'") + "; save it too, or set axes to NULL"};
  }
  const auto pairs = layout.size_of('K');
  for (const auto* const list : {&*side.frame_numbers, &*side.ids}) {
    if (list->values.size() != pairs) return wrong_length(*list, layout, pairs, "(frame, object) pairs");
  }
  return {};
}

}  // namespace

std::uint64_t Layout::size_of(char letter) const {
  const auto axis = letters_.find(letter);
  return axis == std::string::npos ? 1 : shape_[axis];
}

std::string Layout::axes() const {
  auto axes = letters_;
  std::erase(axes, '1');
  return axes;
}

void Layout::settle(char letter) {
  std::ranges::replace(letters_, kOpenAxis, letter);
}

Result<Layout> choose_layout(const Shape& shape, const SideArrays& side, LabelMaps labels) {
  const auto count = shape.size();
  if (count < 2) {
    return Error{ErrorCode::Format, "shape " + shape_text(shape) + " is no mask; expected at least rows and columns"};
  }
  const bool is_last_behind = is_behind_image(shape);
  const auto row_axis = count - (is_last_behind ? 3 : 2);
  std::string letters(count, '1');
  letters[row_axis] = 'H';
  letters[row_axis + 1] = 'W';
  const bool has_last_objects = is_last_behind && shape.back() != 1;
  if (has_last_objects) letters.back() = 'N';

  std::vector<std::size_t> outer;
  for (std::size_t axis = 0; axis < row_axis; ++axis) {
    if (shape[axis] != 1) outer.push_back(axis);
  }
  if (outer.size() > (has_last_objects ? 1 : 2)) return too_many_axes(shape);
  if (has_last_objects) {
    if (!outer.empty()) letters[outer[0]] = 'T';
  } else if (outer.size() == 2) {
    const bool by_object = is_object_first(shape[outer[0]], shape[outer[1]], side);
    letters[outer[0]] = by_object ? 'N' : 'T';
    letters[outer[1]] = by_object ? 'T' : 'N';
  } else if (outer.size() == 1) {
    letters[outer[0]] = choose_plane_axis(shape[outer[0]], side, labels);
  } else if (count > 2) {
    // Every axis has size 1, so any of them may be that of the one frame.
    letters[row_axis > 0 ? 0 : count - 1] = choose_plane_axis(1, side, labels);
  }
  Layout layout(shape, letters);
  layout.set_prefers_objects(layout.is_open() && has_rows(side.scores, layout.size_of(Layout::kOpenAxis)));
  return layout;
}

Result<Layout> choose_frame_layout(const Shape& shape) {
  auto layout = SAM2_TRY(choose_layout(shape, SideArrays{}, LabelMaps::No));
  layout.settle('N');
  if (layout.size_of('T') == 1) return layout;
  return Error{ErrorCode::Format, "shape " + shape_text(shape) +
                                      " has two axes before those of rows and columns; an archive for each frame holds "
                                      "one frame: set axes, or location to the one file that holds them all"};
}

Result<Layout> parse_layout(const Shape& shape, std::string_view axes) {
  const auto error = [&](const std::string& reason) {
    return Error{ErrorCode::Settings, "axes=" + printable(axes) + " " + reason + "; the array has shape " +
                                          shape_text(shape) + ", expected e.g. axes=TNHW"};
  };
  const auto count = [&](char letter) { return std::ranges::count(axes, letter); };
  if (axes.find_first_not_of("TNHWK1") != std::string_view::npos) return error("has letters other than T N H W K 1");
  if (axes.size() != shape.size()) {
    return error("names " + std::to_string(axes.size()) + " axes, but there are " + std::to_string(shape.size()));
  }
  if (count('H') != 1 || count('W') != 1) return error("must name each of H and W once");
  if (count('T') > 1 || count('N') > 1 || count('K') > 1) return error("names an axis twice");
  if (count('K') == 1 && count('T') + count('N') > 0) return error("has K together with T or N");
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (axes[axis] == '1' && shape[axis] != 1) {
      return error("drops axis " + std::to_string(axis) + ", whose size is " + std::to_string(shape[axis]));
    }
  }
  return Layout(shape, std::string(axes));
}

namespace {

void leave_out_plane_ids(const Layout& layout, SideArrays& side) {
  const auto& ids = side.plane_ids;
  if (!ids || (ids->frames == layout.size_of('T') && ids->planes == layout.size_of('N'))) return;
  side.warnings.push_back({ErrorCode::Format, "array '" + printable(ids->name) + "' has ids for " +
                                                  std::to_string(ids->planes) + " objects in " +
                                                  std::to_string(ids->frames) + " frames, but the masks of shape " +
                                                  shape_text(layout.shape()) + ", read as " + layout.axes() +
                                                  ", are others; it is ignored"});
  side.plane_ids.reset();
}

}  // namespace

Result<void> fit_side_arrays(const Layout& layout, SideArrays& side) {
  const auto leave_out = [&](std::optional<NamedIntegers>& list, std::uint64_t expected, const char* what) {
    if (!list || list->values.size() == expected) return;
    auto warning = wrong_length(*list, layout, expected, what);
    warning.message += "; it is ignored";
    side.warnings.push_back(std::move(warning));
    list.reset();
    side.lacks_times |= &list != &side.ids && layout.has('T');
  };
  if (layout.has('K')) {
    leave_out(side.timestamps, layout.size_of('K'), "(frame, object) pairs");
    side.plane_ids.reset();
    return check_pairs(layout, side);
  }
  const auto frames = layout.size_of('T');
  leave_out_plane_ids(layout, side);
  leave_out(side.frame_numbers, frames, "frames");
  leave_out(side.timestamps, frames, "frames");
  if (layout.has('N')) leave_out(side.ids, layout.size_of('N'), "objects");
  return {};
}

std::optional<PackedShape> find_packed_shape(const npz::NpyHeader& header, const SideArrays& side) {
  const auto& packed = header.shape;
  const bool is_byte = header.type.kind == npz::ElementKind::Unsigned && header.type.size == 1;
  if (!side.shape || !is_byte || packed.empty()) return std::nullopt;
  if (side.shape->values.size() < packed.size() || side.shape->values.size() > npz::kLimits.dimensions)
    return std::nullopt;
  PackedShape result;
  for (const auto size : side.shape->values) {
    if (size < 0) return std::nullopt;
    result.shape.push_back(static_cast<std::uint64_t>(size));
  }
  if (result.shape == packed || !checked_product(result.shape)) return std::nullopt;
  const auto last = static_cast<std::ptrdiff_t>(packed.size() - 1);
  const auto row_bits = checked_product(std::span(result.shape).subspan(packed.size() - 1));
  const bool fits = row_bits && std::equal(packed.begin(), packed.begin() + last, result.shape.begin()) &&
                    packed.back() == *row_bits / 8 + (*row_bits % 8 != 0 ? 1 : 0);
  if (!fits) return std::nullopt;
  result.row_bits = *row_bits;
  return result;
}

}  // namespace sam2::masks
