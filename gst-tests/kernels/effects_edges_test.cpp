// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Where hidden regions meet: no sample that lies in them wholly keeps a part of what was there, whatever regions share
// it. And frames whose colours are stored times their alpha.
#include "effects_fixture.hpp"

using namespace sam2;
using namespace sam2::drawing;
using namespace sam2::test;

namespace {

/// Three objects that fill a box and meet in odd columns and rows.
constexpr int kLeft = 13, kRight = 117, kTop = 15, kBottom = 83;
bool in_box(int x, int y) {
  return x >= kLeft && x < kRight && y >= kTop && y < kBottom;
}
bool on_left(int x, int y) {
  return in_box(x, y) && x < 51;
}
bool above(int x, int y) {
  return in_box(x, y) && x >= 51 && y < 47;
}
bool below(int x, int y) {
  return in_box(x, y) && x >= 51 && y >= 47;
}

const std::vector<Inside> kInsides = {on_left, above, below};

/// For each sample, calls visit(component, x, y, n, m) with the pixels of it that are in each object.
template <typename Visit>
void for_each_share(const Frame& frame, Visit visit) {
  std::vector<std::array<int, 3>> shares;
  for (const auto inside : kInsides) {
    std::size_t i = 0;
    frame.for_each(inside, [&](int, int, int, int, int m) {
      if (i == shares.size()) shares.push_back({});
      shares[i++][std::size_t(std::find(kInsides.begin(), kInsides.end(), inside) - kInsides.begin())] = m;
    });
  }
  std::size_t i = 0;
  frame.for_each(in_box, [&](int component, int x, int y, int n, int) { visit(component, x, y, n, shares[i++]); });
}

bool is_shared(int n, const std::array<int, 3>& shares) {
  return shares[0] + shares[1] + shares[2] == n && std::ranges::max(shares) < n;
}

Frame drawn(const Frame& frame, const Look& look) {
  static const Objects objects(kInsides);
  Effects effects;
  return test::drawn(frame, objects, look, effects);
}

/// Objects with soft edges, four pixels of the frame wide.
const Objects& soft_objects() {
  static const Objects objects(kInsides, 4);
  return objects;
}

/// The coverage of each pixel by an object.
std::vector<int> coverages_of(const FrameObject& object) {
  std::vector<int> coverages(std::size_t(kWidth) * kHeight, 0);
  for (int y = 0; y < kHeight; ++y) {
    for (const auto& span : object.coverage.row(y)) {
      for (int x = std::max(span.begin, 0); x < std::min(span.end, kWidth); ++x) {
        coverages[std::size_t(y * kWidth + x)] =
            span.first_byte == runs::CoverageSpan::kConstant
                ? span.coverage
                : object.coverage.bytes()[span.first_byte + std::size_t(x - span.begin)];
      }
    }
  }
  return coverages;
}

/// The sum of the coverages of each pixel, at most 255.
std::vector<int> all_coverages() {
  std::vector<int> sums(std::size_t(kWidth) * kHeight, 0);
  for (const auto& object : soft_objects().scene.objects()) {
    const auto coverages = coverages_of(object);
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = std::min(sums[i] + coverages[i], 255);
  }
  return sums;
}

constexpr Effect kHiding[] = {Effect::Blur, Effect::Pixelate, Effect::Color, Effect::Inpaint};

}  // namespace

START_TEST(test_samples_that_hidden_objects_share_keep_nothing_of_the_picture) {
  const auto& format = *known_formats()[std::size_t(_i)];
  Random random{unsigned(_i)};
  const auto frame = Frame(format, _i % 3 == 0).paint(random);
  auto other = frame;
  for_each_share(frame, [&](int component, int x, int y, int n, const std::array<int, 3>& shares) {
    if (component == GST_VIDEO_COMP_A || !is_shared(n, shares)) return;
    other.set_value(component, x, y, int(random() % (1U << frame.depth())));
  });
  for (const auto effect : kHiding) {
    const auto look = make_look(effect);
    if (!is_drawable(look, format)) continue;
    fail_unless(drawn(frame, look).bytes == drawn(other, look).bytes, "%s, effect %d", std::string(format.name).c_str(),
                int(effect));
  }
}
END_TEST

