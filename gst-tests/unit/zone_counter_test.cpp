// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "tracking/zone_counter.hpp"

#include <map>
#include <tuple>

#include "support/mask_scene.hpp"
#include "support/sanitizers.hpp"

using namespace sam2;
using namespace sam2::test;
using namespace sam2::tracking;

namespace {

constexpr int kSide = 1000;

/// An object by its number, at a point whose coordinates are thousandths of the frame.
struct At {
  std::uint32_t object;
  int x;
  int y;
};
using Entries = std::vector<std::vector<At>>;

/// A file that has been read, with squares around the points.
struct File {
  explicit File(const Entries& entries, Tracking tracking = Tracking::Ids, const std::vector<std::int64_t>& frames = {})
      : masks(make_scene(rectangles(entries), 8, frames)), tracks(masks, tracking, 0) {
    const std::atomic<bool> is_cancelled = false;
    fail_unless(tracks.follow(Tracks::End::Reached, is_cancelled).has_value());
  }

  static std::vector<std::vector<Rectangle>> rectangles(const Entries& entries) {
    std::vector<std::vector<Rectangle>> all;
    for (const auto& entry : entries) {
      auto& here = all.emplace_back();
      // The mean of the pixel indices x - 1 and x is half a pixel to the left of x.
      for (const auto& [object, x, y] : entry) here.push_back({object, x - 1, y - 1, 2, 2});
    }
    return all;
  }

