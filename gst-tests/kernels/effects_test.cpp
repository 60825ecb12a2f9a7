// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Effects on every format, held to loops over pixels that find samples by GStreamer's description of the format, and to
// what is true of any effect: it changes nothing outside of its region, and reads nothing there.
#include <functional>
#include <set>

#include "effects_fixture.hpp"

using namespace sam2;
using namespace sam2::drawing;
using namespace sam2::test;

namespace {

bool in_first(int x, int y) {
  const int dx = x - 51, dy = y - 40;
  return dx * dx * 4 + dy * dy * 5 < 4500;
}
bool in_second(int x, int y) {
  return x >= 60 && x < 101 && y >= 31 && y < 83 && (x + y) % 40 != 0;
}
bool in_any(int x, int y) {
  return in_first(x, y) || in_second(x, y);
}

Frame drawn(const Frame& frame, const Look& look, Effects& effects) {
  static const Objects objects({in_first, in_second});
  return test::drawn(frame, objects, look, effects);
}
Frame drawn(const Frame& frame, const Look& look) {
  Effects effects;
  return drawn(frame, look, effects);
}

bool in_background(int x, int y) {
  return !in_any(x, y);
}

/// What an effect that works on each pixel by itself mixes a sample with, and A.
std::pair<int, int> point_mix(const Frame& frame, Effect effect, int strength, int component, int x, int y) {
  const auto& encoding = frame.encoding;
  switch (effect) {
    case Effect::Transparent:
      return {0, component == GST_VIDEO_COMP_A ? 255 : 0};
    case Effect::Color:
      return {reference_code(frame.info, component, {200, 30, 90}, encoding), component == GST_VIDEO_COMP_A ? 0 : 255};
    case Effect::Dim:
      return {reference_code(frame.info, component, {0, 0, 0}, encoding), component == GST_VIDEO_COMP_A ? 0 : strength};
    default:
      if (component == GST_VIDEO_COMP_A) return {0, 0};
      if (!GST_VIDEO_FORMAT_INFO_IS_RGB(frame.info)) {
        return {encoding.chroma_offset(), component == GST_VIDEO_COMP_Y ? 0 : strength};
      }
      return {round_quotient(std::int64_t{encoding.kr} * frame.value(0, x, y) +
                                 std::int64_t{10000 - encoding.kr - encoding.kb} * frame.value(1, x, y) +
                                 std::int64_t{encoding.kb} * frame.value(2, x, y),
                             10000),
              strength};
  }
}

/// d' = (d (255 n - A m) + c A m) / 255 n for a sample of n pixels, m of them in the region.
int mixed(int d, std::pair<int, int> with, int n, int m) {
  const auto [c, alpha] = with;
  const auto weight = std::int64_t{alpha} * m;
  return round_quotient(d * (std::int64_t{255} * n - weight) + c * weight, std::int64_t{255} * n);
}

/// The largest difference of two frames' samples, and where.
void check_close(const Frame& is, const Frame& expected, int tolerance, const std::string& what) {
  is.for_each(in_any, [&](int component, int x, int y, int, int) {
    const auto difference = std::abs(is.value(component, x, y) - expected.value(component, x, y));
    fail_unless(difference <= tolerance, "%s: component %d at %d, %d is %d, expected %d", what.c_str(), component, x, y,
                is.value(component, x, y), expected.value(component, x, y));
  });
}

constexpr std::pair<Effect, const char*> kAll[] = {
    {Effect::Blur, "blur"},   {Effect::Pixelate, "pixelate"}, {Effect::Desaturate, "desaturate"},  {Effect::Dim, "dim"},
    {Effect::Color, "color"}, {Effect::Inpaint, "inpaint"},   {Effect::Transparent, "transparent"}};

/// An effect on the objects or on the background.
struct UseOfEffect {
  std::string name;
  Effect effect;
  bool is_background;
  Look look;
};

/// All uses of effects that a format can be drawn with.
std::vector<UseOfEffect> uses_of_effects(const composite::FrameFormat& format) {
  std::vector<UseOfEffect> uses;
  for (const auto& [effect, name] : kAll) {
    for (const bool is_background : {false, true}) {
      if (is_background && effect == Effect::Inpaint) continue;
      const auto look = is_background ? make_look(Effect::None, effect) : make_look(effect);
      if (!is_drawable(look, format)) continue;
      const auto* const region = is_background ? " of the background" : " of the objects";
      uses.push_back({std::string(format.name) + ", " + name + region, effect, is_background, look});
    }
  }
  return uses;
}

/// The blocks of an object, by the documented rule.
struct Blocks {
  Blocks(Inside inside, double per_side) {
    int left = kWidth, top = kHeight, right = 0, bottom = 0, area = 0;
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        if (!inside(x, y)) continue;
        ++area;
        left = std::min(left, x), right = std::max(right, x + 1);
        top = std::min(top, y), bottom = std::max(bottom, y + 1);
      }
    }
    const auto wanted = std::max<double>(std::min(right - left, bottom - top), std::sqrt(area)) / per_side;
    size = wanted <= 1 ? 1 : 2 * int(std::ceil(wanted / 2));
    x0 = left / 2 * 2;
    y0 = top / 2 * 2;
    columns = std::max(1, (right - x0 + size / 2) / size);
    rows = std::max(1, (bottom - y0 + size / 2) / size);
  }
  int column(int x) const { return std::clamp((x - x0) / size, 0, columns - 1); }
  int row(int y) const { return std::clamp((y - y0) / size, 0, rows - 1); }

  int x0, y0, size, columns, rows;
};

