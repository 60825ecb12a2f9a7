// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/bit_rows.hpp"

#include "support/gst_check.hpp"

using namespace sam2;
using runs::Span;

START_TEST(test_rows_hold_what_was_added_and_what_they_share) {
  std::mt19937 random(1);
  composite::BitRows bits;
  runs::RunMask written;
  for (int round = 0; round < 2000; ++round) {
    const auto left = int(random() % 50);
    const Span columns{left, left + 1 + int(random() % 200)};
    const auto rows = 1 + random() % 8;
    const auto shift = random() % rows;
    std::vector<std::vector<bool>> pixels(rows, std::vector<bool>(300));
    bits.reset(columns, rows);
    for (std::size_t row = 0; row < rows; ++row) {
      for (auto count = random() % 5; count > 0; --count) {
        const auto begin = int(random() % 260);
        const Span span{begin, begin + int(random() % (random() % 2 == 0 ? 5 : 200))};
        bits.add(row, span);
        for (int x = std::max(span.begin, columns.begin); x < std::min(span.end, columns.end); ++x) {
          pixels[row][std::size_t(x)] = true;
        }
      }
    }
    bits.intersect(shift);
    {
      runs::RunWriter writer(written, 7, rows - shift);
      for (std::size_t row = 0; row < rows - shift; ++row) bits.write(row, writer);
    }
    fail_unless_equals_int(written.bottom() - written.top(), int(rows - shift));
    for (std::size_t row = 0; row < rows - shift; ++row) {
      std::vector<Span> expected;
      for (int x = 0; x < 300; ++x) {
        const auto at = std::size_t(x);
        if (!pixels[row][at] || !pixels[row + shift][at]) continue;
        if (expected.empty() || expected.back().end != x) expected.push_back({x, x});
        ++expected.back().end;
      }
      fail_unless(std::ranges::equal(written.row(7 + int(row)), expected), "round %d, row %zu of %zu, shift %zu", round,
                  row, rows, shift);
    }
  }
}
END_TEST

static Suite* bit_rows_suite() {
  auto* const suite = suite_create("bit_rows");
  auto* const cases = tcase_create("bit_rows");
  tcase_add_test(cases, test_rows_hold_what_was_added_and_what_they_share);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(bit_rows);
