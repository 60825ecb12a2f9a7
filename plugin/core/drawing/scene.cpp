// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "drawing/scene.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/checked_math.hpp"

namespace sam2::drawing {
namespace {

Motion motion_of(const FrameObject& object, const Scene::Source& source) {
  const auto& tracks = source.tracks;
  const auto mask = object.mask_ref;
  const auto time_of = [&](tracking::MaskRef other) { return source.schedule.time_of(other.entry); };
  Motion motion;
  motion.first_seen = source.schedule.time_of(tracks.first_entry_of(mask));
  const auto age = time_of(mask) + object.elapsed - motion.first_seen;
  motion.age = tracks.begin_late() ? kUnknownAge : static_cast<std::uint64_t>(std::max<std::int64_t>(age, 0));

  const auto previous = tracks.previous_of(mask);
  // It may be before the window, or there may be none.
  const bool is_unknown = tracks.begin_late() && !previous && object.elapsed == 0;
  if (is_unknown) {
    motion.velocity.x = motion.velocity.y = std::numeric_limits<double>::quiet_NaN();
    return motion;
  }

  const auto before = object.elapsed > 0 ? mask : previous.value_or(mask);
  const auto after = tracks.next_of(mask).value_or(mask);
  const auto seconds = static_cast<double>(time_of(after) - time_of(before)) / timing::kNanosecondsPerSecond;
  if (!(seconds > 0)) return motion;
  const auto from = source.transform.apply(tracks.mask(before).props.centroid);
  const auto to = source.transform.apply(tracks.mask(after).props.centroid);
  motion.velocity = {(to.x - from.x) / seconds, (to.y - from.y) / seconds};
  return motion;
}

/// True if `time` is at most `most` ns after `begin`.
bool is_within(std::int64_t time, std::int64_t begin, std::uint64_t most) {
  const auto elapsed = saturated_difference(time, begin);
  return elapsed <= 0 || static_cast<std::uint64_t>(elapsed) <= most;
}

}  // namespace

composite::Rgb color_of(const FrameObject& object, const Look& look) {
  if (!look.colors.meaning) return composite::palette_color(look.palette, object.info->color);
  const auto& colors = *look.colors.meaning;
  return colors[static_cast<std::size_t>(object.info->color) % colors.size()];
}

bool is_shown(const FrameObject& object, const Look& look) {
  return !look.objects.meaning || look.objects.meaning->contains(object.info->id);
}

void Scene::update(const Source& source, const tracking::MaskTime& time, Detail detail, const Reach& reach) {
  tracks_ = &source.tracks;
  schedule_ = &source.schedule;
  transform_ = &source.transform;
  has_masks_ = true;
  if (made_ && made_->time == time && made_->detail == detail && made_->reach == reach) {
    count_ = made_->count;
    bridged_ = made_->bridged;
    return;
  }
  ++version_;
  count_ = bridged_ = 0;
  is_complete_ = true;
  const auto mask_count = static_cast<std::uint32_t>(source.masks.masks(time.entry).size());
  for (std::uint32_t index = 0; index < mask_count; ++index) {
    if (count_ == objects_.size()) objects_.emplace_back();
    auto& object = objects_[count_];
    object.mask_ref = {static_cast<std::uint32_t>(time.entry), index};
    make_object(source, time, detail, object);
    if (object.props.area > 0) ++count_;
  }
  std::ranges::sort(std::span(objects_.data(), count_), {},
                    [](const FrameObject& object) { return object.info->slot; });
  if (detail != Detail::Regions) {
    if (reach.bridge > 0) bridge_gaps(source, time.entry, detail, reach.bridge);
    for (auto& object : std::span(objects_.data(), count_ + bridged_)) {
      add_margin(source.transform.geometry().frame, reach.margin, object);
    }
  }
  made_.reset();
  if (is_complete_) made_ = {time, detail, reach, count_, bridged_};
}

void Scene::add_margin(runs::Size frame, std::int32_t margin, FrameObject& object) {
  object.has_margin = margin != 0;
  if (!object.has_margin) return;
  margins_.apply(object.runs, frame, margin, object.grown);
  object.grown_props = runs::region_props(object.grown);
  if (!object.is_soft) return;
  margins_.apply(object.coverage, frame, margin, grown_coverage_);
  std::swap(object.coverage, grown_coverage_);
}

std::size_t Scene::last_bridged_entry(const tracking::Tracks& tracks, const timing::Schedule& schedule,
                                      std::size_t entry, std::uint64_t bridge) {
  if (bridge == 0 || schedule.basis() == timing::Schedule::Basis::Still || schedule.period() <= 0) return entry;
  const auto begin = schedule.time_of(entry);
  return tracks.last_near(entry, [&](std::size_t other) { return is_within(schedule.time_of(other), begin, bridge); });
}

void Scene::bridge_gaps(const Source& source, std::size_t entry, Detail detail, std::uint64_t bridge) {
  const auto last = last_bridged_entry(source.tracks, source.schedule, entry, bridge);
  if (last == entry) return;
  gaps_.clear();
  source.tracks.for_each_gap(entry, last, [&](const tracking::Gap& gap) {
    // An object is away from the first entry without it.
    const auto leaves = *source.tracks.entry_after(gap.before.entry);
    const auto begin = source.schedule.time_of(leaves);
    if (is_within(source.schedule.time_of(gap.after.entry), begin, bridge)) gaps_.push_back(gap);
  });
  for (const auto& gap : gaps_) {
    if (count_ + bridged_ == objects_.size()) objects_.emplace_back();
    auto& object = objects_[count_ + bridged_];
    make_bridged(source, gap, detail, object);
    if (object.props.area > 0) ++bridged_;
  }
  std::ranges::sort(std::span(objects_.data() + count_, bridged_), {},
                    [](const FrameObject& object) { return object.info->slot; });
}

void Scene::make_bridged(const Source& source, const tracking::Gap& gap, Detail detail, FrameObject& object) {
  before_.mask_ref = gap.before;
  after_.mask_ref = gap.after;
  for (auto* const side : {&before_, &after_}) {
    make_object(source, {side->mask_ref.entry, 0, 0}, detail, *side);
  }
  object.info = before_.info;
  object.score = before_.score;
  object.mask_ref = gap.before;
  object.elapsed = 0;
  object.motion = {};
  const std::array<const runs::RunMask*, 2> masks{&before_.runs, &after_.runs};
  regions_.join(masks, object.runs);
  object.props = runs::region_props(object.runs);
  object.is_soft = before_.is_soft;
  if (!object.is_soft) return;
  const std::array<const runs::CoverageMask*, 2> coverages{&before_.coverage, &after_.coverage};
  regions_.join(coverages, source.transform.geometry().frame, object.coverage);
}

void Scene::make_object(const Source& source, const tracking::MaskTime& time, Detail detail, FrameObject& object) {
  const auto& mask = source.tracks.mask(object.mask_ref);
  const bool same_pixels = source.transform.is_identity();
  auto& runs = same_pixels ? object.runs : unpacked_;
  object.info = &source.tracks.object_of(object.mask_ref);
  const auto scores = source.masks.scores(object.mask_ref.entry);
  object.score = scores.empty() ? std::numeric_limits<double>::quiet_NaN() : scores[object.mask_ref.index];
  object.props = mask.props;
  object.elapsed = 0;
  const auto next = time.fraction > 0 ? source.tracks.next_of(object.mask_ref) : std::nullopt;
  if (next) {
    object.elapsed = time.elapsed;
    is_complete_ &= interpolator_.interpolate(source.masks, object.mask_ref, *next, time.fraction, runs);
    object.props = runs::region_props(runs);
    object.props.centroid =
        tracking::point_after(time.fraction, mask.props.centroid, source.tracks.mask(*next).props.centroid);
  } else if (!same_pixels || detail != Detail::Regions) {
    is_complete_ &= source.masks.unpack(mask, runs);
  }
  if (!same_pixels) {
    const auto centroid = source.transform.apply(object.props.centroid);
    source.transform.apply(unpacked_, object.runs);
    object.props = runs::region_props(object.runs);
    object.props.centroid = centroid;
  }
  object.is_soft = detail == Detail::Coverage && source.transform.scales_up();
  if (object.is_soft) source.transform.apply_smooth(unpacked_, object.coverage);
  object.motion = motion_of(object, source);
}

bool Scene::would_draw(const Look& look) const {
  if (!look.silent && (look.draw & kDrawZone) != 0 && !zones_.empty()) return true;
  // The background is there without any object.
  if (!look.silent && has_masks_ && look.effect_in_background() != Effect::None) return true;
  const std::span<const FrameObject> all(objects_.data(), count_ + bridged_);
  return look.changes_pixels() &&
         std::ranges::any_of(all, [&](const FrameObject& object) { return is_shown(object, look); });
}

std::int64_t Scene::time_of(const FrameObject& object) const {
  return schedule_->time_of(object.mask_ref.entry) + object.elapsed;
}

std::optional<Scene::PastMask> Scene::past_of(const FrameObject& object) const {
  // An interpolated object has its mask behind it.
  if (object.elapsed > 0) return past_mask(object.mask_ref);
  return past_of(PastMask{object.mask_ref, {}, 0});
}

std::optional<Scene::PastMask> Scene::past_of(const PastMask& mask) const {
  const auto previous = tracks_->previous_of(mask.mask_ref);
  if (!previous) return std::nullopt;
  return past_mask(*previous);
}

Scene::PastMask Scene::past_mask(tracking::MaskRef mask_ref) const {
  return {mask_ref, transform_->apply(tracks_->mask(mask_ref).props.centroid), schedule_->time_of(mask_ref.entry)};
}

}  // namespace sam2::drawing
