// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/keyed_plane_reader.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/checked_math.hpp"
#include "base/text.hpp"
#include "masks/mask_type.hpp"
#include "npz/small_array.hpp"

namespace sam2::masks {
namespace {

using By = KeyedArrays::By;

/// The one axis besides rows and columns that each array may have: a frame's objects, an object's frames.
char inner_axis(By by) {
  return by == By::Frame ? 'N' : by == By::Object ? 'T' : '1';
}

std::string text_of(const npz::NpyHeader& header) {
  return "type '" + header.descr + "' and shape " + shape_text(header.shape);
}

}  // namespace

Result<KeyedPlaneReader> KeyedPlaneReader::make(const npz::NpzFile& file, const KeyedArrays& arrays,
                                                const std::optional<std::string>& axes, MemoryBudget& budget) {
  KeyedPlaneReader reader(file, arrays, axes, budget);
  SAM2_TRY(reader.read_headers());
  return reader;
}

Result<void> KeyedPlaneReader::read_headers() {
  std::uint64_t inner = 1;
  auto fewest = std::numeric_limits<std::uint64_t>::max();
  std::optional<Layout> first;
  for (const auto& member : arrays_->members) {
    const auto array = file_->read(member.name);
    if (!array) return array.error().within(quoted(member.name));
    const auto& header = array->header();
    if (header_.descr.empty() && npz::is_number(header.type)) header_ = header;
    // An empty array means that the frame has no objects, whatever its type.
    if (header.element_count == 0) {
      fewest = 0;
      continue;
    }
    if (const auto valid = check_mask_type(header, member.name); !valid)
      return valid.error().within(quoted(member.name));
    const auto layout = layout_of(header);
    if (!layout) return layout.error().within(quoted(member.name));
    if (!first) {
      first = *layout;
      header_ = header;
    }
    layout_ = *first;
    if (const auto same = check_same(header, *layout); !same) return same.error().within(quoted(member.name));
    const auto size = layout->size_of(inner_axis(arrays_->by));
    fewest = std::min(fewest, size);
    inner = std::max(inner, size);
  }
  const auto frames = arrays_->by == By::Object ? inner : arrays_->frames.size();
  const auto objects = arrays_->by == By::Frame ? inner : arrays_->objects.size();
  is_anonymous_ = arrays_->by == By::Frame && objects > 1 && fewest < objects;
  const auto planes = checked_mul(frames, objects);
  if (!planes || *planes > npz::kLimits.planes) {
    return Error{ErrorCode::NoSpace,
                 "the masks have too many frames x objects; the limit is " + std::to_string(npz::kLimits.planes)};
  }
  const auto height = first ? first->size_of('H') : 0;
  const auto width = first ? first->size_of('W') : 0;
  if (arrays_->by == By::Object && frames == 1) {
    layout_ = Layout({objects, height, width}, "NHW");
  } else if (arrays_->by == By::Object) {
    layout_ = Layout({objects, frames, height, width}, "NTHW");
  } else if (arrays_->by == By::Frame && objects == 1) {
    layout_ = Layout({frames, height, width}, "THW");
  } else {
    layout_ = Layout({frames, objects, height, width}, "TNHW");
  }
  return {};
}

Result<Layout> KeyedPlaneReader::layout_of(const npz::NpyHeader& header) const {
  const auto inner = inner_axis(arrays_->by);
  auto layout =
      SAM2_TRY(*axes_ ? parse_layout(header.shape, **axes_) : choose_layout(header.shape, SideArrays{}, LabelMaps::No));
  if (layout.is_open() && inner != '1') layout.settle(inner);
  const auto axes = layout.axes();
  if (axes.find_first_not_of(std::string("HW") + inner) != std::string::npos) {
    const auto expected = inner == 'N'   ? "one frame: rows and columns, and objects at most"
                          : inner == 'T' ? "one object: rows and columns, and frames at most"
                                         : "one object in one frame: rows and columns";
    return Error{*axes_ ? ErrorCode::Settings : ErrorCode::Format,
                 "shape " + shape_text(header.shape) + " has more axes than " + expected};
  }
  return layout;
}

/// All arrays must be of the type and size of the first, whose layout is layout_ as long as headers are read; later it
/// is that of all of them.
Result<void> KeyedPlaneReader::check_same(const npz::NpyHeader& header, const Layout& layout) const {
  const bool same_type = header.type.kind == header_.type.kind && header.type.size == header_.type.size &&
                         header.type.is_swapped == header_.type.is_swapped;
  const bool same_size = layout.size_of('H') == layout_.size_of('H') && layout.size_of('W') == layout_.size_of('W');
  const bool same_frames = arrays_->by != By::Object || layout.size_of('T') == layout_.size_of('T');
  if (same_type && same_size && same_frames) return {};
  return Error{ErrorCode::Format, text_of(header) + " do not go with those of the others, which have " +
                                      text_of(header_) + "; save masks of one type and size"};
}

Result<void> KeyedPlaneReader::open(const std::string& name) {
  const auto access = header_.type.size == 1 ? npz::Access::Runs : npz::Access::Shared;
  array_.emplace(SAM2_TRY(file_->read(name, access)));
  const auto& header = array_->header();
  if (header.element_count == 0) return {};
  const auto layout = SAM2_TRY(layout_of(header));
  // The file may have changed since the headers were read.
  SAM2_TRY(check_same(header, layout));
  const auto inner = inner_axis(arrays_->by);
  if (layout.size_of(inner) > layout_.size_of(inner)) {
    return Error{ErrorCode::Decode, "the file changed while it was read"};
  }
  planes_.emplace(SAM2_TRY(PlaneReader::make(array_->data(), layout, header.type,
                                             header.fortran_order ? MemoryOrder::Fortran : MemoryOrder::C, npz::kLimits,
                                             *budget_)));
  return {};
}

KeyedPlaneReader KeyedPlaneReader::fork(const npz::NpzFile& file, const KeyedArrays& arrays,
                                        const std::optional<std::string>& axes, MemoryBudget& budget) const {
  KeyedPlaneReader reader(file, arrays, axes, budget);
  reader.layout_ = layout_;
  reader.header_ = header_;
  reader.is_anonymous_ = is_anonymous_;
  return reader;
}

void KeyedPlaneReader::select(std::size_t begin, std::size_t end) {
  planes_.reset();
  array_.reset();
  member_ = begin;
  end_ = end;
}

Result<std::optional<Plane>> KeyedPlaneReader::next() {
  while (member_ < end_) {
    auto plane = next_of_member();
    if (!plane) return plane.error().within(quoted(arrays_->members[member_].name));
    if (*plane) return plane;
    ++member_;
  }
  return std::optional<Plane>();
}

/// Nothing after the last plane of the array, whose checks are then made.
Result<std::optional<Plane>> KeyedPlaneReader::next_of_member() {
  const auto& member = arrays_->members[member_];
  if (!array_) SAM2_TRY(open(member.name));
  if (planes_) {
    if (auto plane = SAM2_TRY(planes_->next())) {
      plane->frame += member.frame;
      plane->object += member.object;
      plane->index = member_;
      return plane;
    }
    budget_->give_back(planes_->buffer_bytes());
  }
  SAM2_TRY(npz::read_to_end(array_->data()));
  planes_.reset();
  array_.reset();
  return std::optional<Plane>();
}

void take_numbers(const KeyedArrays& arrays, SideArrays& side) {
  if (!arrays.frames.empty()) side.frame_numbers = NamedIntegers{"frame numbers in the keys", arrays.frames};
  if (!arrays.times.empty()) {
    const auto first = arrays.times.front();
    constexpr std::int64_t kDay = std::int64_t{86'400} * 1'000'000'000;
    auto times = arrays.times;
    // Times of day and the like begin with the clip; others count from an epoch.
    if (first > kDay) {
      for (auto& time : times) time -= first;
    }
    side.timestamps = NamedIntegers{"times in the keys", std::move(times)};
  }
  if (!arrays.labels.empty()) side.labels = {arrays.labels, {}};
  if (arrays.objects.empty()) return;
  side.ids = NamedIntegers{"object ids in the keys", arrays.objects};
  const auto fits = [](std::int64_t id) { return std::in_range<std::int32_t>(id); };
  if (std::ranges::all_of(arrays.objects, fits)) return;
  side.warnings.push_back(
      {ErrorCode::Format, "object ids in the keys do not fit into 32 bits; objects are numbered in their order"});
  for (std::size_t i = 0; i < arrays.objects.size(); ++i) side.ids->values[i] = static_cast<std::int64_t>(i) + 1;
}

}  // namespace sam2::masks
