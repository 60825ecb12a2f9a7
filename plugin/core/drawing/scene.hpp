// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "composite/color.hpp"
#include "drawing/look.hpp"
#include "drawing/region.hpp"
#include "masks/mask_set.hpp"
#include "runs/coverage_mask.hpp"
#include "runs/frame_transform.hpp"
#include "runs/margin.hpp"
#include "runs/run_mask.hpp"
#include "timing/schedule.hpp"
#include "tracking/mask_interpolator.hpp"
#include "tracking/tracks.hpp"
#include "tracking/zone_counter.hpp"

namespace sam2::drawing {

/// The age of an object whose file has not been read up to its frame. GStreamer's GST_CLOCK_TIME_NONE is the same.
inline constexpr auto kUnknownAge = static_cast<std::uint64_t>(-1);

/// How an object moves, by its track in the file.
///
/// The velocity is the difference of the centroids of the masks before and after this one, over the time between them.
/// Where the object is not in the very next entry, and at the beginning of its track, one of the two is this mask; a
/// mask without neighbours has velocity 0. Between two masks, an interpolated object moves at the speed between them.
struct Motion {
  runs::Point velocity;         ///< frame pixels a second; NaN where it is not known
  std::uint64_t age = 0;        ///< ns since the object was first seen, or kUnknownAge
  std::int64_t first_seen = 0;  ///< mask time in ns
};

/// One object in one frame.
struct FrameObject {
  const masks::ObjectInfo* info = nullptr;  ///< identity by the tracks of the file
  runs::RegionProps props;                  ///< in frame pixels
  double score = 0;                         ///< NaN: unknown
  tracking::MaskRef mask_ref;               ///< its mask in the file
  std::int64_t elapsed = 0;                 ///< ns since that mask, where it is interpolated to the next of its track
  Motion motion;
  runs::RunMask runs;           ///< in frame pixels; not with Detail::Regions
  bool is_soft = false;         ///< true: `coverage` is drawn instead of `runs`
  runs::CoverageMask coverage;  ///< in frame pixels
  bool has_margin = false;      ///< true: `grown` is drawn instead of `runs`, and `coverage` has grown
  runs::RunMask grown;
  runs::RegionProps grown_props;  ///< area and box of `grown`

  [[nodiscard]] const runs::RunMask& drawn_runs() const { return has_margin ? grown : runs; }
  [[nodiscard]] const runs::RegionProps& drawn_props() const { return has_margin ? grown_props : props; }
};

[[nodiscard]] composite::Rgb color_of(const FrameObject& object, const Look& look);

/// True if the property `objects` names the object.
[[nodiscard]] bool is_shown(const FrameObject& object, const Look& look);

/// A zone on one frame.
struct FrameZone {
  const tracking::Zone* zone = nullptr;
  tracking::ZoneCounts counts;  ///< so far
  std::uint64_t inside = 0;     ///< objects of the frame that are in the area; 0 for lines
};

/// What a scene has to know of its objects.
enum class Detail {
  Regions,   ///< area, centroid and box
  Runs,      ///< also the pixels
  Coverage,  ///< also coverages, where masks are scaled up
};

/// The objects of one frame, finished: in frame pixels, with identity and motion, sorted by slot. It keeps its memory
/// from frame to frame.
class Scene {
 public:
  /// What objects are made from. All of it must outlive the use of the scene.
  struct Source {
    const masks::MaskSet& masks;
    const tracking::Tracks& tracks;
    const timing::Schedule& schedule;
    runs::FrameTransform& transform;  ///< from mask pixels to frame pixels
  };

  /// Makes the objects of `time`, whose entry must be ready. Objects without a pixel on the frame are left out. The
  /// same time, detail and reach as in the last call cost nothing: call forget() if the source has changed. With a
  /// bridge, last_bridged_entry() must be ready too.
  void update(const Source& source, const tracking::MaskTime& time, Detail detail, const Reach& reach = {});

  /// The last entry that decides which objects a bridge covers in `entry`.
  [[nodiscard]] static std::size_t last_bridged_entry(const tracking::Tracks& tracks, const timing::Schedule& schedule,
                                                      std::size_t entry, std::uint64_t bridge);

  /// Shows no objects until the next update(), and no zones until the next set_zones().
  void clear() {
    count_ = bridged_ = 0;
    has_masks_ = false;
    zones_ = {};
  }

