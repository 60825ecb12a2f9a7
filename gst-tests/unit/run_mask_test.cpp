// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "runs/run_mask.hpp"

#include "masks/mask_set_builder.hpp"
#include "runs/run_writer.hpp"
#include "support/gst_check.hpp"

namespace {

using namespace sam2;
using namespace sam2::masks;
using namespace sam2::runs;

constexpr int kWidth = 70;
constexpr int kHeight = 40;
using Bitmap = std::array<std::array<bool, kWidth>, kHeight>;

Bitmap random_bitmap(std::mt19937& random, int percent) {
  Bitmap bitmap{};
  for (auto& row : bitmap) {
    for (auto& pixel : row) pixel = static_cast<int>(random() % 100) < percent;
  }
  return bitmap;
}

RunMask mask_of(const Bitmap& bitmap) {
  RunMask mask;
  mask.reset(0);
  for (const auto& row : bitmap) {
    for (int x = 0; x < kWidth; ++x) mask.add_span(x, x + (row[static_cast<std::size_t>(x)] ? 1 : 0));
    mask.end_row();
  }
  return mask;
}

Bitmap bitmap_of(const RunMask& mask) {
  Bitmap bitmap{};
  for (int y = 0; y < kHeight; ++y) {
    for (const auto& span : mask.row(y)) {
      for (auto x = span.begin; x < span.end; ++x)
        bitmap.at(static_cast<std::size_t>(y)).at(static_cast<std::size_t>(x)) = true;
    }
  }
  return bitmap;
}

START_TEST(test_a_writer_makes_the_same_mask) {
  std::mt19937 random(9);
  RunMask written;
  for (int round = 0; round < 50; ++round) {
    const auto mask = mask_of(random_bitmap(random, 1 + static_cast<int>(random() % 99)));
    {
      RunWriter writer(written, mask.top(), mask.row_ends().size());
      for (auto y = mask.top(); y < mask.bottom();) {
        if (random() % 2 == 0) {
          const auto count = std::min<std::size_t>(random() % 5, static_cast<std::size_t>(mask.bottom() - y));
          writer.add_rows(count, kWidth, [&](std::size_t i, Span* next) {
            return std::ranges::copy(mask.row(y + static_cast<std::int32_t>(i)), next).out;
          });
          y += static_cast<std::int32_t>(count);
        } else {
          const auto row = mask.row(y++);
          writer.begin_row(row.size() + 1);
          for (const auto& span : row) writer.add_span(span.begin, span.end);
          writer.add_span(kWidth, kWidth);
          writer.end_row();
        }
      }
    }
    fail_unless_equals_int(written.top(), mask.top());
    fail_unless(std::ranges::equal(written.spans(), mask.spans()));
    fail_unless(std::ranges::equal(written.row_ends(), mask.row_ends()));
  }
}
END_TEST

START_TEST(test_touching_and_overlapping_spans_merge) {
  RunMask mask;
  mask.reset(5);
  mask.add_span(1, 3);
  mask.add_span(3, 4);
  mask.add_span(2, 9);
  mask.add_span(4, 5);
  mask.add_span(10, 10);
  mask.add_span(11, 12);
  mask.end_row();
  mask.end_row();
  mask.add_span(12, 20);
  mask.end_row();
  fail_unless_equals_int(mask.top(), 5);
  fail_unless_equals_int(mask.bottom(), 8);
  const auto row = mask.row(5);
  fail_unless_equals_uint64(row.size(), 2);
  fail_unless(row[0] == (Span{1, 9}) && row[1] == (Span{11, 12}));
  fail_unless(mask.row(6).empty());
  // A row's first span never merges into the row above.
  fail_unless(mask.row(7).size() == 1 && mask.row(7)[0] == (Span{12, 20}));
}
END_TEST

START_TEST(test_rows_outside_are_empty) {
  RunMask mask;
  fail_unless(mask.empty() && mask.row(0).empty());
  mask.reset(3);
  mask.add_span(0, 1);
  mask.end_row();
  for (const int y : {std::numeric_limits<int>::min(), -1, 2, 4, std::numeric_limits<int>::max()})
    fail_unless(mask.row(y).empty());
  mask.reset(0);
  fail_unless(mask.empty() && mask.bottom() == 0);
}
END_TEST

START_TEST(test_moments_equal_sums_over_pixels) {
  std::mt19937 random(7);
  for (const int percent : {0, 1, 10, 50, 97, 100}) {
    const auto bitmap = random_bitmap(random, percent);
    double area = 0, sum_x = 0, sum_y = 0;
    int left = kWidth, right = -1, top = kHeight, bottom = -1;
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        if (!bitmap[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)]) continue;
        area += 1;
        sum_x += x;
        sum_y += y;
        left = std::min(left, x);
        right = std::max(right, x);
        top = std::min(top, y);
        bottom = std::max(bottom, y);
      }
    }
    const auto found = region_props(mask_of(bitmap));
    fail_unless_equals_uint64(found.area, static_cast<std::uint64_t>(area));
    if (area == 0) {
      fail_unless(found.box == (Box{}) && found.centroid.x == 0 && found.centroid.y == 0);
      continue;
    }
    fail_unless(std::abs(found.centroid.x - sum_x / area) < 1e-9 && std::abs(found.centroid.y - sum_y / area) < 1e-9);
    fail_unless(found.box == (Box{left, top, right - left + 1, bottom - top + 1}));
  }
}
END_TEST

START_TEST(test_moments_of_the_largest_mask_are_exact) {
  RunMask mask;
  mask.reset(0);
  for (int y = 0; y < 65535; ++y) {
    mask.add_span(0, 65535);
    mask.end_row();
  }
  const auto found = region_props(mask);
  fail_unless_equals_uint64(found.area, 65535ull * 65535);
  fail_unless(found.centroid.x == 32767 && found.centroid.y == 32767);
}
END_TEST