/// Sums over the samples of a component that lie in the object wholly, by block.
struct BlockSums {
  BlockSums(const Frame& frame, Inside inside, const Blocks& grid, int component)
      : blocks(grid), sums(std::size_t(grid.columns * grid.rows)), counts(sums.size()) {
    frame.for_each(inside, [&](int other, int x, int y, int n, int m) {
      if (other != component || m != n) return;
      const auto i = std::size_t(blocks.row(y << GST_VIDEO_FORMAT_INFO_H_SUB(frame.info, component)) * blocks.columns +
                                 blocks.column(x << GST_VIDEO_FORMAT_INFO_W_SUB(frame.info, component)));
      sums[i] += frame.value(component, x, y);
      ++counts[i];
    });
  }

  double sum(int column, int row) const { return at(sums, column, row); }
  double count(int column, int row) const { return at(counts, column, row); }
  double at(const std::vector<double>& values, int column, int row) const {
    if (column < 0 || row < 0 || column >= blocks.columns || row >= blocks.rows) return 0;
    return values[std::size_t(row * blocks.columns + column)];
  }

  const Blocks& blocks;
  std::vector<double> sums;
  std::vector<double> counts;
};

/// Checks the samples of an object after the other was drawn or not; `expected` gives nothing where blocks are empty.
void check_object(const Frame& is, Inside inside, const std::string& what,
                  const std::function<std::optional<double>(int, int, int)>& expected) {
  int checked = 0;
  is.for_each(inside, [&](int component, int x, int y, int n, int m) {
    if (m != n || component == GST_VIDEO_COMP_A) return;
    const auto value = expected(component, x, y);
    if (!value) return;
    ++checked;
    // To nearest, but for what floating point numbers leave open.
    fail_unless(std::abs(is.value(component, x, y) - *value) <= 0.55, "%s: component %d at %d, %d is %d, expected %f",
                what.c_str(), component, x, y, is.value(component, x, y), *value);
  });
  fail_unless(checked > 1000, "%s: only %d samples checked", what.c_str(), checked);
}

}  // namespace

START_TEST(test_effects_change_no_byte_outside_of_their_region) {
  const auto& format = *known_formats()[std::size_t(_i)];
  Random random{unsigned(_i)};
  const auto frame = Frame(format, _i % 3 == 0).paint(random);
  for (const auto& use : uses_of_effects(format)) {
    const auto result = drawn(frame, use.look);
    auto allowed = frame;
    frame.for_each(use.is_background ? in_background : in_any, [&](int component, int x, int y, int, int m) {
      const bool may_change = m > 0 && (component == GST_VIDEO_COMP_A) == (use.effect == Effect::Transparent);
      if (may_change) allowed.set_word(component, x, y, result.word(component, x, y));
    });
    fail_unless(allowed.bytes == result.bytes, "%s", use.name.c_str());
    const bool is_grey = format.name.starts_with("GRAY");
    fail_unless(result.bytes != frame.bytes || (is_grey && use.effect == Effect::Desaturate), "%s changes nothing",
                use.name.c_str());
  }
}
END_TEST