START_TEST(test_samples_that_objects_and_background_share_keep_nothing_of_the_picture) {
  const auto& format = *known_formats()[std::size_t(_i)];
  Random random{unsigned(_i)};
  const auto frame = Frame(format, _i % 3 == 0).paint(random);
  auto other = frame;
  for_each_share(frame, [&](int component, int x, int y, int n, const std::array<int, 3>& shares) {
    const bool is_inside = shares[0] + shares[1] + shares[2] == n && !is_shared(n, shares);
    const bool is_outside = shares[0] + shares[1] + shares[2] == 0;
    if (component == GST_VIDEO_COMP_A || is_inside || is_outside) return;
    other.set_value(component, x, y, int(random() % (1U << frame.depth())));
  });
  for (const auto effect : {Effect::Blur, Effect::Pixelate, Effect::Color}) {
    for (const auto background : {Effect::Blur, Effect::Pixelate, Effect::Color}) {
      const auto look = make_look(effect, background);
      fail_unless(drawn(frame, look).bytes == drawn(other, look).bytes, "%s, effects %d and %d",
                  std::string(format.name).c_str(), int(effect), int(background));
    }
  }
}
END_TEST

START_TEST(test_effects_on_alpha_and_on_colours_leave_each_other_alone) {
  Random random{9};
  const auto frame = Frame(*composite::find_frame_format("A420")).paint(random);
  const auto cut_out = drawn(frame, make_look(Effect::Color, Effect::Transparent));
  const auto covered = drawn(frame, make_look(Effect::Transparent, Effect::Color));
  for (int y = kTop; y < kBottom; ++y) {
    for (int x = kLeft; x < kRight; ++x) {
      fail_unless_equals_int(cut_out.value(GST_VIDEO_COMP_A, x, y), frame.value(GST_VIDEO_COMP_A, x, y));
      fail_unless_equals_int(covered.value(GST_VIDEO_COMP_Y, x, y), frame.value(GST_VIDEO_COMP_Y, x, y));
    }
  }
}
END_TEST

START_TEST(test_a_shared_sample_takes_the_share_of_each_object) {
  // At strength 1, each object is one block with one value.
  const auto look = make_look(Effect::Pixelate, Effect::None, 1.0);
  for (const auto* const name : {"I420", "NV12", "Y42B", "Y41B", "YUY2", "P010_10LE", "YUV9"}) {
    const auto* const format = composite::find_frame_format(name);
    Random random{3};
    const auto frame = Frame(*format).paint(random);
    const auto result = drawn(frame, look);
    std::array<std::array<int, 3>, 4> values{};
    for_each_share(frame, [&](int component, int x, int y, int n, const std::array<int, 3>& shares) {
      for (std::size_t i = 0; i < 3; ++i) {
        if (shares[i] == n) values[std::size_t(component)][i] = result.value(component, x, y);
      }
    });
    int checked = 0;
    for_each_share(frame, [&](int component, int x, int y, int n, const std::array<int, 3>& shares) {
      if (!is_shared(n, shares)) return;
      double expected = 0;
      for (std::size_t i = 0; i < 3; ++i) expected += double(values[std::size_t(component)][i]) * shares[i] / n;
      const auto [low, high] = std::ranges::minmax(values[std::size_t(component)]);
      const auto value = result.value(component, x, y);
      // Each object that shares the sample rounds. Of three, the one drawn first gives some of its share to the second.
      const bool is_right =
          std::ranges::min(shares) > 0 ? low - 1 <= value && value <= high + 1 : std::abs(value - expected) <= 1.5;
      fail_unless(is_right, "%s: component %d at %d, %d is %d, not %f", name, component, x, y, value, expected);
      ++checked;
    });
    fail_unless(checked > 20, "%s: %d samples", name, checked);
  }
}
END_TEST

START_TEST(test_soft_objects_cover_what_their_coverages_sum_up_to) {
  const auto coverages = all_coverages();
  Random random{4};
  const auto frame = Frame(*composite::find_frame_format("GRAY8")).paint(random);
  Effects effects;
  const auto result = test::drawn(frame, soft_objects(), make_look(Effect::Color), effects);
  const auto code = reference_code(frame.info, 0, {200, 30, 90}, frame.encoding);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const auto coverage = coverages[std::size_t(y * kWidth + x)];
      fail_unless_equals_int(result.value(0, x, y),
                             round_quotient(frame.value(0, x, y) * (255 - coverage) + code * coverage, 255));
    }
  }
}
END_TEST

START_TEST(test_soft_edges_between_hidden_objects_show_no_line_of_the_picture) {
  // One bright pixel of a flat picture is not seen in a mean. Where edges meet, a quarter of it would be left over.
  const auto first = coverages_of(soft_objects().scene.objects()[0]);
  const auto second = coverages_of(soft_objects().scene.objects()[1]);
  int checked = 0;
  for (const auto effect : {Effect::Pixelate, Effect::Blur}) {
    for (const auto background : {Effect::None, Effect::Pixelate}) {
      for (int x = 44; x < 58; ++x) {
        const int y = 30;
        const auto at = std::size_t(y * kWidth + x);
        const bool is_shared_by_objects = first[at] > 0 && second[at] > 0 && first[at] + second[at] >= 255;
        if (!is_shared_by_objects) continue;
        Frame frame(*composite::find_frame_format("GRAY8"));
        frame.for_each(in_box, [&](int, int u, int v, int, int) { frame.set_value(0, u, v, 100); });
        frame.set_value(0, x, y, 200);
        Effects effects;
        const auto result =
            test::drawn(frame, soft_objects(), make_look(effect, background, 1.0), effects).value(0, x, y);
        fail_unless(result <= 101, "at %d: %d", x, result);
        ++checked;
      }
    }
  }
  fail_unless(checked > 8, "%d pixels", checked);
}
END_TEST