START_TEST(test_stored_masks_unpack_to_what_was_added) {
  std::mt19937 random(3);
  MemoryBudget budget(0);
  MaskSetBuilder builder(budget);
  fail_unless(builder.add_entries({0}).has_value());
  std::vector<Bitmap> bitmaps;
  for (const int percent : {1, 20, 50, 100}) {
    bitmaps.push_back(random_bitmap(random, percent));
    const auto object = *builder.add_object({static_cast<std::int64_t>(bitmaps.size() - 1), percent, ""});
    fail_unless(builder.add_mask(0, object, mask_of(bitmaps.back())).has_value());
  }
  builder.publish_all();
  const auto& set = builder.set();
  const auto stored = set->masks(0);
  fail_unless_equals_uint64(stored.size(), bitmaps.size());
  RunMask mask;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    set->unpack(stored[i], mask);
    fail_unless(bitmap_of(mask) == bitmaps[i], "mask %zu", i);
  }
  fail_unless(set->scores(0).empty());
}
END_TEST

START_TEST(test_coordinates_up_to_65535_fit_the_store) {
  RunMask mask;
  mask.reset(65534);
  mask.add_span(0, 1);
  mask.add_span(65534, 65535);
  mask.end_row();
  MemoryBudget budget(0);
  MaskSetBuilder builder(budget);
  fail_unless(builder.add_entries({0}).has_value());
  fail_unless(builder.add_mask(0, *builder.add_object({}), mask).has_value());
  builder.publish_all();
  const auto& set = builder.set();
  RunMask unpacked;
  set->unpack(set->masks(0)[0], unpacked);
  const auto row = unpacked.row(65534);
  fail_unless(row.size() == 2 && row[0] == (Span{0, 1}) && row[1] == (Span{65534, 65535}));
}
END_TEST

START_TEST(test_masks_are_sorted_by_entry_and_slot_and_the_last_of_two_counts) {
  const auto dot = [](int x) {
    RunMask mask;
    mask.reset(0);
    mask.add_span(x, x + 1);
    mask.end_row();
    return mask;
  };
  MemoryBudget budget(0);
  MaskSetBuilder builder(budget);
  fail_unless(builder.add_entries({0, 10, 20}).has_value());
  const auto second = *builder.add_object({9, 90, "nine"});
  const auto first = *builder.add_object({4, 40, "four"});
  RunMask nothing;
  fail_unless(builder.add_mask(2, second, dot(1)).has_value());
  fail_unless(builder.add_mask(0, second, dot(2)).has_value());
  fail_unless(builder.add_mask(2, first, dot(3)).has_value());
  fail_unless(builder.add_mask(2, second, dot(4)).has_value());
  fail_unless(builder.add_mask(1, first, nothing).has_value());
  builder.publish_all();
  const auto& set = builder.set();

  fail_unless(set->objects()[0].label == "four" && set->objects()[1].id == 90);
  fail_unless_equals_uint64(set->masks(0).size(), 1);
  fail_unless_equals_uint64(set->masks(1).size(), 0);
  const auto last = set->masks(2);
  fail_unless_equals_uint64(last.size(), 2);
  fail_unless(last[0].object == first && last[0].props.centroid.x == 3);
  fail_unless(last[1].object == second && last[1].props.centroid.x == 4);
}
END_TEST

START_TEST(test_the_store_never_grows_beyond_the_budget) {
  std::mt19937 random(5);
  const auto mask = mask_of(random_bitmap(random, 50));
  const auto build = [&](std::uint64_t limit, std::size_t& added) -> Result<std::uint64_t> {
    MemoryBudget budget(limit);
    MaskSetBuilder builder(budget);
    SAM2_TRY(builder.add_entries({0}));
    for (added = 0; added < 20; ++added) {
      const auto object = SAM2_TRY(builder.add_object({static_cast<std::int64_t>(added), 0, "label"}));
      SAM2_TRY(builder.add_mask(0, object, mask));
    }
    builder.publish_all();
    return builder.set()->store_bytes();
  };
  std::size_t added = 0;
  const auto bytes = build(0, added);
  fail_unless(bytes.has_value());
  fail_unless(build(*bytes + 20 * sizeof(std::size_t), added).has_value());
  const auto refused = build(*bytes / 2, added);
  fail_if(refused.has_value());
  fail_unless(refused.error().code == ErrorCode::NoSpace);
  fail_unless(refused.error().message.find("max-memory=" + std::to_string(*bytes / 2)) != std::string::npos);
  fail_unless(added >= 8 && added <= 10, "%zu masks were stored in half of the memory of 20", added);
}
END_TEST

Suite* run_mask_suite() {
  auto* const suite = suite_create("run_mask");
  auto* const test_case = tcase_create("run_mask");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_a_writer_makes_the_same_mask);
  tcase_add_test(test_case, test_touching_and_overlapping_spans_merge);
  tcase_add_test(test_case, test_rows_outside_are_empty);
  tcase_add_test(test_case, test_moments_equal_sums_over_pixels);
  tcase_add_test(test_case, test_moments_of_the_largest_mask_are_exact);
  tcase_add_test(test_case, test_stored_masks_unpack_to_what_was_added);
  tcase_add_test(test_case, test_coordinates_up_to_65535_fit_the_store);
  tcase_add_test(test_case, test_masks_are_sorted_by_entry_and_slot_and_the_last_of_two_counts);
  tcase_add_test(test_case, test_the_store_never_grows_beyond_the_budget);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(run_mask);
