// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "painter_reference.hpp"
#include "support/gst_check.hpp"
#include "support/sanitizers.hpp"

using namespace sam2;
using namespace sam2::composite;
using sam2::test::DenseMask;
using sam2::test::ExactEncoding;
using sam2::test::ReferenceFrame;

namespace {

using Random = std::mt19937;

constexpr ExactEncoding kEncodings[] = {
    {"full range", 2990, 1140, false},
    {"BT.601 limited", 2990, 1140, true},
    {"BT.709 limited", 2126, 722, true},
    {"BT.2020 limited", 2627, 593, true},
};

constexpr std::array<std::pair<int, int>, 10> kSizes = {
    {{1, 1}, {2, 1}, {1, 2}, {3, 5}, {16, 16}, {17, 9}, {64, 48}, {65, 47}, {385, 289}, {4096, 2}}};

constexpr const char* kLayouts[] = {"tight rows", "padded rows", "planes at odd offsets"};
constexpr const char* kMasks[] = {"empty",
                                  "full",
                                  "over the edges",
                                  "random pixels",
                                  "random runs",
                                  "single",
                                  "horizontal stripes",
                                  "vertical stripes",
                                  "two bands whose ends drift",
                                  "random coverages",
                                  "runs with soft ends"};
constexpr std::size_t kFirstSoftMask = 9;
constexpr const char* kContents[] = {"noise", "noise and extremes, alpha none or opaque", "no alpha", "opaque alpha"};

unsigned test_seed() {
  if (const auto* const text = std::getenv("SAM2_TEST_SEED")) return static_cast<unsigned>(std::stoul(text));
  return std::random_device{}();
}

int pick(Random& random, int first, int last) {
  return std::uniform_int_distribution(first, last)(random);
}

DenseMask make_mask(std::size_t kind, int width, int height, Random& random) {
  constexpr int kMargin = DenseMask::kMargin;
  const auto period = pick(random, 2, 5);
  const auto single_x = pick(random, 0, width - 1);
  const auto single_y = pick(random, 0, height - 1);
  DenseMask mask(width, height);
  int left_in_run = 0;
  bool in_run = false;
  // As outlines have them.
  std::array<int, 4> ends;
  for (auto& end : ends) end = pick(random, -kMargin, width + kMargin);
  const auto drift = pick(random, 1, 20);
  std::sort(ends.begin(), ends.end());
  for (int y = -kMargin; y < height + kMargin; ++y) {
    for (auto& end : ends) end += pick(random, -drift, drift);
    for (int x = -kMargin; x < width + kMargin; ++x) {
      if (left_in_run-- == 0) {
        in_run = !in_run;
        left_in_run = pick(random, 0, 40);
      }
      const bool inside = x >= 0 && x < width && y >= 0 && y < height;
      const auto noise = random();
      const int coverage[] = {0,
                              inside ? 255 : 0,
                              255,
                              inside && noise % 2 == 0 ? 255 : 0,
                              in_run ? 255 : 0,
                              x == single_x && y == single_y ? 255 : 0,
                              inside && y % period == 0 ? 255 : 0,
                              inside && x % period != 0 ? 255 : 0,
                              (x >= ends[0] && x < ends[1]) || (x >= ends[2] && x < ends[3]) ? 255 : 0,
                              int(noise % 256),
                              !in_run           ? 0
                              : left_in_run < 3 ? int(noise % 256)
                                                : 255};
      mask.at(x, y) = static_cast<std::uint8_t>(coverage[kind]);
    }
  }
  return mask;
}

/// Unknown to the GStreamer that runs.
bool is_newer(const FrameFormat& format) {
  return gst_video_format_from_string(std::string(format.name).c_str()) == GST_VIDEO_FORMAT_UNKNOWN;
}

ReferenceFrame make_frame(const FrameFormat& format, int width, int height, bool has_fields, std::size_t layout,
                          std::size_t content, Random& random) {
  ReferenceFrame frame;
  frame.info = gst_video_format_get_info(gst_video_format_from_string(std::string(format.name).c_str()));
  frame.layout.emplace(frame.info);
  frame.has_fields = has_fields;
  frame.width = width;
  frame.height = height;
  std::size_t size = 64;
  for (unsigned plane = 0; plane < GST_VIDEO_FORMAT_INFO_N_PLANES(frame.info); ++plane) {
    std::ptrdiff_t row = 0;
    int rows = 0;
    for (int component = 0; component < int(GST_VIDEO_FORMAT_INFO_N_COMPONENTS(frame.info)); ++component) {
      if (GST_VIDEO_FORMAT_INFO_PLANE(frame.info, component) != plane) continue;
      row = std::max<std::ptrdiff_t>(row,
                                     frame.columns(component) * GST_VIDEO_FORMAT_INFO_PSTRIDE(frame.info, component));
      rows = std::max(rows, frame.rows(component));
    }
    frame.strides[plane] = layout == 1 ? row + pick(random, 1, 37) : row;
    frame.offsets[plane] = layout == 2 ? (size | 1) + 2 * pick(random, 0, 15) : (size + 15) / 16 * 16;
    size = frame.offsets[plane] + frame.strides[plane] * rows + 64;
  }
  frame.bytes.assign(size, ReferenceFrame::kCanary);
  for (int component = 0; component < int(GST_VIDEO_FORMAT_INFO_N_COMPONENTS(frame.info)); ++component) {
    for (int y = 0; y < frame.rows(component); ++y) {
      for (int x = 0; x < frame.columns(component); ++x) {
        const int largest = (1 << (frame.depth() + frame.shift())) - 1;
        int sample = int(random()) & largest;
        const bool is_alpha = component == GST_VIDEO_COMP_A;
        if (content == 1 && (is_alpha || random() % 2 == 0)) sample = random() % 2 == 0 ? 0 : largest;
        if (content >= 2 && is_alpha) sample = content == 2 ? 0 : largest;
        frame.set_word(component, x, y, sample);
      }
    }
  }
  return frame;
}

void check_bytes(const ReferenceFrame& original, const ReferenceFrame& drawn, const ReferenceFrame& expected,
                 const std::string& parameters) {
  if (drawn.bytes == expected.bytes) return;
  const auto at = std::mismatch(drawn.bytes.begin(), drawn.bytes.end(), expected.bytes.begin());
  const auto position = std::size_t(at.first - drawn.bytes.begin());
  fail_unless(false, "%s: byte %zu (planes at %zu %zu %zu %zu, strides %td %td %td %td) was %d, is %d, expected %d",
              parameters.c_str(), position, drawn.offsets[0], drawn.offsets[1], drawn.offsets[2], drawn.offsets[3],
              drawn.strides[0], drawn.strides[1], drawn.strides[2], drawn.strides[3], original.bytes[position],
              *at.first, *at.second);
}

/// One of so many cases is tried. Sanitizers make them ten times as slow; what they look for, painter_bounds_test has
/// too.
const std::size_t kShare = test::has_address_sanitizer() ? 8 : 1;
/// Large frames take the masks and layouts in turn.
constexpr std::size_t kShareOfLarge = 24;

void check_size(const FrameFormat& format, int width, int height, unsigned seed) {
  Random random(seed);
  std::size_t turn = seed;
  for (const int alpha : {0, 1, 128, 254, 255}) {
    for (std::size_t kind = 0; kind < std::size(kMasks); ++kind) {
      for (std::size_t layout = 0; layout < std::size(kLayouts); ++layout) {
        ++turn;
        const bool is_large = width * height > 10000;
        if (turn % (is_large ? kShareOfLarge * kShare : kShare) != 0) continue;
        const auto content = random() % std::size(kContents);
        auto encoding = kEncodings[random() % std::size(kEncodings)];
        encoding.depth = format.depth;
        const auto code = random();
        const Paint paint{{std::uint8_t(code), std::uint8_t(code >> 8), std::uint8_t(code >> 16)}, std::uint8_t(alpha)};
        std::ostringstream parameters;
        parameters << format.name << " " << width << "x" << height << ", alpha " << alpha << ", mask " << kMasks[kind]
                   << ", " << kLayouts[layout] << ", " << kContents[content] << ", " << encoding.name << ", colour "
                   << int(paint.color.red) << "," << int(paint.color.green) << "," << int(paint.color.blue)
                   << ", SAM2_TEST_SEED=" << seed;
        const bool has_fields = random() % 3 == 0;
        if (has_fields) parameters << ", interlaced";
        const auto frame = make_frame(format, width, height, has_fields, layout, content, random);
        const auto mask = make_mask(kind, width, height, random);
        auto expected = frame;
        reference_draw(expected, mask, paint, encoding);
        const auto& kernels = *kernel_sets()[random() % kernel_sets().size()];
        parameters << ", " << kernels.name << " kernels";
        const Painter painter(format, encoding.encoding(), kernels);
        auto drawn = frame;
        painter.draw(drawn.view(), mask.to_coverages(random), paint);
        check_bytes(frame, drawn, expected, parameters.str() + ", as coverages");
        if (kind >= kFirstSoftMask) continue;
        drawn = frame;
        painter.draw(drawn.view(), mask.to_runs(), paint);
        check_bytes(frame, drawn, expected, parameters.str());
      }
    }
  }
}

}  // namespace

