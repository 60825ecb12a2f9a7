// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "timing/frame_counter.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/checked_math.hpp"
#include "base/wide_math.hpp"
#include "timing/schedule.hpp"
#include "timing/timeline.hpp"

namespace sam2::timing {
namespace {

/// The same frame has the same stamp each time it passes; conversions of time round by less than this.
constexpr std::int64_t kSame = 20'000;
/// Distances of stamps in ms are off by up to 1 ms.
constexpr std::int64_t kTolerance = 1'200'000;

/// A longer gap ends the numbering: the table is no place for hours without a frame.
constexpr std::int64_t kMostLost = 10'000;

bool are_near(std::int64_t a, std::int64_t b, std::int64_t tolerance) {
  const auto distance = saturated_difference(a, b);
  return distance <= tolerance && distance >= -tolerance;
}

/// Distance of `gap` from the nearest multiple of `period`, of which 0 is none.
std::int64_t distance_from_grid(std::int64_t gap, std::int64_t period) {
  const auto steps = std::max<std::int64_t>(1, (gap + period / 2) / period);
  return std::abs(saturated_difference(gap, steps * period));
}

/// The number of the frame that `rate` (positive) shows at `time`.
std::int64_t number_at_rate(std::int64_t time, const Fraction& rate) {
  return saturated(floor_div(Int128{time} * rate.numerator, Int128{kNanosecondsPerSecond} * rate.denominator));
}

}  // namespace

bool FrameCounter::is_mask_for_each_frame(const Rates& rates) {
  if (!rates.masks.is_positive()) return false;
  if (!rates.stream.is_positive()) return true;
  const auto ratio = static_cast<double>(period_of(rates.masks)) / static_cast<double>(period_of(rates.stream));
  return ratio < 1.5 || (ratio < 4 && std::abs(ratio - std::round(ratio)) > 0.03);
}

std::int64_t number_by_rate(std::int64_t time, const Fraction& rate) {
  const Int128 unit = Int128{kNanosecondsPerSecond} * rate.denominator;
  return saturated(floor_div(2 * Int128{time} * rate.numerator + unit, 2 * unit));
}

std::optional<std::int64_t> FrameCounter::next(const CountedFrame& passed, const Rates& rates) {
  auto frame = passed;
  if (frame.may_be_late && frame.follows && has_previous_) {
    frame.is_marked |= is_skip(saturated_difference(frame.time, previous_.time), rates);
  }
  if (frame.is_first && begins_.empty()) {
    begins_.push_back(frame.time);
    end_ = saturated_sum(frame.time, frame.duration);
    position_ = 0;
    is_from_first_ = true;
  } else {
    const bool follows = frame.follows && has_previous_;
    if (!follows) is_from_first_ = !begins_.empty() && are_near(frame.time, begins_.front(), kSame);
    if (follows) learn(frame, saturated_difference(frame.time, previous_.time), rates);
    position_ = follows && position_ ? step(frame, rates) : find(frame);
  }
  previous_ = frame;
  has_previous_ = true;
  return position_;
}

void FrameCounter::shift(std::int64_t by) {
  for (auto& begin : begins_) begin = saturated_sum(begin, by);
  for (auto* const time : {&end_, &previous_.time, &previous_.lookup}) *time = saturated_sum(*time, by);
}

/// The period that frames of a fixed rate have.
std::int64_t FrameCounter::stream_period(const Rates& rates) const {
  return rates.stream.is_positive() ? period_of(rates.stream) : first_gap_;
}

/// Learns from the distance to the previous frame, which may be of unknown number.
void FrameCounter::learn(const CountedFrame& frame, std::int64_t gap, const Rates& rates) {
  if (frame.is_marked || gap <= (is_complete_ ? kSame : kTolerance)) return;
  if (first_gap_ == 0) first_gap_ = gap;
  const auto period = stream_period(rates);
  const auto told = previous_.duration;
  if (!previous_.may_be_cut && told > 0) {
    if (lengths_ == Lengths::True) {
      // A gap after a frame of true length is a loss.
    } else if (!are_near(told, gap, kTolerance)) {
      lengths_ = Lengths::Nominal;
    } else if (lengths_ == Lengths::Unknown && nominal_duration_ > 0 &&
               !are_near(told, nominal_duration_, kTolerance)) {
      lengths_ = Lengths::True;
    }
    nominal_duration_ = told;
  }
  auto distance = distance_from_grid(gap, period);
  if (rates.masks.is_positive()) distance = std::min(distance, distance_from_grid(gap, period_of(rates.masks)));
  const auto masks = period_of(rates.masks);
  if (is_complete_ && masks > 0 && !rates.stream.is_positive() && distance_from_grid(gap, masks) > kTolerance) {
    // Caps without a rate: frames come unevenly unless there is a mask for every n-th.
    const auto steps = std::max<std::int64_t>(1, (masks + gap / 2) / gap);
    is_irregular_ |= std::abs(masks - steps * gap) > kTolerance * steps;
  }
  is_irregular_ |= distance > kTolerance;
  is_uneven_ |= distance > std::max(kTolerance, period / 4);
}

/// A late decoder leaves gaps of whole periods. In an uneven stream, a frame may last as long.
bool FrameCounter::is_skip(std::int64_t gap, const Rates& rates) const {
  const auto period = stream_period(rates);
  return !varies_ && period > 0 && gap >= period / 2 * 3 && distance_from_grid(gap, period) <= kTolerance;
}

bool FrameCounter::is_loss(const CountedFrame& frame, std::int64_t gap, const Rates& rates) const {
  const auto period = stream_period(rates);
  if (period <= 0 || gap < period / 2 * 3) return false;
  if (frame.is_marked) return true;
  const auto told = previous_.may_be_cut ? 0 : previous_.duration;
  if (are_near(told, gap, kTolerance)) return false;
  if (lengths_ == Lengths::True && told > 0) return true;
  if (varies_ || is_irregular_) return false;
  // videorate drops frames without a mark, and changes the rate of the caps.
  const auto masks = period_of(rates.masks);
  const bool is_converted = masks > 0 && !are_near(masks, period, period / 100);
  return is_converted || !is_complete_;
}

std::optional<std::int64_t> FrameCounter::step(const CountedFrame& frame, const Rates& rates) {
  const auto gap = saturated_difference(frame.time, previous_.time);
  // Several frames may be cut at the same place.
  if (frame.may_be_cut || gap < -(is_complete_ ? kSame : kTolerance)) return find(frame);
  // A decoder may stamp frames alike, but does not repeat them. Others repeat a frame with a jittered stamp.
  if (gap <= kTolerance && !is_complete_ && !previous_.may_be_cut) return position_;
  const auto following = static_cast<std::size_t>(*position_) + 1;
  if (following < begins_.size()) {
    if (are_near(begins_[following], frame.time, kSame)) return *position_ + 1;
    // Some demuxers shift all stamps after a seek.
    const auto known_gap = begins_[following] - begin_of(*position_);
    if (!previous_.may_be_cut && are_near(gap, known_gap, kTolerance)) return *position_ + 1;
    if (const auto known = find(frame); known && are_near(begin_of(*known), frame.time, kSame)) return known;
    // A demuxer may stamp frames in another way after a seek. Only from the first frame on it is certain that a frame
    // was missing when this part was played before.
    if (!is_from_first_) return find(frame);
    begins_.resize(following);
  }
  return append(frame, rates);
}

std::optional<std::int64_t> FrameCounter::append(const CountedFrame& frame, const Rates& rates) {
  const auto begin = begins_.back();
  const auto gap = saturated_difference(frame.time, begin);
  auto number = static_cast<std::int64_t>(begins_.size());
  const bool counts = is_mask_for_each_frame(rates);
  const auto by_rate = counts ? number_by_rate(frame.time, rates.masks) : number;
  if (is_loss(frame, gap, rates)) {
    const auto period = stream_period(rates);
    const auto lost = varies_ || !counts ? (gap + period / 2) / period - 1 : by_rate - number;
    number += std::max<std::int64_t>(0, lost);
  } else if (is_complete_ && (gap <= kSame || gap >= stream_period(rates) / 2 * 3)) {
    is_irregular_ = true;
  }
  const auto steps = number + 1 - static_cast<std::int64_t>(begins_.size());
  if (number >= static_cast<std::int64_t>(kMostFrames) || steps > kMostLost) return std::nullopt;
  for (std::int64_t k = 1; k <= steps; ++k) {
    begins_.push_back(saturated(Int128{begin} + Int128{gap} * k / steps));
  }
  end_ = saturated_sum(frame.time, frame.duration);
  varies_ |= counts && is_irregular_ && number != number_at_rate(frame.lookup, rates.masks);
  return number;
}

std::optional<std::int64_t> FrameCounter::find(const CountedFrame& frame) const {
  const auto number_of = [this](auto place) { return static_cast<std::int64_t>(place - begins_.begin()); };
  const auto at = [&](std::int64_t time) -> std::optional<std::int64_t> {
    const auto place = std::ranges::lower_bound(begins_, saturated_difference(time, kSame));
    if (place == begins_.end() || *place > saturated_sum(time, kSame)) return std::nullopt;
    return number_of(place);
  };
  const auto exact = at(frame.time);
  const auto after = std::ranges::upper_bound(begins_, frame.time);
  const auto inside = number_of(after) - 1;
  // Only the end of a cut frame is true. Decoders compute it from the duration that they know, so that the frame may
  // even seem to begin with a later one.
  const bool is_cut = frame.may_be_cut && frame.duration > 0;
  const auto end = saturated_sum(frame.time, frame.duration);
  if (is_cut && lengths_ != Lengths::True && frame.duration < nominal_duration_ - kSame) {
    const auto whole = at(saturated_difference(end, nominal_duration_));
    if (whole && *whole <= inside) return whole;
  }
  // Hardly anything may be left of it.
  if (is_cut && exact && *exact > 0 && at(end) == exact) return *exact - 1;
  if (exact) return exact;
  if (inside < 0 || (after == begins_.end() && frame.time >= end_)) return std::nullopt;
  const bool is_nearer = after != begins_.end() && *after - frame.time < frame.time - begin_of(inside);
  return inside + (!frame.may_be_cut && is_nearer ? 1 : 0);
}

std::int64_t FrameCounter::number_at(std::int64_t time, const Rates& rates) const {
  if (begins_.empty() || time < begins_.front()) return number_by_rate(time, rates.masks);
  const auto last = static_cast<std::int64_t>(begins_.size()) - 1;
  if (time >= begins_.back()) return last + number_by_rate(time - begins_.back(), rates.masks);
  const auto after = std::ranges::upper_bound(begins_, saturated_sum(time, kSame));
  return static_cast<std::int64_t>(after - begins_.begin()) - 1;
}

}  // namespace sam2::timing
