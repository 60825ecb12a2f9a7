// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "drawing/effects.hpp"

#include <algorithm>
#include <cstring>

#include "drawing/effect_kinds.hpp"
#include "runs/bounds.hpp"

namespace sam2::drawing {
namespace {

/// True if R, G and B are in different planes, so that drawing one changes what the others read.
bool has_color_planes(const composite::FrameFormat& format) {
  return format.layer_count > 1 && std::ranges::any_of(format.sample_layers(), [](const auto& layer) {
           return std::find(layer.channels.begin(), layer.channels.end(), composite::Channel::Red) !=
                  layer.channels.end();
         });
}

/// The columns of the frame from the first to the last that a mask covers.
template <typename Mask>
runs::Span columns_of(const Mask& mask, std::int32_t width) {
  const auto bounds = runs::bounds_of(mask);
  return {std::max(bounds.left, 0), std::min(bounds.right, width)};
}

bool reads_colors(Effect effect) {
  return effect != Effect::None && kind_of(effect).reads_colors;
}

Region region_of(const FrameObject& object, std::int32_t width) {
  Region region;
  region.runs = &object.drawn_runs();
  region.box = object.drawn_props().box;
  region.area = object.drawn_props().area;
  region.drawn = region.runs;
  region.coverage = object.is_soft ? &object.coverage : nullptr;
  region.columns = object.is_soft ? columns_of(object.coverage, width)
                                  : runs::Span{region.box.left, region.box.left + region.box.width};
  return region;
}

/// The layer of a format with the largest groups of pixels.
const composite::SampleLayer& coarsest_layer(const composite::FrameFormat& format) {
  return *std::ranges::max_element(format.sample_layers(), {}, [](const composite::SampleLayer& layer) {
    return layer.width_shift + layer.height_shift;
  });
}

/// True if the pixels of two regions may share a sample. The rows of a soft region are not known.
bool may_share(const Region& a, const Region& b) {
  constexpr std::int32_t kReach = 8;  // pixels of the largest group of an interlaced frame
  const bool shares_columns = a.columns.begin < b.columns.end + kReach && b.columns.begin < a.columns.end + kReach;
  const bool shares_rows =
      a.box.top < b.box.top + b.box.height + kReach && b.box.top < a.box.top + a.box.height + kReach;
  return shares_columns && (shares_rows || a.coverage != nullptr);
}

/// Copies the sample groups that a region changes, and what lies between them in its columns.
void copy_region(const Picture& from, const Region& region, const Picture& to) {
  for (const auto& layer : from.format.sample_layers()) {
    const auto rows = region.coverage != nullptr ? composite::rows_of(*region.coverage, from.view, layer.height_shift)
                                                 : composite::rows_of(*region.drawn, from.view, layer.height_shift);
    const auto groups = from.groups_of(layer, region.columns);
    const auto bytes = static_cast<std::size_t>(groups.end - groups.begin) * layer.step;
    for (auto row = rows.first; row < rows.end && bytes > 0; ++row) {
      // Interlaced frames may have no such row.
      if (composite::luma_rows(from.view, row, layer.height_shift).count <= 0) continue;
      auto* const first = to.view.planes[layer.plane] + row * to.view.strides[layer.plane];
      std::memcpy(first + groups.begin * std::ptrdiff_t{layer.step}, from.groups(layer, row, groups.begin), bytes);
    }
  }
}

/// Draws the samples of a source. A mix can be made in place where nothing has been drawn yet.
void draw_region(Canvas& canvas, const Region& region, EffectSource& source, bool is_untouched) {
  const auto draw = [&](const auto& mask) {
    const auto* const mix = source.mix();
    if (mix != nullptr && (is_untouched || mix->is_opaque())) {
      canvas.mix(mask, *mix);
    } else {
      canvas.draw(mask, source);
    }
  };
  if (region.coverage != nullptr) {
    draw(*region.coverage);
  } else {
    draw(*region.drawn);
  }
}

}  // namespace

void Effects::draw(Canvas& canvas, const Scene& scene, const Look& look) {
  const auto in_objects = look.effect_in_objects();
  const auto in_background = look.effect_in_background();
  if (in_objects == Effect::None && in_background == Effect::None) return;
  const Picture picture{canvas.frame(), canvas.format(), canvas.encoding(), canvas.row_kernels()};
  const bool draws_both = in_background != Effect::None && in_objects != Effect::None;
  const bool inpaints = in_objects != Effect::None && kind_of(in_objects).reads_outside;
  find_objects(scene, look, picture.view);
  if (in_background != Effect::None || inpaints) join_objects(picture.size());
  // Alpha is not what other effects change.
  const bool shares = draws_both && in_background != Effect::Transparent && in_objects != Effect::Transparent;
  if (in_background != Effect::None) make_background(picture, shares);
  if (in_objects != Effect::None) make_objects(in_objects, picture);
  const bool has_planes = has_color_planes(picture.format);
  const bool copies_background = has_planes && reads_colors(in_background);
  const bool copies_objects =
      (draws_both && kind_of(in_objects).reads_rows) || (has_planes && reads_colors(in_objects));
  load(picture.view, in_background != Effect::None || inpaints || copies_objects);
  const auto copy = make_copy(picture, copies_background, copies_objects);

  EffectSource* background = nullptr;
  if (in_background != Effect::None) {
    background = &source(background_sources_, in_background, 0);
    background->prepare(copies_background ? copy : picture, background_, RegionKind::Background, look);
  }
  // Inpainting continues the background as it is shown: what its effect hides must not come back.
  if (in_objects != Effect::None && !inpaints) prepare_objects(in_objects, copies_objects ? copy : picture, look);
  if (background != nullptr) draw_region(canvas, background_, *background, true);
  if (inpaints) prepare_objects(in_objects, picture, look);
  if (in_objects == Effect::None) return;
  for (std::size_t i = 0; i < regions_of_objects_.size(); ++i) {
    draw_region(canvas, regions_of_objects_[i], source_of_object(in_objects, i), !draws_both);
  }
}

/// Finds the objects that are shown.
void Effects::find_objects(const Scene& scene, const Look& look, const composite::FrameView& frame) {
  masks_.clear();
  coverages_.clear();
  is_soft_ = false;
  regions_of_objects_.clear();
  scene.for_each_mask(look, [&](const FrameObject& object, composite::Rgb) {
    // A margin may have shrunk it to nothing.
    if (object.drawn_runs().empty()) return;
    masks_.push_back(&object.drawn_runs());
    coverages_.push_back(&object.coverage);
    is_soft_ = object.is_soft;
    regions_of_objects_.push_back(region_of(object, frame.width));
  });
}

void Effects::load(const composite::FrameView& frame, bool loads_all) const {
  if (loads_all) {
    composite::load_all(frame);
    return;
  }
  for (const auto* const mask : masks_) composite::load_pixels(frame, *mask);
}

void Effects::join_objects(runs::Size frame) {
  regions_.join(masks_, objects_runs_);
  if (is_soft_) regions_.join(coverages_, frame, objects_coverage_);
}

/// With `shares`, the effect is drawn on all of the samples that it shares with objects, which are drawn after it.
void Effects::make_background(const Picture& picture, bool shares) {
  const auto frame = picture.size();
  RegionMaker::invert(objects_runs_, frame, background_runs_);
  background_ = {};
  background_.runs = &background_runs_;
  background_.box = {0, 0, frame.width, frame.height};
  background_.drawn = &background_runs_;
  background_.columns = {0, frame.width};
  const auto& layer = coarsest_layer(picture.format);
  if (is_soft_) {
    regions_.invert(objects_coverage_, frame, background_coverage_);
    background_.coverage = &background_coverage_;
    if (!shares) return;
    const auto* const objects = &objects_coverage_;
    regions_.add_shared(background_coverage_, {&objects, 1}, picture.view, layer, background_drawn_coverage_);
    background_.coverage = &background_drawn_coverage_;
  } else if (shares && layer.width_shift + layer.height_shift > 0) {
    const auto* const objects = &objects_runs_;
    regions_.add_shared(background_runs_, {&objects, 1}, picture.view, layer, background_drawn_);
    background_.drawn = &background_drawn_;
  }
}

/// Makes regions_of_objects_ those that are drawn one after the other.
void Effects::make_objects(Effect effect, const Picture& picture) {
  const auto& layer = coarsest_layer(picture.format);
  if (!is_soft_ && layer.width_shift + layer.height_shift == 0 && kind_of(effect).reads_early) return;
  const auto count = regions_of_objects_.size();
  if (drawn_.size() < count) drawn_.resize(count);
  if (drawn_coverages_.size() < count) drawn_coverages_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto& region = regions_of_objects_[i];
    later_.clear();
    later_coverages_.clear();
    for (auto other = i + 1; other < count; ++other) {
      if (!may_share(region, regions_of_objects_[other])) continue;
      later_.push_back(masks_[other]);
      later_coverages_.push_back(coverages_[other]);
    }
    if (later_.empty()) continue;
    if (!kind_of(effect).reads_early) {
      join_into_one_region(picture.size());
      return;
    }
    if (is_soft_) {
      regions_.add_shared(*coverages_[i], later_coverages_, picture.view, layer, drawn_coverages_[i]);
      region.coverage = &drawn_coverages_[i];
      region.columns = columns_of(drawn_coverages_[i], picture.view.width);
    } else {
      regions_.add_shared(*masks_[i], later_, picture.view, layer, drawn_[i]);
      region.drawn = &drawn_[i];
      region.columns = columns_of(drawn_[i], picture.view.width);
    }
  }
}