START_TEST(test_painter_changes_each_sample_by_the_formula_and_no_other_byte) {
  const auto& format = frame_formats()[std::size_t(_i)];
  if (is_newer(format)) return;
  const auto seed = test_seed();
  std::cout << format.name << ": SAM2_TEST_SEED=" << seed << std::endl;
  for (const auto& [width, height] : kSizes) check_size(format, width, height, seed);
}
END_TEST

START_TEST(test_painter_blends_chroma_once_with_the_covered_share) {
  // 3x3 NV12: the corner chroma sample covers one luma sample, those of the last column and row two.
  std::array<std::uint8_t, 9> luma{};
  std::array<std::uint8_t, 8> chroma{};
  const FrameView frame{3, 3, {luma.data(), chroma.data()}, {3, 4}};
  runs::RunMask mask;
  mask.reset(1);
  mask.add_span(1, 3);
  mask.end_row();
  mask.add_span(2, 3);
  mask.end_row();
  // Full-range white has chroma 128.
  Painter(*find_frame_format("NV12"), {}).draw(frame, mask, {{255, 255, 255}, 255});
  const std::array<std::uint8_t, 9> expected_luma = {0, 0, 0, 0, 255, 255, 0, 0, 255};
  const std::array<std::uint8_t, 8> expected_chroma = {32, 32, 64, 64, 0, 0, 128, 128};
  fail_unless(luma == expected_luma);
  fail_unless(chroma == expected_chroma);
}
END_TEST

