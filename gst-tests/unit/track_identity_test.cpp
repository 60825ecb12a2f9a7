// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// How well association keeps objects apart whose ids were taken away and whose order was shuffled in every entry,
// beside the nearest-centroid baseline. Prints the numbers.
#include <map>
#include <numeric>
#include <set>

#include "masks/mask_loader.hpp"
#include "support/mask_scene.hpp"
#include "support/sanitizers.hpp"
#include "tracking/association.hpp"

using namespace sam2;
using namespace sam2::test;

namespace {

/// Scenes of each kind. With AddressSanitizer, each takes many times as long.
const unsigned kSeeds = has_address_sanitizer() ? 1 : 5;

using Set = std::shared_ptr<const masks::MaskSet>;

/// For each entry, the track that was found of each object that is there.
using Found = std::vector<std::map<std::uint32_t, std::uint32_t>>;

/// Greedy nearest centroid, as simple trackers do it: each mask takes the nearest free track of the entry before.
class Nearest {
 public:
  std::vector<std::uint32_t> add_entry(double, std::span<const masks::StoredMask> masks) {
    std::vector<std::uint32_t> numbers;
    std::vector<Known> now;
    for (const auto& mask : masks) {
      const auto at = mask.props.centroid;
      const auto away = [&](const Known& k) { return std::hypot(k.at.x - at.x, k.at.y - at.y); };
      const auto found = std::ranges::min_element(last_, {}, away);
      const bool near = found != last_.end();
      now.push_back({near ? found->number : next_++, at});
      if (near) last_.erase(found);
      numbers.push_back(now.back().number);
    }
    last_ = std::move(now);
    return numbers;
  }

 private:
  struct Known {
    std::uint32_t number;
    runs::Point at;
  };
  std::vector<Known> last_;
  std::uint32_t next_ = 0;
};

std::uint32_t slot_of(const masks::StoredMask& mask) {
  return std::uint32_t(mask.object->slot);
}

template <typename Tracker>
Found follow(const Set& set, Tracker tracker, unsigned seed) {
  std::mt19937 random(seed);
  Found found;
  for (std::size_t k = 0; k < set->entry_count(); ++k) {
    const auto masks = set->masks(k);
    std::vector<masks::StoredMask> shuffled(masks.begin(), masks.end());
    std::ranges::shuffle(shuffled, random);
    const auto numbers = tracker.add_entry(double(set->frame_numbers()[k]), shuffled);
    found.emplace_back();
    for (std::size_t i = 0; i < shuffled.size(); ++i) found.back()[slot_of(shuffled[i])] = numbers[i];
  }
  return found;
}

bool touch(const runs::RunMask& a, const runs::RunMask& b) {
  for (auto y = b.top() - 1; y <= b.bottom(); ++y) {
    for (const auto& span : a.row(y)) {
      for (auto near = y - 1; near <= y + 1; ++near) {
        for (const auto& other : b.row(near)) {
          if (span.begin <= other.end && other.begin <= span.end) return true;
        }
      }
    }
  }
  return false;
}

/// For each entry, the objects that touch another one.
std::vector<std::set<std::uint32_t>> find_touching(const Set& set) {
  std::vector<std::set<std::uint32_t>> touching;
  for (std::size_t k = 0; k < set->entry_count(); ++k) {
    touching.emplace_back();
    const auto masks = set->masks(k);
    std::vector<runs::RunMask> runs(masks.size());
    for (std::size_t i = 0; i < masks.size(); ++i) set->unpack(masks[i], runs[i]);
    for (std::size_t i = 0; i < masks.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (touch(runs[i], runs[j])) touching.back().insert({slot_of(masks[i]), slot_of(masks[j])});
      }
    }
  }
  return touching;
}

struct Score {
  int switches = 0;
  int switches_apart = 0;  ///< of objects that touched none before and after
  double idf1 = 0;
};

/// The most masks that one-to-one pairs of objects and tracks explain, by trying all.
int best_identity(const std::map<std::uint32_t, std::map<std::uint32_t, int>>& together, std::uint32_t object,
                  std::uint32_t objects, std::set<std::uint32_t>& used) {
  if (object == objects) return 0;
  auto best = best_identity(together, object + 1, objects, used);
  if (!together.contains(object)) return best;
  for (const auto& [track, count] : together.at(object)) {
    if (!used.insert(track).second) continue;
    best = std::max(best, count + best_identity(together, object + 1, objects, used));
    used.erase(track);
  }
  return best;
}

