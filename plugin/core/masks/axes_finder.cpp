// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/axes_finder.hpp"

#include <algorithm>
#include <utility>

#include "base/checked_math.hpp"
#include "base/text.hpp"
#include "masks/value_rule.hpp"
#include "npz/small_array.hpp"

namespace sam2::masks {
namespace {

using Meaning = OuterAxes::Meaning;
using Shape = std::vector<std::uint64_t>;

constexpr std::uint64_t kAlternatives = 3;

Shape without_ones(Shape shape) {
  std::erase(shape, 1U);
  return shape;
}

/// Sizes of the axes in front of rows and columns, without those of size 1.
Shape outer_axes_of(const Shape& shape) {
  return shape.size() < 2 ? Shape() : without_ones({shape.begin(), shape.end() - 2});
}

OuterSizes sizes_of(const Shape& outer) {
  OuterSizes sizes;
  for (std::size_t i = 0; i + 1 < outer.size(); ++i) sizes.outer *= outer[i];
  if (!outer.empty()) sizes.inner = outer.back();
  return sizes;
}

/// Scores as SAM gives them: one for each alternative of each prompt.
bool has_scores_of(const Shape& outer, const SideArrays& side) {
  return side.scores && without_ones(side.scores->shape) == outer;
}

bool has_length(const std::optional<NamedIntegers>& list, std::uint64_t length) {
  return list && list->values.size() == length;
}

/// True if the arrays beside masks (A,B,H,W) say which axis is that of frames or objects.
bool are_decided(const Shape& outer, const SideArrays& side) {
  const auto decides = [&](const std::optional<NamedIntegers>& list) {
    return has_length(list, outer[0]) || has_length(list, outer[1]);
  };
  return decides(side.ids) || decides(side.frame_numbers) || decides(side.timestamps) || side.plane_ids.has_value();
}

bool may_look_at_outer_axes(const npz::NpyHeader& header, const SideArrays& side) {
  if (header.fortran_order || header.element_count == 0 || !npz::is_number(header.type)) return false;
  const auto outer = outer_axes_of(header.shape);
  if (outer.empty() || outer.size() > 3 || side.generated_masks == outer.back()) return false;
  if (outer.back() == kAlternatives && has_scores_of(outer, side)) return true;
  return outer.size() == 2 && !are_decided(outer, side);
}

/// The layout of one channel or alternative for each frame or object: the axis before rows and columns is left out.
Result<Layout> choose_without_inner(const npz::NpyHeader& header, const SideArrays& side, bool is_outer_time,
                                    LabelMaps labels, const LoadOptions& options) {
  auto outer = outer_axes_of(header.shape);
  outer.pop_back();
  auto shape = outer;
  shape.insert(shape.end(), header.shape.end() - 2, header.shape.end());
  if (options.is_one_frame) return choose_frame_layout(shape);
  if (outer.empty()) return Layout(shape, "HW");
  auto layout = SAM2_TRY(choose_layout(shape, side, labels));
  if (outer.size() == 1) layout.settle(is_outer_time ? 'T' : 'N');
  return layout;
}

/// The array with its axes of size 1 left out, and those before the inner one joined.
Layout joined_layout(const npz::NpyHeader& header) {
  const auto sizes = sizes_of(outer_axes_of(header.shape));
  const auto& shape = header.shape;
  return Layout({sizes.outer, sizes.inner, shape[shape.size() - 2], shape.back()}, "TNHW");
}

std::string description_of(const Layout& layout) {
  const auto frames = layout.size_of('T');
  const auto objects = layout.size_of('N');
  if (layout.has('T') && layout.has('N'))
    return std::to_string(objects) + " objects in " + std::to_string(frames) + " frames";
  if (layout.has('T')) return std::to_string(frames) + " frames";
  return objects == 1 ? std::string("one object") : std::to_string(objects) + " objects";
}

/// SAM gives three masks for a prompt. Keeps the best by score for each.
Result<FoundAxes> take_best(const npz::NpyHeader& header, const OuterAxes& seen, SideArrays& side,
                            const LoadOptions& options) {
  const auto outer = outer_axes_of(header.shape);
  const bool has_scores = has_scores_of(outer, side);
  auto selected = SAM2_TRY(choose_without_inner(header, side, seen.is_outer_time, LabelMaps::No, options));
  FoundAxes found{joined_layout(header), selected, FoundAxes::Planes::BestOfObjects, {}};
  std::vector<double> scores;
  for (std::uint64_t prompt = 0; prompt < sizes_of(outer).outer; ++prompt) {
    std::uint64_t best = 0;
    if (has_scores) {
      const auto row = std::span(side.scores->values).subspan(prompt * kAlternatives, kAlternatives);
      // NaN is never the best.
      for (std::uint64_t i = 1; i < kAlternatives; ++i) {
        if (!(row[best] >= row[i])) best = i;
      }
      scores.push_back(row[best]);
    }
    found.best.push_back(best);
  }
  if (has_scores) {
    side.scores->shape = {outer.begin(), outer.end() - 1};
    side.scores->values = std::move(scores);
  }
  const std::string axes = outer.size() == 1 ? "NHW" : outer.size() == 2 ? "TNHW" : "";
  side.warnings.push_back(
      {ErrorCode::Settings,
       "the masks were taken as " + description_of(selected) + " with three alternatives each, of which the " +
           (has_scores ? "one with the best score is shown" : "first is shown, since there are no scores for them") +
           (axes.empty() ? std::string() : "; set axes=" + axes + " if they are three objects")});
  return found;
}

/// Pictures of one channel for each colour, all alike.
Result<FoundAxes> take_first_channel(const npz::NpyHeader& header, const OuterAxes& seen, SideArrays& side,
                                     const LoadOptions& options) {
  auto selected =
      SAM2_TRY(choose_without_inner(header, side, seen.is_outer_time, label_maps_of(header, options), options));
  side.warnings.push_back({ErrorCode::Settings, "the " + std::to_string(sizes_of(outer_axes_of(header.shape)).inner) +
                                                    " planes of each picture are equal, and were taken as the channels "
                                                    "of grey pictures; set axes=TNHW if they are objects"});
  return FoundAxes{joined_layout(header), selected, FoundAxes::Planes::FirstOfObjects, {}};
}

Result<Layout> find_layout(const npz::NpyHeader& header, const SideArrays& side, const LoadOptions& options) {
  if (options.axes) return parse_layout(header.shape, *options.axes);
  // An empty list is how some writers say that nothing was found.
  if (header.shape.size() < 2 && header.element_count == 0) return Layout({0, 0}, "HW");
  if (options.is_one_frame) return choose_frame_layout(header.shape);
  return choose_layout(header.shape, side, label_maps_of(header, options));
}

/// A layout whose last axis is behind the image.
Result<Layout> layout_of_image(const npz::NpyHeader& header, const LoadOptions& options) {
  auto shape = header.shape;
  shape.pop_back();
  auto layout =
      SAM2_TRY(options.is_one_frame ? choose_frame_layout(shape) : choose_layout(shape, SideArrays{}, LabelMaps::No));
  layout.settle('T');
  if (layout.has('N') || layout.has('K')) {
    return Error{ErrorCode::Format, "shape " + shape_text(header.shape) +
                                        " has axes of objects before and behind the image; set axes, e.g. axes=TNHW"};
  }
  return Layout(header.shape, layout.letters() + 'N');
}

/// The layout of pictures with equal channels, of which one is read.
Layout without_channels(const Layout& layout) {
  auto letters = layout.letters();
  letters.back() = '1';
  return Layout(layout.shape(), letters);
}

Error colors_error(const npz::NpyHeader& header) {
  return {ErrorCode::WrongType,
          "shape " + shape_text(header.shape) +
              " holds colour pictures, not masks; save one number for each pixel, e.g. masks=np.unique("
              "pictures.reshape(-1, pictures.shape[-1]), axis=0, return_inverse=True)[1].reshape("
              "pictures.shape[:-1])"};
}

/// Exchanges frames and objects of an array (A,B,H,W).
FoundAxes take_objects_first(const Layout& layout, SideArrays& side) {
  auto letters = layout.letters();
  for (auto& letter : letters) {
    if (letter == 'T' || letter == 'N') letter = letter == 'T' ? 'N' : 'T';
  }
  const Layout turned(layout.shape(), letters);
  side.warnings.push_back(
      {ErrorCode::Settings, "the first axis of shape " + shape_text(layout.shape()) +
                                " was taken as objects and the second as frames (" + turned.axes() +
                                "), since masks cover each other along the second alone; set axes=" + layout.axes() +
                                " if that is wrong, or axes=" + turned.axes() + " to confirm"});
  return {turned, turned, FoundAxes::Planes::All, {}};
}

}  // namespace

SeenAxes look_at_axes(const npz::NpzFile& file, const std::string& name, const SideArrays& side,
                      const LoadOptions& options, MemoryBudget& budget) {
  SeenAxes seen;
  if (options.axes) return seen;
  auto reader = file.read(name);
  if (!reader || !npz::is_number(reader->header().type) || find_packed_shape(reader->header(), side)) return seen;
  const auto header = reader->header();
  if (may_be_behind_image(header)) {
    seen.last = look_at_last_axis(file, name);
    if (seen.last != LastAxis::Unknown && seen.last != LastAxis::Columns) return seen;
  }
  if (!may_look_at_outer_axes(header, side)) return seen;
  // Deflated bytes are faster as runs.
  if (header.type.size == 1) reader = file.read(name, npz::Access::Runs);
  if (!reader) return seen;
  const auto& shape = header.shape;
  seen.outer =
      look_at_outer_axes(*reader, sizes_of(outer_axes_of(shape)), shape[shape.size() - 2], shape.back(), budget);
  return seen;
}

Result<FoundAxes> find_axes(const npz::NpyHeader& header, const SeenAxes& seen, SideArrays& side,
                            const LoadOptions& options) {
  if (seen.last == LastAxis::Colors) return colors_error(header);
  if (seen.last == LastAxis::EqualChannels || seen.last == LastAxis::Objects) {
    const auto layout = SAM2_TRY(layout_of_image(header, options));
    if (seen.last == LastAxis::Objects) return FoundAxes{layout, layout, FoundAxes::Planes::All, {}};
    return FoundAxes{layout, without_channels(layout), FoundAxes::Planes::FirstOfObjects, {}};
  }
  const auto outer = outer_axes_of(header.shape);
  const bool has_three = !outer.empty() && outer.back() == kAlternatives;
  // Fortran order is not looked at; scores for each of three masks leave little doubt.
  const bool is_unseen = header.fortran_order && outer.size() == 2 && has_three && has_scores_of(outer, side);
  if (!options.axes && (seen.outer.meaning == Meaning::Alternatives || is_unseen) && has_three) {
    return take_best(header, seen.outer, side, options);
  }
  if (seen.outer.meaning == Meaning::EqualChannels) return take_first_channel(header, seen.outer, side, options);
  const auto layout = SAM2_TRY(find_layout(header, side, options));
  const bool is_turned = seen.outer.meaning == Meaning::ObjectsFirst && layout.axes() == "TNHW";
  if (is_turned) return take_objects_first(layout, side);
  return FoundAxes{layout, layout, FoundAxes::Planes::All, {}};
}

}  // namespace sam2::masks
