// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "tracking/tracks.hpp"

#include <malloc.h>

#include <map>
#include <numeric>
#include <sstream>
#include <thread>

#include "support/mask_scene.hpp"

using namespace sam2;
using namespace sam2::test;
using tracking::MaskRef;
using tracking::Tracking;
using tracking::Tracks;

namespace {

const std::atomic<bool> kNotCancelled{false};

std::shared_ptr<Tracks> make(const std::shared_ptr<const masks::MaskSet>& set, Tracking tracking) {
  auto tracks = std::make_shared<Tracks>(set, tracking, 0);
  fail_unless(tracks->follow(Tracks::End::Reached, kNotCancelled).has_value());
  return tracks;
}

std::vector<std::vector<Rectangle>> random_entries(unsigned seed, std::size_t count) {
  std::mt19937 random(seed);
  std::vector<std::vector<Rectangle>> entries(count);
  for (auto& entry : entries) {
    for (std::uint32_t i = 0; i < 6; ++i) {
      if (random() % 4 > 0) entry.push_back({i, int(random() % 100), int(random() % 100)});
    }
  }
  return entries;
}

MaskRef first_of(std::uint32_t entry) {
  return {entry, 0};
}

/// All that is said of the masks of an entry.
std::string describe(const Tracks& tracks, const masks::MaskSet& set, std::uint32_t entry) {
  std::ostringstream text;
  const auto add = [&](std::optional<MaskRef> mask) {
    if (mask) text << mask->entry << "/" << mask->index;
    text << ";";
  };
  for (std::uint32_t i = 0; i < set.masks(entry).size(); ++i) {
    const MaskRef mask{entry, i};
    text << tracks.object_of(mask).id << "," << tracks.first_entry_of(mask) << ":";
    add(tracks.previous_of(mask));
    add(tracks.next_of(mask));
  }
  return text.str();
}

}  // namespace

START_TEST(test_tracks_follow_the_order_of_time_and_not_of_the_file) {
  const auto set = make_scene({{{0, 30, 0}}, {{0, 10, 0}}, {{0, 20, 0}}}, 1, {30, 10, 20});
  for (const auto tracking : {Tracking::Ids, Tracking::Centroid}) {
    const auto tracks = make(set, tracking);
    fail_unless(!tracks->previous_of({1, 0}));
    fail_unless(tracks->next_of({1, 0}) == first_of(2) && tracks->previous_of({2, 0}) == first_of(1));
    fail_unless(tracks->next_of({2, 0}) == first_of(0) && tracks->previous_of({0, 0}) == first_of(2));
    fail_unless(!tracks->next_of({0, 0}));
    for (std::uint32_t entry = 0; entry < 3; ++entry) fail_unless(tracks->first_entry_of({entry, 0}) == 1);
    fail_unless_equals_int(tracks->mask({2, 0}).props.box.left, 20);
  }
}
END_TEST

START_TEST(test_a_gap_is_bridged_backwards_only) {
  const auto set = make_scene({{{0, 30, 0}}, {}, {{0, 30, 0}}}, 1);
  const auto tracks = make(set, Tracking::Centroid);
  fail_unless(!tracks->next_of({0, 0}), "it would have to wait for an entry that may be far away");
  fail_unless(tracks->previous_of({2, 0}) == first_of(0));
}
END_TEST

START_TEST(test_identity_is_the_files_or_that_of_place) {
  // The objects change their order in the second entry.
  const std::vector<std::vector<Rectangle>> entries{{{0, 100, 100}, {1, 500, 500}}, {{0, 500, 500}, {1, 100, 100}}};
  const auto set = make_scene(entries, 2);
  for (const auto tracking : {Tracking::Ids, Tracking::Auto}) {
    const auto tracks = make(set, tracking);
    fail_unless_equals_int(tracks->object_of({1, 0}).id, 1);
    fail_unless_equals_int(tracks->object_of({1, 1}).id, 2);
  }
  auto anonymous = build_scene(entries, 2);
  anonymous.set_identity(false);
  anonymous.publish_all();
  for (const auto& tracks : {make(set, Tracking::Centroid), make(anonymous.set(), Tracking::Auto)}) {
    fail_unless_equals_int(tracks->object_of({1, 0}).id, 2);
    fail_unless(tracks->object_of({1, 0}).slot == 1);
    fail_unless(tracks->object_of({1, 0}).label == "object 1");
    fail_unless_equals_int(tracks->object_of({1, 1}).id, 1);
  }
}
END_TEST

