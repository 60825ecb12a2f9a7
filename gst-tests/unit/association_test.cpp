// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "tracking/association.hpp"

#include "support/mask_scene.hpp"

using namespace sam2;
using namespace sam2::test;
using tracking::Association;

namespace {

/// The tracks of each entry's rectangles, which are told apart by their order only.
std::vector<std::vector<std::uint32_t>> associate(std::vector<std::vector<Rectangle>> entries) {
  std::uint32_t most = 0;
  for (auto& entry : entries) {
    for (std::uint32_t i = 0; i < entry.size(); ++i) entry[i].object = i;
    most = std::max(most, std::uint32_t(entry.size()));
  }
  const auto set = make_scene(entries, most);
  Association association([&](const auto& mask, auto& runs) { set->unpack(mask, runs); });
  std::vector<std::vector<std::uint32_t>> tracks;
  double time = 0;
  for (std::size_t k = 0; k < set->entry_count(); ++k) {
    const auto numbers = association.add_entry(time++, set->masks(k));
    tracks.emplace_back(numbers.begin(), numbers.end());
  }
  return tracks;
}

void assert_tracks(const std::vector<std::uint32_t>& got, const std::vector<std::uint32_t>& expected, std::size_t k) {
  std::string text;
  for (const auto number : got) text += " " + std::to_string(number);
  fail_unless(got == expected, "entry %zu:%s", k, text.c_str());
}

}  // namespace

START_TEST(test_tracks_are_numbered_in_the_order_of_appearance) {
  const auto tracks = associate({{{0, 500, 500}, {0, 100, 100}}, {{0, 100, 102}, {0, 800, 100}, {0, 502, 500}}});
  assert_tracks(tracks[0], {0, 1}, 0);
  assert_tracks(tracks[1], {1, 2, 0}, 1);
}
END_TEST

START_TEST(test_the_sum_of_all_distances_decides_and_not_the_nearest_pair) {
  // The second mask is nearest to the first track, which the first mask needs more.
  const auto tracks = associate({{{0, 100, 100}, {0, 120, 100}}, {{0, 84, 100}, {0, 108, 100}}});
  assert_tracks(tracks[1], {0, 1}, 1);
}
END_TEST

START_TEST(test_objects_that_cross_keep_their_tracks) {
  std::vector<std::vector<Rectangle>> entries;
  for (int k = 0; k <= 20; ++k) entries.push_back({{0, 100 + 10 * k, 100}, {0, 307 - 10 * k, 104}});
  const auto tracks = associate(entries);
  for (std::size_t k = 0; k < tracks.size(); ++k) assert_tracks(tracks[k], {0, 1}, k);
}
END_TEST

START_TEST(test_a_track_is_found_again_after_a_gap_but_not_after_a_long_one) {
  std::vector<std::vector<Rectangle>> entries{{{0, 100, 100}}, {{0, 104, 100}}};
  entries.resize(2 + Association::kMaxMissed);
  entries.push_back({{0, 118, 100}});
  assert_tracks(associate(entries).back(), {0}, entries.size() - 1);
  entries.insert(entries.begin() + 2, {{}, {}});
  assert_tracks(associate(entries).back(), {1}, entries.size() - 1);
}
END_TEST

START_TEST(test_a_mask_far_away_begins_a_track_of_its_own) {
  assert_tracks(associate({{{0, 100, 100}}, {{0, 310, 100}}})[1], {1}, 1);
}
END_TEST

START_TEST(test_overlap_decides_between_centroids_of_equal_distance) {
  // A tall and a wide bar around one point, which swap their order.
  const auto tracks =
      associate({{{0, 100, 50, 4, 104}, {0, 50, 100, 104, 4}}, {{0, 50, 100, 104, 4}, {0, 100, 50, 4, 104}}});
  assert_tracks(tracks[1], {1, 0}, 1);
}
END_TEST

START_TEST(test_many_masks_on_one_spot_are_matched_one_to_one) {
  // More than are solved exactly, all candidates of each other.
  std::vector<Rectangle> pile;
  for (int i = 0; i < 300; ++i) pile.push_back({0, 100 + i % 7, 100 + i % 5});
  const auto tracks = associate({pile, pile, pile});
  for (const auto& entry : tracks) {
    auto sorted = entry;
    std::ranges::sort(sorted);
    fail_unless(std::ranges::adjacent_find(sorted) == sorted.end(), "one track twice in an entry");
  }
}
END_TEST

static Suite* association_suite() {
  auto* const suite = suite_create("association");
  auto* const cases = tcase_create("association");
  tcase_add_test(cases, test_tracks_are_numbered_in_the_order_of_appearance);
  tcase_add_test(cases, test_the_sum_of_all_distances_decides_and_not_the_nearest_pair);
  tcase_add_test(cases, test_objects_that_cross_keep_their_tracks);
  tcase_add_test(cases, test_a_track_is_found_again_after_a_gap_but_not_after_a_long_one);
  tcase_add_test(cases, test_a_mask_far_away_begins_a_track_of_its_own);
  tcase_add_test(cases, test_overlap_decides_between_centroids_of_equal_distance);
  tcase_add_test(cases, test_many_masks_on_one_spot_are_matched_one_to_one);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(association);
