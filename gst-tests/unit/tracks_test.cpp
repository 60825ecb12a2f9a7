// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tracking/tracks.hpp"

#include "support/mask_scene.hpp"

using namespace sam2;
using namespace sam2::test;
using tracking::Tracking;
using tracking::Tracks;

namespace {

std::shared_ptr<const Tracks> make(const std::shared_ptr<const masks::MaskSet>& set, Tracking tracking) {
  auto tracks = Tracks::make(set, tracking, 0);
  fail_unless(tracks.has_value());
  return *tracks;
}

}  // namespace

START_TEST(test_tracks_follow_the_order_of_time_and_not_of_the_file) {
  const auto set = make_scene({{{0, 30, 0}}, {{0, 10, 0}}, {{0, 20, 0}}}, 1, {30, 10, 20});
  for (const auto tracking : {Tracking::Ids, Tracking::Centroid}) {
    const auto tracks = make(set, tracking);
    fail_unless(!tracks->previous_of(1));
    fail_unless(tracks->next_of(1) == 2u && tracks->previous_of(2) == 1u);
    fail_unless(tracks->next_of(2) == 0u && tracks->previous_of(0) == 2u);
    fail_unless(!tracks->next_of(0));
    for (std::size_t mask = 0; mask < 3; ++mask) {
      fail_unless(tracks->first_entry_of(mask) == 1);
      fail_unless(tracks->entry_of(mask) == mask);
    }
    fail_unless_equals_int(tracks->mask(2).moments.box.left, 20);
  }
}
END_TEST

START_TEST(test_identity_is_the_files_or_that_of_place) {
  // The objects change their order in the second entry.
  const auto set = make_scene({{{0, 100, 100}, {1, 500, 500}}, {{0, 500, 500}, {1, 100, 100}}}, 2);
  const auto by_ids = make(set, Tracking::Ids);
  fail_unless_equals_int(by_ids->object_of(2).id, 1);
  fail_unless_equals_int(by_ids->object_of(3).id, 2);
  const auto by_auto = make(set, Tracking::Auto);
  fail_unless_equals_int(by_auto->object_of(2).id, 1);
  const auto by_place = make(set, Tracking::Centroid);
  fail_unless_equals_int(by_place->object_of(2).id, 2);
  fail_unless(by_place->object_of(2).slot == 1);
  fail_unless(by_place->object_of(2).label == "object 1");
  fail_unless_equals_int(by_place->object_of(3).id, 1);
}
END_TEST

START_TEST(test_tracks_added_one_by_one_equal_those_of_the_whole_file) {
  std::mt19937 random(5);
  std::vector<std::vector<Rectangle>> entries(40);
  for (auto& entry : entries) {
    for (std::uint32_t i = 0; i < 6; ++i) {
      if (random() % 4 > 0) entry.push_back({i, int(random() % 100), int(random() % 100)});
    }
  }
  const auto set = make_scene(entries, 6);
  const auto whole = make(set, Tracking::Centroid);
  Tracks growing(*set, Tracking::Centroid);
  for (std::size_t k = 0; k < entries.size(); ++k) {
    growing.add_entry(k);
    const auto& entry = set->entries()[k];
    for (auto mask = entry.first_mask; mask < entry.first_mask + entry.mask_count; ++mask) {
      fail_unless(growing.previous_of(mask) == whole->previous_of(mask));
      fail_unless_equals_int(growing.object_of(mask).id, whole->object_of(mask).id);
    }
  }
}
END_TEST

START_TEST(test_tracks_that_do_not_fit_into_the_memory_are_refused) {
  const auto set = make_scene({{{0, 30, 0}}, {{0, 10, 0}}}, 1);
  const auto tracks = Tracks::make(set, Tracking::Ids, set->store_bytes() + 10);
  fail_unless(!tracks && tracks.error().code == ErrorCode::NoSpace);
}
END_TEST

static Suite* tracks_suite() {
  auto* const suite = suite_create("tracks");
  auto* const cases = tcase_create("tracks");
  tcase_add_test(cases, test_tracks_follow_the_order_of_time_and_not_of_the_file);
  tcase_add_test(cases, test_identity_is_the_files_or_that_of_place);
  tcase_add_test(cases, test_tracks_added_one_by_one_equal_those_of_the_whole_file);
  tcase_add_test(cases, test_tracks_that_do_not_fit_into_the_memory_are_refused);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(tracks);