START_TEST(test_effects_read_nothing_on_the_other_side_of_the_edge) {
  const auto& format = *known_formats()[std::size_t(_i)];
  Random random{unsigned(_i)};
  const auto frame = Frame(format, _i % 3 == 0).paint(random);
  for (const auto& use : uses_of_effects(format)) {
    // Inpainting reads the surroundings, and nothing of any object.
    const auto reads_objects = !use.is_background && use.effect != Effect::Inpaint;
    auto other = frame;
    frame.for_each(in_any, [&](int component, int x, int y, int n, int m) {
      if (m == (reads_objects ? 0 : n)) other.set_value(component, x, y, int(random() % (1U << frame.depth())));
    });
    const auto first = drawn(frame, use.look);
    const auto second = drawn(other, use.look);
    // A chroma sample that two objects share is mixed by the share of each.
    frame.for_each(use.is_background ? in_any : in_second, [&](int component, int x, int y, int n, int m) {
      const bool is_checked = use.is_background ? m == 0 : m == n;
      if (component == GST_VIDEO_COMP_A || use.effect == Effect::Transparent || !is_checked) return;
      fail_unless(first.word(component, x, y) == second.word(component, x, y), "%s: component %d at %d, %d",
                  use.name.c_str(), component, x, y);
    });
  }
}
END_TEST

START_TEST(test_effects_on_single_pixels_follow_their_formulas) {
  const auto& format = *known_formats()[std::size_t(_i)];
  Random random{unsigned(_i)};
  const auto frame = Frame(format, _i % 3 == 0).paint(random);
  for (const auto effect : {Effect::Desaturate, Effect::Dim, Effect::Color, Effect::Transparent}) {
    for (const double strength : {0.3, 1.0}) {
      for (const bool is_background : {false, true}) {
        const auto look =
            is_background ? make_look(Effect::None, effect, strength) : make_look(effect, Effect::None, strength);
        if (!is_drawable(look, format)) continue;
        auto expected = frame;
        frame.for_each(is_background ? in_background : in_any, [&](int component, int x, int y, int n, int m) {
          const auto with = point_mix(frame, effect, int(std::lround(255 * strength)), component, x, y);
          if (m > 0) expected.set_value(component, x, y, mixed(frame.value(component, x, y), with, n, m));
        });
        // The weights of R, G and B are rounded.
        const auto tolerance = effect == Effect::Desaturate && GST_VIDEO_FORMAT_INFO_IS_RGB(frame.info) ? 1 : 0;
        check_close(drawn(frame, look), expected, tolerance,
                    std::string(format.name) + " effect " + std::to_string(int(effect)));
      }
    }
  }
}
END_TEST

START_TEST(test_background_and_objects_each_start_from_the_picture_as_it_came_in) {
  const auto& format = *known_formats()[std::size_t(_i)];
  Random random{unsigned(_i)};
  const auto frame = Frame(format).paint(random);
  auto expected = frame;
  // A sample at the edge takes its shares of both, and nothing else.
  frame.for_each(in_any, [&](int component, int x, int y, int n, int m) {
    const auto d = frame.value(component, x, y);
    const auto outside = mixed(d, point_mix(frame, Effect::Dim, 128, component, x, y), 1, 1);
    const auto inside = mixed(d, point_mix(frame, Effect::Desaturate, 128, component, x, y), 1, 1);
    expected.set_value(component, x, y, round_quotient(std::int64_t{outside} * (n - m) + std::int64_t{inside} * m, n));
  });
  check_close(drawn(frame, make_look(Effect::Desaturate, Effect::Dim, 0.5)), expected,
              GST_VIDEO_FORMAT_INFO_IS_RGB(frame.info) ? 1 : 0, std::string(format.name));
}
END_TEST

START_TEST(test_pixelate_shows_the_means_of_eight_blocks_across_the_object) {
  const auto& format = *known_formats()[std::size_t(_i)];
  Random random{unsigned(_i)};
  const auto frame = Frame(format).paint(random);
  for (const double strength : {0.5, 0.8, 1.0}) {
    const auto per_side = std::max(1.0, 8 * (1 - strength) / strength);
    const auto result = drawn(frame, make_look(Effect::Pixelate, Effect::None, strength));
    // The second object is drawn above the first.
    const Blocks blocks(in_second, per_side);
    std::vector<BlockSums> sums;
    for (int i = 0; i < frame.components(); ++i) sums.emplace_back(frame, in_second, blocks, i);
    check_object(result, in_second, std::string(format.name) + " pixelate", [&](int component, int x, int y) {
      const auto column = blocks.column(x << GST_VIDEO_FORMAT_INFO_W_SUB(frame.info, component));
      const auto row = blocks.row(y << GST_VIDEO_FORMAT_INFO_H_SUB(frame.info, component));
      const auto& of = sums[std::size_t(component)];
      return of.count(column, row) > 0 ? std::optional(of.sum(column, row) / of.count(column, row)) : std::nullopt;
    });
  }
}
END_TEST