/// Effects whose samples do not depend on the object draw objects that touch as one.
void Effects::join_into_one_region(runs::Size frame) {
  join_objects(frame);
  Region all;
  all.runs = &objects_runs_;
  all.drawn = &objects_runs_;
  all.coverage = is_soft_ ? &objects_coverage_ : nullptr;
  all.columns = is_soft_ ? columns_of(objects_coverage_, frame.width) : columns_of(objects_runs_, frame.width);
  regions_of_objects_.assign(1, all);
}

void Effects::prepare_objects(Effect effect, const Picture& picture, const Look& look) {
  const bool is_each = kind_of(effect).reads_early;
  const auto count = is_each ? regions_of_objects_.size() : std::min<std::size_t>(regions_of_objects_.size(), 1);
  for (std::size_t i = 0; i < count; ++i) {
    auto& region = regions_of_objects_[i];
    region.unknown = &objects_runs_;
    source(object_sources_, effect, i)
        .prepare(picture, region, is_each ? RegionKind::Object : RegionKind::Objects, look);
  }
}

EffectSource& Effects::source_of_object(Effect effect, std::size_t index) {
  return source(object_sources_, effect, kind_of(effect).reads_early ? index : 0);
}

EffectSource& Effects::source(Sources& sources, Effect effect, std::size_t index) {
  if (sources.effect != effect) sources.items.clear();
  sources.effect = effect;
  while (sources.items.size() <= index) sources.items.push_back(kind_of(effect).make());
  return *sources.items[index];
}

/// A copy of regions that stays as it is while the frame is drawn on.
Picture Effects::make_copy(const Picture& picture, bool of_background, bool of_objects) {
  auto copy = picture;
  if (!of_background && !of_objects) return copy;
  copy.view.loader = nullptr;
  const auto& format = picture.format;
  for (std::size_t plane = 0; plane < format.plane_count; ++plane) {
    const auto bytes = composite::row_bytes(format, static_cast<int>(plane), picture.view.width);
    const auto rows = static_cast<std::size_t>(
        composite::row_count(format, static_cast<int>(plane), picture.view.height, picture.view.has_fields));
    copy_[plane].resize(bytes * rows);
    copy.view.planes[plane] = copy_[plane].data();
    copy.view.strides[plane] = static_cast<std::ptrdiff_t>(bytes);
  }
  if (of_background) copy_region(picture, background_, copy);
  for (const auto& region : regions_of_objects_) {
    if (of_objects) copy_region(picture, region, copy);
  }
  return copy;
}

}  // namespace sam2::drawing