  std::shared_ptr<const masks::MaskSet> masks;
  Tracks tracks;
  runs::FrameTransform transform{{{kSide, kSide}, {kSide, kSide}}};
};

/// An event as text: rank, zone, object, what happens, since when, and the counts.
std::string text_of(const ZoneEvent& event) {
  std::ostringstream text;
  text << event.rank << ":" << event.zone << ":" << event.object->id << (event.direction == Side::In ? " in" : " out")
       << " since " << event.since << " " << event.count_in << "/" << event.count_out;
  return text.str();
}

std::vector<std::string> events_of(const File& file, std::string_view zones) {
  ZoneCounter counter;
  counter.reset(*parse_zones(zones));
  const auto entries = file.masks->entry_count();
  counter.count_to(file.tracks, file.transform, entries - 1);
  std::vector<std::string> events;
  for (const auto& event : counter.events(0, entries)) events.push_back(text_of(event));
  return events;
}

/// A zone in thousandths of the frame.
using Corners = std::vector<std::pair<int, int>>;

std::string zones_text(const std::vector<Corners>& zones) {
  std::string text;
  for (std::size_t z = 0; z < zones.size(); ++z) {
    text += "zone " + std::to_string(z) + ":";
    for (const auto& [x, y] : zones[z]) text += " " + std::to_string(x / 1000.0) + "," + std::to_string(y / 1000.0);
    text += ";";
  }
  return text;
}

__extension__ typedef __int128 Wide;

/// Twice the area of a triangle, signed.
Wide turn(Wide ax, Wide ay, Wide bx, Wide by, Wide cx, Wide cy) {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

/// Even-odd: the triangles from the first corner to each edge that the point is in. The point is moved a little to the
/// right, and much less downwards, so that it is on no edge.
bool is_inside(const Corners& area, int x, int y) {
  constexpr Wide kScale = 1'000'000'000;
  const auto px = x * kScale + 100'000;
  const auto py = y * kScale + 1;
  const auto turn_of = [&](const auto& a, const auto& b) {
    return turn(a.first * kScale, a.second * kScale, b.first * kScale, b.second * kScale, px, py) > 0;
  };
  bool inside = false;
  for (std::size_t i = 1; i + 1 < area.size(); ++i) {
    const bool first = turn_of(area[0], area[i]);
    if (first == turn_of(area[i], area[i + 1]) && first == turn_of(area[i + 1], area[0])) inside = !inside;
  }
  return inside;
}

/// The naive count: the events of all entries, from the points of each object in turn.
std::vector<std::string> naive_events(const Entries& entries, const std::vector<Corners>& zones) {
  struct Seen {
    Wide x = 0, y = 0;
    bool was_in = false, was_beside = false;
    Wide side = 0;
    std::size_t since = 0;
  };
  std::map<std::pair<std::uint32_t, std::size_t>, Seen> seen;
  std::vector<std::pair<int, int>> counts(zones.size());
  std::vector<std::string> events;
  const auto note = [&](std::size_t k, std::size_t z, std::uint32_t object, bool in, std::size_t since) {
    ++(in ? counts[z].first : counts[z].second);
    events.push_back(std::to_string(k) + ":" + std::to_string(z) + ":" + std::to_string(object + 1) +
                     (in ? " in" : " out") + " since " + std::to_string(since) + " " + std::to_string(counts[z].first) +
                     "/" + std::to_string(counts[z].second));
  };
  for (std::size_t k = 0; k < entries.size(); ++k) {
    for (const auto& at : entries[k]) {
      for (std::size_t z = 0; z < zones.size(); ++z) {
        auto& last = seen[{at.object, z}];
        if (zones[z].size() > 2) {
          const bool in = is_inside(zones[z], at.x, at.y);
          if (in && !last.was_in) last.since = k;
          if (in != last.was_in) note(k, z, at.object, in, last.since);
          last.was_in = in;
          continue;
        }
        const auto [ax, ay] = zones[z][0];
        const auto [bx, by] = zones[z][1];
        const auto now = turn(ax, ay, bx, by, at.x, at.y);
        const bool changes = last.was_beside && now != 0 && (now < 0) != (last.side < 0);
        if (changes) {
          // Where the way from the last point leaves the line, as a fraction: its distance from the first end along it.
          const auto before = turn(ax, ay, bx, by, last.x, last.y);
          const auto whole = before - now;
          const auto x = last.x * whole + before * (at.x - last.x);
          const auto y = last.y * whole + before * (at.y - last.y);
          const auto along = ((x - ax * whole) * (bx - ax) + (y - ay * whole) * (by - ay)) * (whole < 0 ? -1 : 1);
          const Wide length = (bx - ax) * (bx - ax) + (by - ay) * (by - ay);
          if (along >= 0 && along <= length * (whole < 0 ? -whole : whole)) note(k, z, at.object, now < 0, k);
        }
        if (now != 0) {
          last.was_beside = true;
          last.side = now;
        }
        last.x = at.x;
        last.y = at.y;
      }
    }
  }
  return events;
}

/// Objects that wander about in steps of `grid`, and are missing at times. A coarse grid brings them onto lines,
/// corners and edges.
Entries random_walks(std::mt19937& random, std::size_t count, int grid) {
  std::vector<At> objects;
  for (std::uint32_t i = 0; i < 5; ++i) objects.push_back({i, 500, 500});
  const auto step = [&](int& at) { at = std::clamp(at + (int(random() % 7) - 3) * grid, 100, 900); };
  Entries entries(count);
  for (auto& entry : entries) {
    for (auto& object : objects) {
      step(object.x);
      step(object.y);
      if (random() % 5 != 0) entry.push_back(object);
    }
  }
  return entries;
}

std::vector<Corners> random_zones(std::mt19937& random, int grid) {
  const auto at = [&] { return 100 + int(random() % unsigned(800 / grid + 1)) * grid; };
  std::vector<Corners> zones;
  while (zones.size() < 8) {
    Corners corners(zones.size() < 4 ? 2 : 3 + random() % 4);
    for (auto& corner : corners) corner = {at(), at()};
    if (parse_zones(zones_text({corners}))) zones.push_back(corners);
  }
  return zones;
}

using Texts = std::vector<std::string>;

void assert_events(const Texts& events, const Texts& expected) {
  for (std::size_t i = 0; i < std::max(events.size(), expected.size()); ++i) {
    const auto found = i < events.size() ? events[i] : "nothing";
    const auto wanted = i < expected.size() ? expected[i] : "nothing";
    fail_unless(found == wanted, "event %zu: '%s' instead of '%s'", i, found.c_str(), wanted.c_str());
  }
}

constexpr const char* kGate = "gate:0.5,0.2 0.5,0.8";
constexpr const char* kDoor = "door:0.4,0.4 0.6,0.4 0.6,0.6 0.4,0.6";

}  // namespace

START_TEST(test_the_counts_are_those_of_a_naive_count) {
  const unsigned seeds = has_address_sanitizer() ? 6 : 30;
  std::size_t total = 0;
  for (unsigned seed = 0; seed < seeds; ++seed) {
    std::mt19937 random(seed);
    const int grid = seed % 2 == 0 ? 100 : 7;
    const auto entries = random_walks(random, 60, grid);
    const auto zones = random_zones(random, grid);
    const auto expected = naive_events(entries, zones);
    assert_events(events_of(File(entries), zones_text(zones)), expected);
    total += expected.size();
  }
  fail_unless(total > 50 * seeds, "%zu events", total);
}
END_TEST

START_TEST(test_counts_depend_on_the_entry_and_not_on_the_way_to_it) {
  std::mt19937 random(3);
  const auto entries = random_walks(random, 80, 100);
  const auto zones = random_zones(random, 100);
  const auto parsed = *parse_zones(zones_text(zones));
  const File file(entries);
  ZoneCounter leaping;
  leaping.reset(parsed);
  leaping.count_to(file.tracks, file.transform, 79);
  ZoneCounter stepping;
  stepping.reset(parsed);
  for (std::size_t k = 0; k < 80; ++k) {
    stepping.count_to(file.tracks, file.transform, k);
    stepping.count_to(file.tracks, file.transform, k / 2);
    // The naive count ends with this entry.
    const auto expected = naive_events({entries.begin(), entries.begin() + std::ptrdiff_t(k) + 1}, zones);
    Texts events;
    for (const auto& event : leaping.events(0, k + 1)) events.push_back(text_of(event));
    assert_events(events, expected);
    for (std::size_t z = 0; z < zones.size(); ++z) {
      const auto counts = leaping.counts_after(z, k + 1);
      fail_unless(counts == stepping.counts_after(z, k + 1));
      const auto of = [&](const char* direction) {
        return std::uint64_t(std::ranges::count_if(expected, [&](const std::string& event) {
          return event.find(":" + std::to_string(z) + ":") != std::string::npos &&
                 event.find(direction) != std::string::npos;
        }));
      };
      fail_unless_equals_uint64(counts.in, of(" in "));
      fail_unless_equals_uint64(counts.out, of(" out "));
      const auto inside = std::ranges::count_if(
          entries[k], [&](const At& at) { return zones[z].size() > 2 && is_inside(zones[z], at.x, at.y); });
      fail_unless_equals_uint64(count_inside(file.tracks, file.transform, parsed[z], k), std::uint64_t(inside));
    }
  }
  fail_unless(leaping.counts_after(0, 0) == ZoneCounts{});
  fail_unless(leaping.events(40, 20).empty());
}
END_TEST

START_TEST(test_back_and_forth_is_counted_each_time) {
  assert_events(events_of(File({{{0, 400, 500}}, {{0, 600, 500}}, {{0, 400, 510}}, {{0, 600, 500}}}), kGate),
                {"1:0:1 in since 1 1/0", "2:0:1 out since 2 1/1", "3:0:1 in since 3 2/1"});
}
END_TEST

START_TEST(test_touching_a_line_is_not_crossing_it) {
  assert_events(events_of(File({{{0, 400, 500}}, {{0, 500, 500}}, {{0, 400, 500}}}), kGate), {});
  // It has crossed when it is on the other side.
  assert_events(events_of(File({{{0, 400, 500}}, {{0, 500, 500}}, {{0, 600, 500}}}), kGate), {"2:0:1 in since 2 1/0"});
  // An object that appears on the line comes from neither side.
  assert_events(events_of(File({{{0, 500, 500}}, {{0, 600, 500}}, {{0, 500, 400}}}), kGate), {});
}
END_TEST

START_TEST(test_along_a_line_only_leaving_it_to_the_other_side_counts) {
  const std::vector<At> along{{0, 500, 300}, {0, 500, 400}, {0, 500, 500}, {0, 500, 350}};
  Entries entries{{{0, 400, 300}}};
  for (const auto& at : along) entries.push_back({at});
  auto back = entries;
  back.push_back({{0, 450, 350}});
  assert_events(events_of(File(back), kGate), {});
  auto over = entries;
  over.push_back({{0, 550, 350}});
  assert_events(events_of(File(over), kGate), {"5:0:1 in since 5 1/0"});
  // Beyond its end, the line is none.
  auto beyond = entries;
  beyond.push_back({{0, 500, 900}});
  beyond.push_back({{0, 550, 900}});
  beyond.push_back({{0, 450, 500}});
  assert_events(events_of(File(beyond), kGate), {"7:0:1 out since 7 0/1"});
}
END_TEST

START_TEST(test_a_way_around_the_end_of_a_line_does_not_cross_it) {
  assert_events(events_of(File({{{0, 400, 500}}, {{0, 400, 900}}, {{0, 600, 900}}, {{0, 600, 500}}}), kGate), {});
  // Back through the line, it comes from where it is.
  assert_events(events_of(File({{{0, 400, 900}}, {{0, 600, 900}}, {{0, 600, 500}}, {{0, 400, 500}}}), kGate),
                {"3:0:1 out since 3 0/1"});
}
END_TEST

START_TEST(test_an_object_that_appears_in_an_area_enters_it) {
  assert_events(events_of(File({{{0, 500, 500}}, {{0, 510, 500}}, {{0, 700, 500}}, {{0, 600, 600}}}), kDoor),
                {"0:0:1 in since 0 1/0", "2:0:1 out since 0 1/1"});
  // The left and upper edges are inside.
  assert_events(events_of(File({{{0, 300, 400}}, {{0, 400, 400}}, {{0, 600, 400}}, {{0, 599, 400}}}), kDoor),
                {"1:0:1 in since 1 1/0", "2:0:1 out since 1 1/1", "3:0:1 in since 3 2/1"});
}
END_TEST

START_TEST(test_several_objects_are_counted_each_by_its_id) {
  // They swap their places in the file, and pass each other in the gate.
  const File file({{{2, 400, 500}, {5, 600, 500}}, {{5, 400, 500}, {2, 600, 500}}});
  assert_events(events_of(file, std::string(kGate) + ";" + kDoor),
                {"0:1:3 in since 0 1/0", "1:0:3 in since 1 1/0", "1:1:3 out since 0 1/1", "1:0:6 out since 1 1/1",
                 "1:1:6 in since 1 2/1"});
}
END_TEST

START_TEST(test_a_gap_is_bridged_and_not_a_second_visit) {
  // Missing for two entries within the area; lost within it; back outside.
  const File file({{{0, 500, 500}}, {}, {}, {{0, 510, 500}}, {}, {{0, 700, 500}}});
  assert_events(events_of(file, kDoor), {"0:0:1 in since 0 1/0", "5:0:1 out since 0 1/1"});
  const auto door = parse_zones(kDoor)->at(0);
  const std::vector<std::uint64_t> inside{1, 0, 0, 1, 0, 0};
  for (std::size_t k = 0; k < inside.size(); ++k) {
    fail_unless_equals_uint64(count_inside(file.tracks, file.transform, door, k), inside[k]);
  }
  // On both sides of the line.
  assert_events(events_of(File({{{0, 400, 500}}, {}, {{0, 600, 500}}}), kGate), {"2:0:1 in since 2 1/0"});
}
END_TEST

START_TEST(test_with_tracking_centroid_the_objects_are_the_tracks) {
  // The file swaps the numbers of two objects: by number both would cross, by place only one does, over a gap.
  const Entries entries{
      {{0, 480, 300}, {1, 520, 700}}, {{1, 490, 300}, {0, 530, 700}}, {{1, 540, 700}}, {{0, 510, 300}, {1, 550, 700}}};
  std::vector<std::vector<Rectangle>> squares;
  for (const auto& entry : entries) {
    auto& here = squares.emplace_back();
    for (const auto& [object, x, y] : entry) here.push_back({object, x - 20, y - 20, 40, 40});
  }
  File file({{{0, 100, 100}}});
  file.masks = make_scene(squares, 2);
  Tracks tracks(file.masks, Tracking::Centroid, 0);
  const std::atomic<bool> is_cancelled = false;
  fail_unless(tracks.follow(Tracks::End::Reached, is_cancelled).has_value());
  ZoneCounter counter;
  counter.reset(*parse_zones(kGate));
  counter.count_to(tracks, file.transform, 3);
  fail_unless_equals_int(int(counter.events(0, 4).size()), 1);
  fail_unless(text_of(counter.events(0, 4)[0]) == "3:0:1 in since 3 1/0");
}
END_TEST

START_TEST(test_entries_count_in_the_order_of_time) {
  // In the order of the file, the object would cross once only.
  const File file({{{0, 600, 500}}, {{0, 400, 500}}, {{0, 610, 500}}, {{0, 410, 500}}}, Tracking::Ids, {1, 0, 3, 2});
  assert_events(events_of(file, kGate), {"1:0:1 in since 1 1/0", "2:0:1 out since 2 1/1", "3:0:1 in since 3 2/1"});
}
END_TEST

START_TEST(test_zones_are_fractions_of_the_frame_and_not_of_the_mask) {
  // The mask is 1000 by 1000, the frame has twice its width; contained, it is the middle half of it.
  const Entries entries{{{0, 100, 500}}, {{0, 300, 500}}};
  File file(entries);
  const char* const zones = "a:0.2,0 0.2,1;b:0.35,0 0.35,1";
  assert_events(events_of(file, zones), {"1:0:1 in since 1 1/0"});
  file.transform = runs::FrameTransform({{kSide, kSide}, {2 * kSide, kSide}, {1, 1}, runs::Fit::Contain});
  assert_events(events_of(file, zones), {"1:1:1 in since 1 1/0"});
}
END_TEST

static Suite* zone_counter_suite() {
  Suite* suite = suite_create("zone_counter");
  TCase* chain = tcase_create("general");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, test_the_counts_are_those_of_a_naive_count);
  tcase_add_test(chain, test_counts_depend_on_the_entry_and_not_on_the_way_to_it);
  tcase_add_test(chain, test_back_and_forth_is_counted_each_time);
  tcase_add_test(chain, test_touching_a_line_is_not_crossing_it);
  tcase_add_test(chain, test_along_a_line_only_leaving_it_to_the_other_side_counts);
  tcase_add_test(chain, test_a_way_around_the_end_of_a_line_does_not_cross_it);
  tcase_add_test(chain, test_an_object_that_appears_in_an_area_enters_it);
  tcase_add_test(chain, test_several_objects_are_counted_each_by_its_id);
  tcase_add_test(chain, test_a_gap_is_bridged_and_not_a_second_visit);
  tcase_add_test(chain, test_with_tracking_centroid_the_objects_are_the_tracks);
  tcase_add_test(chain, test_entries_count_in_the_order_of_time);
  tcase_add_test(chain, test_zones_are_fractions_of_the_frame_and_not_of_the_mask);
  return suite;
}

GST_CHECK_MAIN(zone_counter);