START_TEST(test_blur_interpolates_smoothed_means_of_blocks) {
  const auto& format = *known_formats()[std::size_t(_i)];
  Random random{unsigned(_i)};
  const auto frame = Frame(format).paint(random);
  for (const double strength : {0.3, 0.5, 1.0}) {
    const auto result = drawn(frame, make_look(Effect::Blur, Effect::None, strength));
    const Blocks blocks(in_second, std::max(1.0, 8 * (1 - strength) / strength));
    std::vector<BlockSums> sums;
    for (int i = 0; i < frame.components(); ++i) sums.emplace_back(frame, in_second, blocks, i);
    check_object(result, in_second, std::string(format.name) + " blur", [&](int component, int x, int y) {
      const auto& of = sums[std::size_t(component)];
      bool is_known = true;
      const auto smoothed = [&](int column, int row) {
        column = std::clamp(column, 0, blocks.columns - 1);
        row = std::clamp(row, 0, blocks.rows - 1);
        double sum = 0, count = 0;
        for (int v = -1; v <= 1; ++v) {
          for (int u = -1; u <= 1; ++u) {
            const auto weight = (2 - std::abs(u)) * (2 - std::abs(v));
            sum += weight * of.sum(column + u, row + v);
            count += weight * of.count(column + u, row + v);
          }
        }
        is_known = is_known && count > 0;
        return sum / count;
      };
      const double sx = 1 << GST_VIDEO_FORMAT_INFO_W_SUB(frame.info, component);
      const double sy = 1 << GST_VIDEO_FORMAT_INFO_H_SUB(frame.info, component);
      const auto u = ((x + 0.5) * sx - blocks.x0) / blocks.size - 0.5;
      const auto v = ((y + 0.5) * sy - blocks.y0) / blocks.size - 0.5;
      const auto i = int(std::floor(u)), j = int(std::floor(v));
      const auto between = [](double a, double b, double part) { return a + (b - a) * part; };
      const auto value = between(between(smoothed(i, j), smoothed(i + 1, j), u - i),
                                 between(smoothed(i, j + 1), smoothed(i + 1, j + 1), u - i), v - j);
      return is_known ? std::optional(value) : std::nullopt;
    });
  }
}
END_TEST

START_TEST(test_hidden_objects_are_functions_of_few_numbers) {
  Random random{5};
  const auto frame = Frame(*composite::find_frame_format("GRAY8")).paint(random);
  const auto result = drawn(frame, make_look(Effect::Pixelate));
  std::set<int> seen;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      if (in_second(x, y)) seen.insert(result.value(0, x, y));
    }
  }
  fail_unless(seen.size() <= 64, "%zu values", seen.size());
  fail_unless(seen.size() > 20, "%zu values", seen.size());
  // Blur: two pictures with the same sum in each block look the same.
  const Blocks blocks(in_second, 8);
  auto other = frame;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x + 1 < kWidth; ++x) {
      if (!in_second(x, y) || !in_second(x + 1, y) || blocks.column(x) != blocks.column(x + 1)) continue;
      const auto a = other.value(0, x, y);
      other.set_value(0, x, y, other.value(0, x + 1, y));
      other.set_value(0, x + 1, y, a);
    }
  }
  fail_unless(other.bytes != frame.bytes);
  const auto first = drawn(frame, make_look(Effect::Blur));
  const auto second = drawn(other, make_look(Effect::Blur));
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      if (in_second(x, y)) fail_unless(first.value(0, x, y) == second.value(0, x, y), "at %d, %d", x, y);
    }
  }
}
END_TEST