Score score(const Found& found, const std::vector<std::set<std::uint32_t>>& touching, std::uint32_t objects) {
  Score result;
  struct Last {
    std::uint32_t track;
    bool apart;
  };
  std::map<std::uint32_t, Last> last;
  std::map<std::uint32_t, std::map<std::uint32_t, int>> together;
  int masks = 0;
  for (std::size_t k = 0; k < found.size(); ++k) {
    for (const auto& [object, track] : found[k]) {
      const bool apart = !touching[k].contains(object);
      if (const auto before = last.find(object); before != last.end() && before->second.track != track) {
        ++result.switches;
        if (apart && before->second.apart) ++result.switches_apart;
      }
      last[object] = {track, apart};
      ++together[object][track];
      ++masks;
    }
  }
  std::set<std::uint32_t> used;
  // Every mask is in truth and in the tracks, so that IDF1 = 2 IDTP / (masks + masks).
  result.idf1 = double(best_identity(together, 0, objects, used)) / masks;
  return result;
}

/// The worst over some shuffles.
template <typename MakeTracker>
Score worst(const Set& set, MakeTracker make_tracker) {
  const auto touching = find_touching(set);
  Score result{0, 0, 1};
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    const auto one = score(follow(set, make_tracker(), seed), touching, std::uint32_t(set->object_count()));
    result = {std::max(result.switches, one.switches), std::max(result.switches_apart, one.switches_apart),
              std::min(result.idf1, one.idf1)};
  }
  return result;
}

struct Compared {
  Score association;
  Score nearest;
};

Compared compare(const char* name, const Set& set) {
  const Compared result{
      worst(set, [&] { return tracking::Association([&](const auto& mask, auto& runs) { set->unpack(mask, runs); }); }),
      worst(set, [] { return Nearest(); })};
  for (const auto& [tracker, found] : {std::pair{"association", result.association}, {"nearest", result.nearest}}) {
    std::cout << name << ", " << tracker << ": " << found.switches << " switches, " << found.switches_apart
              << " of them apart, IDF1 " << found.idf1 << std::endl;
  }
  return result;
}

/// Rectangles that bounce in a box, never touching, at times as near as two pixels.
Set bouncing(unsigned seed, int count, int speed) {
  std::mt19937 random(seed);
  std::vector<std::array<int, 4>> state;
  for (int i = 0; i < count; ++i) {
    state.push_back({i % 8 * 60, i / 8 * 60, int(random() % unsigned(speed)), int(random() % unsigned(speed))});
  }
  std::vector<std::vector<Rectangle>> entries;
  for (int k = 0; k < 150; ++k) {
    auto& entry = entries.emplace_back();
    for (std::uint32_t i = 0; i < state.size(); ++i) {
      auto& own = state[i];
      auto& [x, y, dx, dy] = own;
      const auto near = [&](const std::array<int, 4>& other) {
        return &other != &own && std::abs(own[0] + own[2] - other[0]) < 22 && std::abs(own[1] + own[3] - other[1]) < 22;
      };
      if (x + dx < 0 || x + dx > 480) dx = -dx;
      if (y + dy < 0 || y + dy > 480) dy = -dy;
      if (std::ranges::any_of(state, near)) {
        dx = -dx;
        dy = -dy;
      } else {
        x += dx;
        y += dy;
      }
      entry.push_back({i, x, y});
    }
  }
  return make_scene(entries, std::uint32_t(count));
}

}  // namespace

START_TEST(test_objects_that_do_not_touch_never_switch) {
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    const auto result = compare("bouncing", bouncing(seed, 20, 11));
    fail_unless_equals_int(result.association.switches, 0);
  }
}
END_TEST

START_TEST(test_real_objects_keep_their_tracks_better_than_by_the_nearest_centroid) {
  const auto path = shared_file("sav-000001-manual/sav_000001_manual.npz");
  if (path.empty()) return;
  const auto loaded = masks::load_masks(path, {});
  fail_unless(loaded.has_value());
  const auto result = compare("sav-000001", loaded->masks);
  fail_unless_equals_int(result.association.switches_apart, 0);
  fail_unless(10 * result.association.switches <= result.nearest.switches);
  fail_unless(result.association.idf1 >= 2 * result.nearest.idf1);
}
END_TEST

static Suite* track_identity_suite() {
  auto* const suite = suite_create("track_identity");
  auto* const cases = tcase_create("track_identity");
  tcase_add_test(cases, test_objects_that_do_not_touch_never_switch);
  tcase_add_test(cases, test_real_objects_keep_their_tracks_better_than_by_the_nearest_centroid);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(track_identity);
