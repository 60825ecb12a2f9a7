// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "masks/mask_set.hpp"
#include "runs/overlap.hpp"
#include "tracking/assignment.hpp"

namespace sam2::tracking {

/// Finds out which masks of successive entries are the same object.
///
/// The masks of an entry are matched one to one with the tracks so far, at the least total cost: the distance from
/// where the track is expected by its velocity, in sizes of the object, plus the difference of the sizes, minus the
/// intersection over union with the mask moved there. What moves all objects alike, as a camera does, is taken out.
/// Pairs too far apart are no candidates; a mask without a partner begins a track. A track that finds no mask waits for
/// kMaxMissed entries.
///
/// Entries come one by one, and an entry's tracks depend on it and those before it only. Time and memory of a step are
/// bounded by the number of masks, whatever they look like.
class Association {
 public:
  /// Entries for which a lost track is kept; five seconds of the video predictor's masks at the sparsest usual rate.
  static constexpr std::uint32_t kMaxMissed = 30;

  using Unpack = std::function<void(const masks::StoredMask&, runs::RunMask&)>;

  /// `unpack` gives the runs of a mask that was handed to add_entry().
  explicit Association(Unpack unpack) : unpack_(std::move(unpack)) {}

  /// The track of each mask, counted from 0 in the order of appearance; valid until the next call. `time`: of the
  /// entry, in any unit, not before the one of the call before.
  std::span<const std::uint32_t> add_entry(double time, std::span<const masks::StoredMask> masks);

 private:
  struct Track {
    std::uint32_t number = 0;
    std::uint32_t missed = 0;
    double time = 0;
    masks::StoredMask mask;
    runs::Point velocity;
    bool has_velocity = false;
    runs::Point expected;  ///< centroid at the time of the entry
  };
  /// A mask and a track that may be the same.
  struct Pair {
    std::size_t mask;
    std::size_t track;
    double cost;
  };

  void predict(double time);
  void match(std::span<const masks::StoredMask> masks);
  bool add_common_motion(std::span<const masks::StoredMask> masks);
  void find_pairs(std::span<const masks::StoredMask> masks);
  void add_pairs_of(std::size_t index, const masks::StoredMask& mask, double reach);
  double intersection_over_union(const masks::StoredMask& mask, const Track& track);
  void match_groups(std::size_t mask_count);
  void match_group(std::span<const Pair> pairs);
  void match_greedily(std::vector<Pair> pairs);
  void update(double time, std::span<const masks::StoredMask> masks);
  void forget_lost_tracks();

  Unpack unpack_;
  Assignment assignment_;
  std::uint32_t next_number_ = 0;
  std::vector<Track> tracks_;  ///< by expected x
  std::vector<Pair> pairs_;
  std::vector<std::size_t> track_of_;  ///< index of the track of each mask, or kNone
  std::vector<std::uint32_t> numbers_;
  runs::RunMask mask_runs_;
  runs::RunMask track_runs_;
};

}  // namespace sam2::tracking
