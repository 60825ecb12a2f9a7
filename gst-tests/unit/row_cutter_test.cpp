// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Planes that come as runs of bytes, held to RunEncoder on the same bytes.
#include <algorithm>
#include <random>
#include <string>

#include "masks/plane_cutter.hpp"
#include "masks/run_encoder.hpp"
#include "support/gst_check.hpp"

namespace {

using namespace sam2;
using namespace sam2::masks;
using npz::ByteRun;
using npz::ElementKind;
using npz::ElementType;

/// Gives bytes as runs, in batches that begin and end within runs.
class RunsOf final : public npz::RunStream {
 public:
  /// The stream begins at `begin`, as behind a header.
  RunsOf(std::string text, std::uint64_t begin, unsigned seed) : text_(std::move(text)), begin_(begin), random_(seed) {}

  Result<npz::RunBatch> next_runs() override {
    runs_.clear();
    const auto first = next_;
    const auto end = std::min<std::size_t>(text_.size(), next_ + 1 + random_() % 700);
    while (next_ < end) {
      auto stop = next_ + 1;
      while (stop < end && text_[stop] == text_[next_]) ++stop;
      runs_.emplace_back(begin_ + stop, static_cast<std::uint8_t>(text_[next_]));
      next_ = stop;
    }
    return npz::RunBatch{begin_ + first, runs_, {}};
  }

 private:
  std::string text_;
  std::uint64_t begin_;
  std::mt19937 random_;
  std::size_t next_ = 0;
  std::vector<ByteRun> runs_;
};

std::string random_bytes(std::mt19937& random, std::size_t size, unsigned longest) {
  constexpr unsigned char kValues[] = {0, 0, 0, 1, 1, 2, 127, 128, 255};
  std::string text;
  while (text.size() < size)
    text.append(1 + random() % longest, static_cast<char>(kValues[random() % std::size(kValues)]));
  text.resize(size);
  return text;
}

/// Compares both ways, plane by plane.
void assert_same(const std::string& text, runs::Size size, const ElementType& type, const ValueRule& rule) {
  const auto plane_bytes = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
  RunsOf source(text, 128, static_cast<unsigned>(text.size()));
  PlaneCutter cutter(source, plane_bytes);
  RunEncoder run_encoder(type, rule);
  RunEncoder encoder(type, rule);
  PlaneRuns found;
  PlaneRuns expected;
  for (std::size_t begin = 0; begin + plane_bytes <= text.size(); begin += plane_bytes) {
    const auto view_of = [&](const void* bytes) {
      return PlaneView{static_cast<const std::byte*>(bytes), static_cast<std::size_t>(size.width), 1, size, {}};
    };
    encoder.encode(view_of(text.data() + begin), expected);
    const auto piece = cutter.next();
    fail_unless(piece.has_value());
    fail_unless(piece->runs.empty() != piece->bytes.empty());
    if (piece->runs.empty()) {
      fail_unless_equals_uint64(piece->bytes.size(), plane_bytes);
      run_encoder.encode(view_of(piece->bytes.data()), found);
    } else {
      run_encoder.encode({nullptr, static_cast<std::size_t>(size.width), 1, size, piece->runs}, found);
    }
    const auto same = [](const ValueSpan& a, const ValueSpan& b) {
      return a.row == b.row && a.begin == b.begin && a.end == b.end && a.value == b.value;
    };
    fail_unless(std::ranges::equal(found.spans, expected.spans, same), "plane at %zu", begin);
    fail_unless(found.are_labels == expected.are_labels && found.is_from_0 == expected.is_from_0);
    fail_unless(!found.clipped && !found.rounded);
  }
  const auto beyond = cutter.next();
  fail_unless(!beyond && beyond.error().code == ErrorCode::Decode);
}

START_TEST(test_runs_of_bytes_become_the_spans_of_the_same_bytes) {
  std::mt19937 random(23);
  using Kind = ValueRule::Kind;
  std::vector<ValueRule> rules{{Kind::NonZero}, {Kind::Labels}, {Kind::Auto}, {Kind::Auto, 0, true}};
  for (const double threshold : {-1.0, 0.0, 1.5, 127.0, 1e300}) rules.push_back({Kind::Above, threshold});
  rules.push_back({Kind::Labels, 0, false, 255});
  rules.push_back({Kind::Labels, 0, false, -1});
  rules.push_back({Kind::NonZero, 0, false, {}, false, true});
  for (const auto kind : {ElementKind::Bool, ElementKind::Signed, ElementKind::Unsigned}) {
    for (const auto& rule : rules) {
      if (kind == ElementKind::Bool && rule.kind == Kind::Above) continue;
      for (const auto& size : {runs::Size{1, 1}, {7, 3}, {64, 40}, {1, 50}, {300, 2}}) {
        const auto plane = static_cast<std::size_t>(size.width * size.height);
        // Runs within rows, over rows, over planes, and noise.
        for (const unsigned longest : {1u, 20u, 300u, 10000u}) {
          assert_same(random_bytes(random, plane * 6, longest), size, {kind, 1, false}, rule);
        }
      }
    }
  }
}
END_TEST

START_TEST(test_a_plane_of_noise_takes_no_more_memory_than_its_bytes) {
  std::mt19937 random(29);
  RunsOf source(random_bytes(random, 40000, 1) + std::string(20000, '\1'), 0, 1);
  PlaneCutter cutter(source, 20000);
  for (const bool is_noise : {true, true, false}) {
    const auto piece = cutter.next();
    fail_unless(piece.has_value() && piece->runs.empty() == is_noise && piece->bytes.empty() != is_noise);
  }
}
END_TEST

Suite* row_cutter_suite() {
  auto* const suite = suite_create("row_cutter");
  auto* const test_case = tcase_create("row_cutter");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_runs_of_bytes_become_the_spans_of_the_same_bytes);
  tcase_add_test(test_case, test_a_plane_of_noise_takes_no_more_memory_than_its_bytes);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(row_cutter);