  /// Sets the zones of the frame, which must outlive the use of the scene.
  void set_zones(std::span<const FrameZone> zones) { zones_ = zones; }
  [[nodiscard]] std::span<const FrameZone> zones() const { return zones_; }

  /// True if the masks of the frame are known, even if there is none.
  [[nodiscard]] bool has_masks() const { return has_masks_; }

  /// The next update() makes all objects anew, because masks, tracks, schedule or transform have changed.
  void forget() {
    interpolator_.forget();
    made_.reset();
  }

  /// The objects that have a mask in the entry.
  [[nodiscard]] std::span<const FrameObject> objects() const { return {objects_.data(), count_}; }
  /// The objects that are away, and covered by two masks together: their runs and coverages. They are only covered.
  [[nodiscard]] std::span<const FrameObject> bridged() const { return {objects_.data() + count_, bridged_}; }
  /// False if masks of the time of the last update() could not be read again. They are empty in the scene.
  [[nodiscard]] bool is_complete() const { return is_complete_; }

  /// Changes whenever objects were made anew, so that others can keep what they derive from them.
  [[nodiscard]] std::uint64_t version() const { return version_; }

  /// True if drawing with this look changes pixels.
  [[nodiscard]] bool would_draw(const Look& look) const;

  /// Calls visit(object, color) for each object that is shown, in slot order.
  template <typename Visit>
  void for_each_shown(const Look& look, Visit visit) const {
    for (const auto& object : objects()) {
      if (is_shown(object, look)) visit(object, color_of(object, look));
    }
  }

  /// The same for each mask that is shown, also of objects that are bridged.
  template <typename Visit>
  void for_each_mask(const Look& look, Visit visit) const {
    auto away = bridged();
    const auto visit_away = [&](std::int64_t end) {
      for (; !away.empty() && away.front().info->slot < end; away = away.subspan(1)) {
        if (is_shown(away.front(), look)) visit(away.front(), color_of(away.front(), look));
      }
    };
    for (const auto& object : objects()) {
      visit_away(object.info->slot);
      if (is_shown(object, look)) visit(object, color_of(object, look));
    }
    visit_away(std::numeric_limits<std::int64_t>::max());
  }

  /// The position of `object`, which must be one of objects() or bridged().
  [[nodiscard]] std::size_t index_of(const FrameObject& object) const {
    return static_cast<std::size_t>(&object - objects_.data());
  }

  /// One mask of an object's past.
  struct PastMask {
    tracking::MaskRef mask_ref;
    runs::Point centroid;   ///< frame pixels
    std::int64_t time = 0;  ///< mask time in ns
  };
  /// The latest mask of the object's track before the time of the scene.
  [[nodiscard]] std::optional<PastMask> past_of(const FrameObject& object) const;
  /// The mask of the same track before `mask`.
  [[nodiscard]] std::optional<PastMask> past_of(const PastMask& mask) const;
  /// Mask time of the object in ns.
  [[nodiscard]] std::int64_t time_of(const FrameObject& object) const;

 private:
  /// What objects_ holds.
  struct Made {
    tracking::MaskTime time;
    Detail detail;
    Reach reach;
    std::size_t count;
    std::size_t bridged;
  };

  void make_object(const Source& source, const tracking::MaskTime& time, Detail detail, FrameObject& object);
  void add_margin(runs::Size frame, std::int32_t margin, FrameObject& object);
  void bridge_gaps(const Source& source, std::size_t entry, Detail detail, std::uint64_t bridge);
  void make_bridged(const Source& source, const tracking::Gap& gap, Detail detail, FrameObject& object);
  [[nodiscard]] PastMask past_mask(tracking::MaskRef mask_ref) const;

  std::vector<FrameObject> objects_;
  std::size_t count_ = 0;
  std::size_t bridged_ = 0;  ///< so many follow
  bool is_complete_ = true;
  bool has_masks_ = false;
  std::span<const FrameZone> zones_;
  std::optional<Made> made_;
  std::uint64_t version_ = 0;
  const tracking::Tracks* tracks_ = nullptr;
  const timing::Schedule* schedule_ = nullptr;
  const runs::FrameTransform* transform_ = nullptr;
  tracking::MaskInterpolator interpolator_;
  runs::RunMask unpacked_;
  runs::MarginMaker margins_;
  runs::CoverageMask grown_coverage_;
  RegionMaker regions_;
  std::vector<tracking::Gap> gaps_;
  FrameObject before_;
  FrameObject after_;
};

}  // namespace sam2::drawing