START_TEST(test_soft_objects_on_a_hidden_background_leave_nothing_of_the_picture) {
  Frame frame(*composite::find_frame_format("I420"));
  Random random{6};
  frame.paint(random);
  const auto look = make_look(Effect::Color, Effect::Color);
  Effects effects;
  const auto result = test::drawn(frame, soft_objects(), look, effects);
  frame.for_each(in_box, [&](int component, int x, int y, int, int) {
    fail_unless_equals_int(result.value(component, x, y),
                           reference_code(frame.info, component, {200, 30, 90}, frame.encoding));
  });
}
END_TEST

START_TEST(test_premultiplied_colours_go_to_black_with_their_alpha) {
  for (const auto* const name : {"RGBA", "ARGB64_LE", "GBRA"}) {
    const auto* const format = composite::find_frame_format(name);
    if (format == nullptr) continue;
    Random random{7};
    const auto frame = Frame(*format).paint(random);
    auto encoding = frame.encoding.encoding();
    encoding.luma_offset = 0;
    encoding.luma_scale = (1 << frame.depth()) - 1;
    encoding.is_premultiplied = true;
    const auto coverages = all_coverages();
    Effects effects;
    const auto result = test::drawn(frame, soft_objects(), make_look(Effect::Transparent), effects, encoding);
    frame.for_each(in_box, [&](int component, int x, int y, int, int) {
      const auto coverage = coverages[std::size_t(y * kWidth + x)];
      fail_unless_equals_int(result.value(component, x, y),
                             round_quotient(std::int64_t{frame.value(component, x, y)} * (255 - coverage), 255));
    });
  }
}
END_TEST

START_TEST(test_a_fill_on_premultiplied_colours_is_mixed_like_its_alpha) {
  const auto& format = *composite::find_frame_format("RGBA");
  Random random{8};
  auto frame = Frame(format).paint(random);
  auto encoding = frame.encoding.encoding();
  encoding.luma_offset = 0;
  encoding.luma_scale = 255;
  encoding.is_premultiplied = true;
  auto result = frame;
  composite::Painter(format, encoding).draw(result.view(), soft_objects().scene.objects()[0].runs, {{200, 30, 90}, 77});
  const int codes[] = {200, 30, 90, 255};
  const auto& runs = soft_objects().scene.objects()[0].runs;
  frame.for_each(in_box, [&](int component, int x, int y, int, int) {
    const auto spans = runs.row(y);
    const bool is_inside =
        std::any_of(spans.begin(), spans.end(), [&](const auto& span) { return span.begin <= x && x < span.end; });
    const auto d = frame.value(component, x, y);
    fail_unless_equals_int(result.value(component, x, y),
                           is_inside ? round_quotient(d * (255 - 77) + codes[component] * 77, 255) : d);
  });
}
END_TEST

static Suite* effects_edges_suite() {
  auto* const suite = suite_create("effects_edges");
  auto* const cases = tcase_create("effects_edges");
  tcase_set_timeout(cases, 60);
  const auto formats = int(known_formats().size());
  tcase_add_loop_test(cases, test_samples_that_hidden_objects_share_keep_nothing_of_the_picture, 0, formats);
  tcase_add_loop_test(cases, test_samples_that_objects_and_background_share_keep_nothing_of_the_picture, 0, formats);
  tcase_add_test(cases, test_effects_on_alpha_and_on_colours_leave_each_other_alone);
  tcase_add_test(cases, test_a_shared_sample_takes_the_share_of_each_object);
  tcase_add_test(cases, test_soft_objects_cover_what_their_coverages_sum_up_to);
  tcase_add_test(cases, test_soft_edges_between_hidden_objects_show_no_line_of_the_picture);
  tcase_add_test(cases, test_soft_objects_on_a_hidden_background_leave_nothing_of_the_picture);
  tcase_add_test(cases, test_premultiplied_colours_go_to_black_with_their_alpha);
  tcase_add_test(cases, test_a_fill_on_premultiplied_colours_is_mixed_like_its_alpha);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(effects_edges);
