// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// The properties margin and bridge: which pixels masks reach in space, and which frames in time.
#include <random>
#include <set>

#include "support/gst_check.hpp"
#include "support/player.hpp"

using namespace sam2::test;

namespace {

/// A shape with a hole, a thin line, and a part at the frame's edge.
bool in_shape(std::size_t y, std::size_t x) {
  const bool is_ring = x >= 4 && x < 11 && y >= 2 && y < 8 && !(x == 7 && y == 4);
  return is_ring || (y == 10 && x < 6) || (x == 15 && y < 3);
}

/// The largest, or with a negative margin the smallest, of the pixels in the square around each one.
Bytes grown(const Bytes& frame, int margin) {
  Bytes result(frame.size());
  const int width = kWidth;
  const int height = kHeight;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      auto value = frame[std::size_t(y * width + x)];
      for (int i = 0; i < width * height; ++i) {
        if (std::abs(i / width - y) > std::abs(margin) || std::abs(i % width - x) > std::abs(margin)) continue;
        value = margin > 0 ? std::max(value, frame[std::size_t(i)]) : std::min(value, frame[std::size_t(i)]);
      }
      result[std::size_t(y * width + x)] = value;
    }
  }
  return result;
}

Bytes inverted(Bytes frame) {
  for (auto& byte : frame) byte = 255 - byte;
  return frame;
}

constexpr int kMargins[] = {1, 2, 5, 40, -1, -2, -40};

/// Entries in which the object is away: 2 and 3, 6 to 8, and from 12 on. In entry t it is column t.
constexpr std::size_t kEntries = 16;
bool is_there(std::size_t t) {
  return t < 2 || t == 4 || t == 5 || (t >= 9 && t < 12);
}

Array columns_with_gaps() {
  return mask_array(kEntries, 2, kHeight, kWidth, [](auto t, auto n, auto y, auto x) {
    // The second object is always there.
    return n == 0 ? is_there(t) && x == t && y > 0 : y == 0;
  });
}

/// The columns of frame `t`, if gaps of up to `most` frames are bridged: written down by hand.
std::set<std::size_t> columns_at(std::size_t t, int most) {
  if (is_there(t)) return {t};
  if ((t == 2 || t == 3) && most >= 2) return {1, 4};
  if (t >= 6 && t <= 8 && most >= 3) return {5, 9};
  return {};
}

Bytes frame_at(std::size_t t, int most) {
  Bytes frame(kFrameBytes, 0);
  const auto columns = columns_at(t, most);
  for (std::size_t i = 0; i < frame.size(); ++i) {
    if (i < kWidth || columns.contains(i % kWidth)) frame[i] = 255;
  }
  return frame;
}

void set_bridge(Overlay& overlay, guint64 nanoseconds) {
  g_object_set(overlay.element(), "bridge", nanoseconds, nullptr);
}

/// Bridges in ns, and how many frames long the gaps are that they cover.
constexpr std::pair<guint64, int> kBridges[] = {
    {0, 0},
    {2 * kFramePeriod - 1, 1},
    {2 * kFramePeriod, 2},
    {3 * kFramePeriod - 1, 2},
    {3 * kFramePeriod, 3},
    {G_MAXUINT64, 1000},
};

}  // namespace

START_TEST(test_masks_grow_and_shrink_on_the_frame) {
  PlainFixture fixture(still_array(kHeight, kWidth, in_shape), "NHW");
  Player player(fixture.overlay);
  const auto plain = player.show(0);
  for (const int margin : kMargins) {
    fixture.overlay.set("margin", std::to_string(margin).c_str());
    fail_unless(player.show(0) == grown(plain, margin), "margin %d", margin);
  }
  fixture.overlay.set("margin", "0");
  fail_unless(player.show(0) == plain);
}
END_TEST

START_TEST(test_a_margin_is_in_pixels_of_the_frame) {
  const auto in_half = [](auto y, auto x) { return in_shape(2 * y, 2 * x); };
  PlainFixture fixture(still_array(kHeight / 2, kWidth / 2, in_half), "NHW");
  Player player(fixture.overlay);
  for (const auto* const edges : {"hard", "smooth"}) {
    fixture.overlay.set("edges", edges).set("margin", "0");
    // White on black: each byte is the coverage of its pixel.
    const auto plain = player.show(0);
    for (const int margin : kMargins) {
      fixture.overlay.set("margin", std::to_string(margin).c_str());
      fail_unless(player.show(0) == grown(plain, margin), "%s edges, margin %d", edges, margin);
    }
  }
}
END_TEST

START_TEST(test_effects_use_the_margin) {
  PlainFixture fixture(still_array(kHeight, kWidth, in_shape), "NHW");
  Player player(fixture.overlay);
  const auto plain = player.show(0);
  fixture.overlay.set("draw", "0").set("effect-color", "#ffffff");
  for (const int margin : kMargins) {
    fixture.overlay.set("margin", std::to_string(margin).c_str());
    fixture.overlay.set("object-effect", "color").set("background-effect", "none");
    fail_unless(player.show(0) == grown(plain, margin), "object, margin %d", margin);
    fixture.overlay.set("object-effect", "none").set("background-effect", "color");
    fail_unless(player.show(0) == inverted(grown(plain, margin)), "background, margin %d", margin);
    // All others must cope with masks of any size too.
    for (const auto* const effect : {"blur", "pixelate", "desaturate", "dim"}) {
      fixture.overlay.set("object-effect", effect).set("background-effect", effect);
      player.show(0);
    }
  }
  assert_no_reports(fixture.overlay);
}
END_TEST