START_TEST(test_a_ready_entry_never_changes) {
  constexpr std::uint32_t kEntries = 40;
  std::vector<std::int64_t> shuffled(kEntries);
  std::iota(shuffled.begin(), shuffled.end(), 0);
  std::mt19937 random(5);
  std::shuffle(shuffled.begin(), shuffled.end(), random);
  for (const auto tracking : {Tracking::Ids, Tracking::Centroid}) {
    for (const auto& numbers : {std::vector<std::int64_t>(), shuffled}) {
      auto builder = build_scene(random_entries(5, kEntries), 6, numbers);
      const auto set = builder.set();
      Tracks tracks(set, tracking, 0);
      std::map<std::uint32_t, std::string> said;
      for (std::size_t end = 1; end <= kEntries; ++end) {
        builder.publish(end);
        fail_unless(tracks.follow(Tracks::End::Open, kNotCancelled).has_value());
        for (std::uint32_t entry = 0; entry < kEntries; ++entry) {
          if (numbers.empty()) fail_unless(tracks.is_ready(entry) == (entry + 1 < end || end == kEntries));
          if (tracks.is_ready(entry)) said.emplace(entry, describe(tracks, *set, entry));
        }
        fail_unless(tracks.is_any_ready() == !said.empty());
      }
      fail_unless_equals_int(int(said.size()), kEntries);
      for (const auto& [entry, text] : said) fail_unless(text == describe(tracks, *set, entry), "entry %u", entry);
    }
  }
}
END_TEST

START_TEST(test_ready_entries_may_be_read_while_others_are_added) {
  constexpr std::uint32_t kEntries = 300;
  for (const auto tracking : {Tracking::Ids, Tracking::Centroid}) {
    auto builder = build_scene(random_entries(7, kEntries), 6);
    const auto set = builder.set();
    Tracks tracks(set, tracking, 0);
    std::thread writer([&] {
      for (std::size_t end = 1; end <= kEntries; ++end) {
        builder.publish(end);
        const auto is_last = end == kEntries ? Tracks::End::Reached : Tracks::End::Open;
        (void)tracks.follow(is_last, kNotCancelled).has_value();
      }
    });
    std::vector<std::string> said(kEntries);
    for (std::uint32_t entry = 0; entry < kEntries; ++entry) {
      while (!tracks.is_ready(entry)) std::this_thread::yield();
      said[entry] = describe(tracks, *set, entry);
    }
    writer.join();
    const auto whole = make(set, tracking);
    for (std::uint32_t entry = 0; entry < kEntries; ++entry) {
      fail_unless(said[entry] == describe(*whole, *set, entry), "entry %u", entry);
    }
  }
}
END_TEST

START_TEST(test_entries_before_the_end_of_a_short_file_are_ready) {
  auto builder = build_scene({{{0, 30, 0}}, {{0, 20, 0}}, {{0, 10, 0}}}, 1, {3, 2, 1});
  Tracks tracks(builder.set(), Tracking::Ids, 0);
  fail_unless(tracks.follow(Tracks::End::Reached, kNotCancelled).has_value() && !tracks.is_any_ready());
  builder.publish(2);
  fail_unless(tracks.follow(Tracks::End::Open, kNotCancelled).has_value() && !tracks.is_any_ready());
  fail_unless(tracks.follow(Tracks::End::Reached, kNotCancelled).has_value());
  fail_unless(tracks.is_ready(0) && tracks.is_ready(1) && !tracks.is_ready(2));
  fail_unless(tracks.next_of({1, 0}) == first_of(0));
}
END_TEST

START_TEST(test_tracks_that_do_not_fit_into_the_memory_are_refused) {
  const auto set = make_scene({{{0, 30, 0}}, {{0, 10, 0}}}, 1);
  Tracks tracks(set, Tracking::Ids, set->store_bytes() + 10);
  const auto followed = tracks.follow(Tracks::End::Open, kNotCancelled);
  fail_unless(!followed && followed.error().code == ErrorCode::NoSpace);
}
END_TEST