START_TEST(test_painter_composites_over_the_destination_alpha) {
  std::array<std::uint8_t, 12> pixels = {10, 20, 30, 0, 10, 20, 30, 255, 10, 20, 30, 100};
  runs::RunMask mask;
  mask.reset(0);
  mask.add_span(0, 3);
  mask.end_row();
  Painter(*find_frame_format("BGRA"), {}).draw({3, 1, {pixels.data()}, {12}}, mask, {{200, 100, 0}, 128});
  // By hand: over nothing the colour stays pure with alpha 128; over an opaque pixel it is the fill; else alpha is
  // (255 x 128 + 100 x 127) / 255 = 177.8 and red (200 x 128 x 255 + 30 x 100 x 127) / 45340 = 152.4.
  const std::array<std::uint8_t, 12> expected = {0, 100, 200, 128, 5, 60, 115, 255, 3, 78, 152, 178};
  fail_unless(pixels == expected, "got %d %d %d %d, %d %d %d %d, %d %d %d %d", pixels[0], pixels[1], pixels[2],
              pixels[3], pixels[4], pixels[5], pixels[6], pixels[7], pixels[8], pixels[9], pixels[10], pixels[11]);
}
END_TEST

static Suite* painter_suite() {
  auto* const suite = suite_create("painter");
  auto* const cases = tcase_create("painter");
  tcase_add_loop_test(cases, test_painter_changes_each_sample_by_the_formula_and_no_other_byte, 0,
                      int(frame_formats().size()));
  tcase_add_test(cases, test_painter_blends_chroma_once_with_the_covered_share);
  tcase_add_test(cases, test_painter_composites_over_the_destination_alpha);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(painter);