START_TEST(test_inpainting_continues_flat_surroundings) {
  for (const auto* const name : {"I420", "NV12", "BGRA", "P010_10LE", "YUY2"}) {
    const auto& format = *composite::find_frame_format(name);
    if (!is_drawable(make_look(Effect::Inpaint), format)) continue;
    Frame frame(format);
    Random random{1};
    frame.for_each(in_second, [&](int component, int x, int y, int n, int m) {
      const auto flat = 40 + 30 * component;
      frame.set_value(component, x, y, m == n ? int(random() % 256) : flat);
    });
    const auto result = drawn(frame, make_look(Effect::Inpaint));
    frame.for_each(in_any, [&](int component, int x, int y, int, int) {
      if (component == GST_VIDEO_COMP_A) return;
      fail_unless(std::abs(result.value(component, x, y) - (40 + 30 * component)) <= 1,
                  "%s, component %d at %d, %d: %d", name, component, x, y, result.value(component, x, y));
    });
  }
}
END_TEST

START_TEST(test_inpainting_does_not_bring_back_a_hidden_background) {
  const auto& format = *composite::find_frame_format("Y444");
  const auto look = make_look(Effect::Inpaint, Effect::Color);
  if (!is_drawable(look, format)) return;
  Random random{3};
  const auto result = drawn(Frame(format).paint(random), look);
  result.for_each(in_any, [&](int component, int x, int y, int, int) {
    const auto code = reference_code(result.info, component, {200, 30, 90}, result.encoding);
    fail_unless(std::abs(result.value(component, x, y) - code) <= 1);
  });
}
END_TEST

START_TEST(test_an_effect_can_follow_another_with_the_same_memory) {
  Random random{8};
  Effects effects;
  for (const auto* const name : {"NV12", "BGRA", "I420_10LE", "A420", "YUY2", "GBR", "Y41B"}) {
    const auto* const format = composite::find_frame_format(name);
    const auto frame = Frame(*format, *name == 'N').paint(random);
    for (const auto& [effect, effect_name] : kAll) {
      for (const auto background : {Effect::None, Effect::Blur, Effect::Dim}) {
        const auto look = make_look(effect, background);
        if (!is_drawable(look, *format)) continue;
        fail_unless(drawn(frame, look, effects).bytes == drawn(frame, look).bytes, "%s on %s", effect_name, name);
      }
    }
  }
}
END_TEST

START_TEST(test_transparent_is_refused_without_alpha_and_says_what_to_ask_for) {
  const auto error = effect_error(make_look(Effect::Transparent), composite::find_frame_format("NV12"));
  fail_unless(error && error->code == ErrorCode::Settings);
  for (const auto* const part : {"object-effect=transparent", "NV12", "video/x-raw,format=RGBA"}) {
    fail_unless(error->message.find(part) != std::string::npos, "%s", error->message.c_str());
  }
  fail_unless(effect_error(make_look(Effect::None, Effect::Transparent), composite::find_frame_format("I420")));
  fail_unless(!effect_error(make_look(Effect::Transparent), composite::find_frame_format("A420")));
  fail_unless(!effect_error(make_look(Effect::Transparent), composite::find_frame_format("ARGB64_LE")));
  fail_unless(!effect_error(make_look(Effect::Transparent), nullptr));
}
END_TEST

static Suite* effects_suite() {
  auto* const suite = suite_create("effects");
  auto* const cases = tcase_create("effects");
  tcase_set_timeout(cases, 60);
  const auto formats = int(known_formats().size());
  tcase_add_loop_test(cases, test_effects_change_no_byte_outside_of_their_region, 0, formats);
  tcase_add_loop_test(cases, test_effects_read_nothing_on_the_other_side_of_the_edge, 0, formats);
  tcase_add_loop_test(cases, test_effects_on_single_pixels_follow_their_formulas, 0, formats);
  tcase_add_loop_test(cases, test_background_and_objects_each_start_from_the_picture_as_it_came_in, 0, formats);
  tcase_add_loop_test(cases, test_pixelate_shows_the_means_of_eight_blocks_across_the_object, 0, formats);
  tcase_add_loop_test(cases, test_blur_interpolates_smoothed_means_of_blocks, 0, formats);
  tcase_add_test(cases, test_hidden_objects_are_functions_of_few_numbers);
  tcase_add_test(cases, test_inpainting_continues_flat_surroundings);
  tcase_add_test(cases, test_inpainting_does_not_bring_back_a_hidden_background);
  tcase_add_test(cases, test_an_effect_can_follow_another_with_the_same_memory);
  tcase_add_test(cases, test_transparent_is_refused_without_alpha_and_says_what_to_ask_for);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(effects);