START_TEST(test_metadata_and_messages_describe_the_masks_of_the_file) {
  PlainFixture fixture(still_array(kHeight, kWidth, in_shape), "NHW");
  fixture.overlay.set("attach-meta", "true").set("draw", "fill+contour+centroid+label+box+trail");
  Player player(fixture.overlay);
  for (const auto* const margin : {"0", "3", "-40"}) {
    fixture.overlay.set("margin", margin);
    const auto buffer = player.pass(make_frame(0));
    const auto regions = regions_of(buffer.get());
    fail_unless_equals_int(int(regions.size()), 1);
    fail_unless(regions[0]->x == 0 && regions[0]->y == 0 && regions[0]->w == 16 && regions[0]->h == 11);
  }
}
END_TEST

START_TEST(test_gaps_are_bridged_in_any_order_of_frames) {
  for (const auto& [bridge, most] : kBridges) {
    std::vector<std::size_t> order;
    for (std::size_t t = 0; t < kEntries; ++t) order.push_back(t);
    for (std::size_t t = kEntries; t-- > 0;) order.push_back(t);
    std::mt19937 random(5);
    for (int i = 0; i < 30; ++i) order.push_back(random() % kEntries);
    PlainFixture fixture(columns_with_gaps(), "TNHW");
    set_bridge(fixture.overlay, bridge);
    Player player(fixture.overlay);
    for (const auto t : order) {
      fail_unless(player.show(t) == frame_at(t, most), "frame %zu, gaps of %d frames", t, most);
    }
  }
}
END_TEST

START_TEST(test_the_first_frame_that_is_shown_may_be_in_a_gap) {
  for (const std::size_t t : {2U, 3U, 6U, 7U, 8U, 13U}) {
    PlainFixture fixture(columns_with_gaps(), "TNHW");
    set_bridge(fixture.overlay, 3 * kFramePeriod);
    Player player(fixture.overlay);
    fail_unless(player.show(t) == frame_at(t, 3), "frame %zu", t);
  }
}
END_TEST

START_TEST(test_a_bridge_changes_while_playing) {
  PlainFixture fixture(columns_with_gaps(), "TNHW");
  Player player(fixture.overlay);
  for (const auto& [bridge, most] : kBridges) {
    set_bridge(fixture.overlay, bridge);
    fail_unless(player.show(7) == frame_at(7, most));
  }
}
END_TEST

START_TEST(test_a_frame_waits_for_what_its_bridge_needs) {
  // So large that the first frame comes long before the end of the file is read.
  constexpr std::size_t kMany = 500;
  const auto is_shown = [](auto t, auto x) { return (t == 0 && x / 8 == 3) || (t == kMany - 1 && x / 8 == 9); };
  PlainFixture fixture(
      mask_array(kMany, 1, 8 * kHeight, 8 * kWidth, [&](auto t, auto, auto, auto x) { return is_shown(t, x); }),
      "TNHW");
  set_bridge(fixture.overlay, G_MAXUINT64);
  Player player(fixture.overlay);
  const auto frame = player.show(1);
  for (std::size_t i = 0; i < frame.size(); ++i) {
    const bool is_covered = i % kWidth == 3 || i % kWidth == 9;
    fail_unless(frame[i] == (is_covered ? 255 : 0), "byte %zu is %d", i, frame[i]);
  }
}
END_TEST

START_TEST(test_bridged_objects_are_only_covered) {
  PlainFixture fixture(columns_with_gaps(), "TNHW");
  fixture.overlay.set("attach-meta", "true");
  set_bridge(fixture.overlay, 3 * kFramePeriod);
  Player player(fixture.overlay);
  fail_unless_equals_int(int(regions_of(player.pass(make_frame(7)).get()).size()), 1);
  fail_unless_equals_int(int(regions_of(player.pass(make_frame(5)).get()).size()), 2);
  // Effects, contours and the margin take them as masks.
  fixture.overlay.set("draw", "contour");
  fail_unless(player.show(7) == frame_at(7, 3));
  fixture.overlay.set("draw", "0").set("object-effect", "color").set("effect-color", "#ffffff");
  fail_unless(player.show(7) == frame_at(7, 3));
  fixture.overlay.set("margin", "1");
  fail_unless(player.show(7) == grown(frame_at(7, 3), 1));
  fixture.overlay.set("margin", "0").set("objects", "1");
  auto without_second = frame_at(7, 3);
  std::fill_n(without_second.begin(), kWidth, 0);
  fail_unless(player.show(7) == without_second);
  // Nothing else is drawn of them.
  fixture.overlay.set("object-effect", "none").set("draw", "centroid+label+box+trail");
  fail_unless(player.show(7) == Bytes(kFrameBytes, 0));
}
END_TEST

static Suite* sam2overlay_reach_suite() {
  auto* const suite = suite_create("sam2overlay_reach");
  auto* const tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_masks_grow_and_shrink_on_the_frame);
  tcase_add_test(tests, test_a_margin_is_in_pixels_of_the_frame);
  tcase_add_test(tests, test_effects_use_the_margin);
  tcase_add_test(tests, test_metadata_and_messages_describe_the_masks_of_the_file);
  tcase_add_test(tests, test_gaps_are_bridged_in_any_order_of_frames);
  tcase_add_test(tests, test_the_first_frame_that_is_shown_may_be_in_a_gap);
  tcase_add_test(tests, test_a_bridge_changes_while_playing);
  tcase_add_test(tests, test_a_frame_waits_for_what_its_bridge_needs);
  tcase_add_test(tests, test_bridged_objects_are_only_covered);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_reach);
