// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "tracking/association.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace sam2::tracking {
namespace {

using masks::StoredMask;
using runs::Point;

constexpr auto kNone = std::numeric_limits<std::size_t>::max();

/// Distance in object sizes beyond which two masks are not the same object. Wide, for a shaken camera moves small
/// things by many times their size from one mask to the next, and which of them is which is decided by all together.
constexpr double kGate = 10.0;
/// Sizes of distance that a mask e times as large counts for: of objects that lie on each other, such as a person and
/// what they carry, the area tells more than the place.
constexpr double kAreaWeight = 2.0;
/// Pairs from which the movement of the whole picture is taken.
constexpr std::size_t kMinCommonPairs = 3;
/// Cost of a mask that begins a track: no pair within the gate costs as much.
constexpr double kUnmatchedCost = kGate;
/// Tracks on either side of a mask, by x, that are looked at: enough for any picture, and a bound where all masks of a
/// hostile file lie on each other.
constexpr std::size_t kNeighbours = 64;
/// The nearest so many of them are compared pixel by pixel.
constexpr std::size_t kCandidates = 8;
/// Rows or columns of the largest group that is solved exactly, since that takes their third power.
constexpr std::size_t kMaxExactGroup = 64;
constexpr std::size_t kMaxLostTracks = 1024;

double size_of(const StoredMask& mask) {
  return std::sqrt(static_cast<double>(mask.props.area));
}

double middle_of(std::vector<double>& values) {
  std::ranges::sort(values);
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

/// A centroid from the file may be anything; the box is right.
Point position_of(const StoredMask& mask) {
  const auto& [area, centroid, box] = mask.props;
  const bool inside = centroid.x >= box.left && centroid.x <= box.left + box.width && centroid.y >= box.top &&
                      centroid.y <= box.top + box.height;
  if (inside) return centroid;
  return {box.left + (box.width - 1) / 2.0, box.top + (box.height - 1) / 2.0};
}

/// Groups of numbers that are linked.
class Groups {
 public:
  explicit Groups(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }

  std::size_t find(std::size_t a) {
    while (parent_[a] != a) a = parent_[a] = parent_[parent_[a]];
    return a;
  }
  void join(std::size_t a, std::size_t b) { parent_[find(a)] = find(b); }

 private:
  std::vector<std::size_t> parent_;
};

}  // namespace

std::span<const std::uint32_t> Association::add_entry(double time, std::span<const StoredMask> masks) {
  predict(time);
  match(masks);
  if (add_common_motion(masks)) match(masks);
  update(time, masks);
  forget_lost_tracks();
  return numbers_;
}

void Association::predict(double time) {
  for (auto& track : tracks_) {
    track.expected = position_of(track.mask);
    const auto step = time - track.time;
    const auto length = std::hypot(track.velocity.x, track.velocity.y) * step;
    if (!track.has_velocity || !(length > 0)) continue;
    // What went out of sight may have stopped: nothing is expected farther off than its own size.
    const auto part = std::min(1.0, size_of(track.mask) / length);
    track.expected.x += track.velocity.x * step * part;
    track.expected.y += track.velocity.y * step * part;
  }
  std::ranges::sort(tracks_, {}, [](const Track& track) { return std::pair(track.expected.x, track.number); });
}

void Association::match(std::span<const StoredMask> masks) {
  find_pairs(masks);
  track_of_.assign(masks.size(), kNone);
  match_groups(masks.size());
}

bool Association::add_common_motion(std::span<const StoredMask> masks) {
  std::vector<double> x;
  std::vector<double> y;
  for (std::size_t i = 0; i < masks.size(); ++i) {
    if (track_of_[i] == kNone) continue;
    const auto& track = tracks_[track_of_[i]];
    const auto position = position_of(masks[i]);
    x.push_back(position.x - track.expected.x);
    y.push_back(position.y - track.expected.y);
  }
  if (x.size() < kMinCommonPairs) return false;
  const Point motion{middle_of(x), middle_of(y)};
  if (std::hypot(motion.x, motion.y) < 1) return false;
  for (auto& track : tracks_) {
    track.expected.x += motion.x;
    track.expected.y += motion.y;
  }
  return true;
}

void Association::find_pairs(std::span<const StoredMask> masks) {
  pairs_.clear();
  double largest = 0;
  for (const auto& track : tracks_) largest = std::max(largest, size_of(track.mask));
  for (std::size_t i = 0; i < masks.size(); ++i) {
    add_pairs_of(i, masks[i], kGate * (largest + size_of(masks[i])) / 2);
  }
}

void Association::add_pairs_of(std::size_t index, const StoredMask& mask, double reach) {
  const auto position = position_of(mask);
  const auto first = pairs_.size();
  const auto consider = [&](std::size_t i) {
    const auto& track = tracks_[i];
    if (std::abs(track.expected.x - position.x) > reach) return false;
    const auto away = std::hypot(track.expected.x - position.x, track.expected.y - position.y);
    const auto size = size_of(mask);
    const auto track_size = size_of(track.mask);
    const auto cost = 2 * away / (track_size + size) + kAreaWeight * 2 * std::abs(std::log(track_size / size));
    if (cost < kGate) pairs_.push_back({index, i, cost});
    return true;
  };
  const auto middle = std::ranges::lower_bound(tracks_, position.x, {}, [](const Track& t) { return t.expected.x; });
  const auto at = static_cast<std::size_t>(middle - tracks_.begin());
  for (auto i = at; i < std::min(tracks_.size(), at + kNeighbours) && consider(i);) ++i;
  for (auto i = at; i > at - std::min(at, kNeighbours) && consider(i - 1);) --i;

  const auto begin = pairs_.begin() + static_cast<std::ptrdiff_t>(first);
  if (pairs_.size() - first > kCandidates) {
    std::ranges::nth_element(begin, begin + kCandidates, pairs_.end(), {}, &Pair::cost);
    pairs_.resize(first + kCandidates);
  }
  if (pairs_.size() == first) return;
  unpack_(mask, mask_runs_);
  for (auto i = first; i < pairs_.size(); ++i) {
    pairs_[i].cost -= intersection_over_union(mask, tracks_[pairs_[i].track]);
  }
}

double Association::intersection_over_union(const StoredMask& mask, const Track& track) {
  const auto from = position_of(track.mask);
  const runs::Shift shift{static_cast<std::int32_t>(std::lround(track.expected.x - from.x)),
                          static_cast<std::int32_t>(std::lround(track.expected.y - from.y))};
  const auto& a = track.mask.props.box;
  const auto& b = mask.props.box;
  const bool apart = a.left + shift.x >= b.left + b.width || b.left >= a.left + shift.x + a.width ||
                     a.top + shift.y >= b.top + b.height || b.top >= a.top + shift.y + a.height;
  if (apart) return 0;
  unpack_(track.mask, track_runs_);
  const auto common = runs::overlap(track_runs_, shift, mask_runs_);
  const auto all = track.mask.props.area + mask.props.area - common;
  return static_cast<double>(common) / static_cast<double>(all);
}

/// Masks and tracks that no chain of pairs links do not affect each other, so each group is solved by itself.
void Association::match_groups(std::size_t mask_count) {
  Groups groups(mask_count + tracks_.size());
  for (const auto& pair : pairs_) groups.join(pair.mask, mask_count + pair.track);
  std::ranges::stable_sort(pairs_, {}, [&](const Pair& pair) { return groups.find(pair.mask); });
  for (std::size_t begin = 0; begin < pairs_.size();) {
    auto end = begin;
    while (end < pairs_.size() && groups.find(pairs_[end].mask) == groups.find(pairs_[begin].mask)) ++end;
    match_group(std::span(pairs_).subspan(begin, end - begin));
    begin = end;
  }
}

void Association::match_group(std::span<const Pair> pairs) {
  if (pairs.size() == 1) {
    track_of_[pairs[0].mask] = pairs[0].track;
    return;
  }
  std::vector<std::size_t> rows;
  std::vector<std::size_t> columns;
  for (const auto& pair : pairs) {
    rows.push_back(pair.mask);
    columns.push_back(pair.track);
  }
  for (auto* const list : {&rows, &columns}) {
    std::ranges::sort(*list);
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  if (rows.size() > kMaxExactGroup || columns.size() > kMaxExactGroup) {
    match_greedily({pairs.begin(), pairs.end()});
    return;
  }
  // Each mask may stay alone, for which it has a column of its own. What is no pair costs more than that.
  const auto width = columns.size() + rows.size();
  std::vector<double> costs(rows.size() * width, 2 * kUnmatchedCost);
  const auto place_in = [](const std::vector<std::size_t>& list, std::size_t value) {
    return static_cast<std::size_t>(std::ranges::lower_bound(list, value) - list.begin());
  };
  for (const auto& pair : pairs) costs[place_in(rows, pair.mask) * width + place_in(columns, pair.track)] = pair.cost;
  for (std::size_t row = 0; row < rows.size(); ++row) costs[row * width + columns.size() + row] = kUnmatchedCost;
  const auto column_of = assignment_.solve(costs, rows.size(), width);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const bool alone = column_of[row] >= columns.size() || costs[row * width + column_of[row]] >= kUnmatchedCost;
    if (!alone) track_of_[rows[row]] = columns[column_of[row]];
  }
}

void Association::match_greedily(std::vector<Pair> pairs) {
  std::ranges::stable_sort(pairs, {}, &Pair::cost);
  std::vector<char> taken(tracks_.size(), 0);
  for (const auto& pair : pairs) {
    if (track_of_[pair.mask] != kNone || taken[pair.track]) continue;
    track_of_[pair.mask] = pair.track;
    taken[pair.track] = 1;
  }
}

void Association::update(double time, std::span<const StoredMask> masks) {
  for (auto& track : tracks_) ++track.missed;
  numbers_.clear();
  for (std::size_t i = 0; i < masks.size(); ++i) {
    if (track_of_[i] == kNone) {
      tracks_.push_back({next_number_++, 0, time, masks[i], {}, false, {}});
      numbers_.push_back(tracks_.back().number);
      continue;
    }
    auto& track = tracks_[track_of_[i]];
    const auto step = time - track.time;
    if (step > 0) {
      const auto from = position_of(track.mask);
      const auto to = position_of(masks[i]);
      const Point velocity{(to.x - from.x) / step, (to.y - from.y) / step};
      // The mean with what was before evens out the wobble of a mask's edge.
      track.velocity = track.has_velocity
                           ? Point{(track.velocity.x + velocity.x) / 2, (track.velocity.y + velocity.y) / 2}
                           : velocity;
      track.has_velocity = true;
    }
    track.missed = 0;
    track.time = time;
    track.mask = masks[i];
    numbers_.push_back(track.number);
  }
}

void Association::forget_lost_tracks() {
  std::erase_if(tracks_, [](const Track& track) { return track.missed > kMaxMissed; });
  const auto is_lost = [](const Track& track) { return track.missed > 0; };
  const auto lost = static_cast<std::size_t>(std::ranges::count_if(tracks_, is_lost));
  if (lost <= kMaxLostTracks) return;
  // The longest lost go first.
  std::ranges::sort(tracks_, {}, [](const Track& track) { return std::pair(track.missed, track.number); });
  tracks_.resize(tracks_.size() - (lost - kMaxLostTracks));
}

}  // namespace sam2::tracking