/// Bytes that are allocated, without what the allocator keeps for itself; 0 under sanitizers, which have another one.
static std::size_t allocated_bytes() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

START_TEST(test_what_stays_of_a_mask_takes_64_bytes_at_most) {
  constexpr std::size_t kEntries = 20000;
  constexpr std::int64_t kObjects = 20;
  runs::RunMask dot;
  dot.reset(7);
  dot.add_span(3, 4);
  dot.end_row();
  std::vector<std::int64_t> numbers(kEntries);
  std::iota(numbers.begin(), numbers.end(), std::int64_t{0});
  const auto before = allocated_bytes();
  MemoryBudget budget(0);
  std::shared_ptr<Tracks> tracks;
  std::uint64_t packed_bytes = 0;
  {
    masks::MaskSetBuilder builder(budget);
    fail_unless(builder.add_entries(numbers).has_value());
    std::vector<const masks::ObjectInfo*> objects;
    for (std::int64_t slot = 0; slot < kObjects; ++slot) objects.push_back(*builder.add_object({slot, 1, {}, slot}));
    for (std::size_t entry = 0; entry < kEntries; ++entry) {
      for (const auto* const object : objects) fail_unless(builder.add_mask(entry, object, dot).has_value());
      builder.publish(entry + 1);
    }
    packed_bytes = builder.stretch_bytes();
    tracks = make(builder.set(), Tracking::Ids);
  }
  const auto taken = allocated_bytes() - before - packed_bytes;
  const auto bytes = static_cast<double>(taken) / static_cast<double>(kEntries * kObjects);
  fail_unless(before == 0 || (bytes > 40 && bytes <= 64), "%f bytes a mask", bytes);
  fail_unless(tracks->previous_of({kEntries - 1, 19}) == (MaskRef{kEntries - 2, 19}));
}
END_TEST

/// The place of a mask among very many of its entry does not fit into what is kept of it.
START_TEST(test_entries_of_very_many_masks_are_linked) {
  constexpr std::int64_t kObjects = 66000;
  runs::RunMask dot;
  dot.reset(0);
  dot.add_span(0, 1);
  dot.end_row();
  MemoryBudget budget(0);
  masks::MaskSetBuilder builder(budget);
  fail_unless(builder.add_entries({0, 1}).has_value());
  for (std::int64_t slot = 0; slot < kObjects; ++slot) {
    const auto* const object = *builder.add_object({slot, 1, {}, slot});
    // The second entry lacks the first object, so that all others move up by one.
    fail_unless(builder.add_mask(0, object, dot).has_value());
    if (slot > 0) fail_unless(builder.add_mask(1, object, dot).has_value());
  }
  builder.publish_all();
  const auto tracks = make(builder.set(), Tracking::Ids);
  for (const std::uint32_t index : {1, 2, 65533, 65534, 65535, 65536, 65999}) {
    fail_unless(tracks->next_of({0, index}) == (MaskRef{1, index - 1}));
    fail_unless(tracks->previous_of({1, index - 1}) == (MaskRef{0, index}));
    fail_unless_equals_int64(tracks->object_of({1, index - 1}).slot, index);
  }
  fail_unless(!tracks->next_of({0, 0}));
}
END_TEST

static Suite* tracks_suite() {
  auto* const suite = suite_create("tracks");
  auto* const cases = tcase_create("tracks");
  tcase_add_test(cases, test_tracks_follow_the_order_of_time_and_not_of_the_file);
  tcase_add_test(cases, test_a_gap_is_bridged_backwards_only);
  tcase_add_test(cases, test_identity_is_the_files_or_that_of_place);
  tcase_add_test(cases, test_a_ready_entry_never_changes);
  tcase_add_test(cases, test_ready_entries_may_be_read_while_others_are_added);
  tcase_add_test(cases, test_entries_before_the_end_of_a_short_file_are_ready);
  tcase_add_test(cases, test_tracks_that_do_not_fit_into_the_memory_are_refused);
  tcase_add_test(cases, test_what_stays_of_a_mask_takes_64_bytes_at_most);
  tcase_add_test(cases, test_entries_of_very_many_masks_are_linked);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(tracks);
