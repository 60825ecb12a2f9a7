// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Drawing with the samples of a RowSource: every format, held to a loop over pixels that finds samples by GStreamer's
// description of the format.
#include "composite/source_drawing.hpp"

#include "painter_reference.hpp"

using namespace sam2;
using namespace sam2::composite;
using sam2::test::DenseMask;
using sam2::test::ReferenceFrame;

namespace {

using Random = std::mt19937;

constexpr std::array<std::pair<int, int>, 7> kSizes = {{{1, 1}, {2, 1}, {1, 2}, {3, 5}, {17, 9}, {66, 47}, {1100, 3}}};

/// Three quarters of a sample, rounded down.
int dim(int sample) {
  return 3 * sample / 4;
}

/// The smallest effect there is: dims a copy of the frame.
class Dim : public RowSource {
 public:
  explicit Dim(ReferenceFrame frame) : frame_(std::move(frame)), view_(frame_.view()) {
    for (int component = 0; component < int(GST_VIDEO_FORMAT_INFO_N_COMPONENTS(frame_.info)); ++component) {
      for (int y = 0; y < frame_.rows(component); ++y) {
        for (int x = 0; x < frame_.columns(component); ++x) {
          const auto sample = frame_.word(component, x, y) >> frame_.shift();
          frame_.set_word(component, x, y, dim(sample) << frame_.shift());
        }
      }
    }
  }

  const std::uint8_t* row(const SampleLayer& layer, std::int32_t row, std::int32_t begin, std::int32_t end) override {
    const auto columns = (frame_.width + (1 << layer.width_shift) - 1) >> layer.width_shift;
    fail_unless(0 <= begin && begin < end && end <= columns, "asks for groups %d to %d of %d", begin, end, columns);
    fail_unless(!luma_rows_of(layer, row).empty(), "asks for row %d", row);
    // A copy of just these groups, so that memory checkers see reads beyond them.
    const auto* const first =
        view_.planes[layer.plane] + row * view_.strides[layer.plane] + begin * std::ptrdiff_t{layer.step};
    groups_.assign(first, first + (end - begin) * std::ptrdiff_t{layer.step});
    return groups_.data();
  }

 private:
  [[nodiscard]] std::vector<int> luma_rows_of(const SampleLayer& layer, std::int32_t row) const {
    return frame_.luma_rows(layer.height_shift > 0 ? GST_VIDEO_COMP_U : GST_VIDEO_COMP_Y, row);
  }

  ReferenceFrame frame_;
  FrameView view_;
  std::vector<std::uint8_t> groups_;
};

ReferenceFrame make_frame(const FrameFormat& format, int width, int height, Random& random) {
  ReferenceFrame frame;
  frame.info = gst_video_format_get_info(gst_video_format_from_string(std::string(format.name).c_str()));
  frame.layout.emplace(frame.info);
  frame.has_fields = random() % 3 == 0;
  frame.width = width;
  frame.height = height;
  std::size_t size = 64;
  for (std::size_t plane = 0; plane < format.plane_count; ++plane) {
    const auto extra = random() % 3 == 0 ? 0 : 2 * (random() % 20);
    frame.strides[plane] = std::ptrdiff_t(row_bytes(format, int(plane), width) + extra);
    frame.offsets[plane] = size;
    size += std::size_t(frame.strides[plane] * row_count(format, int(plane), height + 3)) + 64;
  }
  frame.bytes.assign(size, ReferenceFrame::kCanary);
  for (int component = 0; component < int(GST_VIDEO_FORMAT_INFO_N_COMPONENTS(frame.info)); ++component) {
    for (int y = 0; y < frame.rows(component); ++y) {
      for (int x = 0; x < frame.columns(component); ++x) {
        frame.set_word(component, x, y, (int(random()) & ((1 << frame.depth()) - 1)) << frame.shift());
      }
    }
  }
  return frame;
}

/// Coverages of 0 and 255 in runs, with others at their ends if the mask is soft.
DenseMask make_mask(int width, int height, bool is_soft, Random& random) {
  constexpr int kMargin = DenseMask::kMargin;
  DenseMask mask(width, height);
  int left = 0;
  bool is_inside = false;
  for (int y = -kMargin; y < height + kMargin; ++y) {
    for (int x = -kMargin; x < width + kMargin; ++x) {
      if (left-- == 0) {
        is_inside = !is_inside;
        left = int(random() % 30);
      }
      const bool is_end = left < 2;
      mask.at(x, y) = static_cast<std::uint8_t>(!is_inside ? 0 : is_soft && is_end ? random() % 256 : 255);
    }
  }
  return mask;
}

/// d' = d (1 - a) + s a, with a = A / 255 times the mean coverage of the luma samples that the sample covers.
void mix_reference(ReferenceFrame& frame, const DenseMask& mask, int alpha, Samples samples) {
  for (int component = 0; component < int(GST_VIDEO_FORMAT_INFO_N_COMPONENTS(frame.info)); ++component) {
    const bool is_alpha = component == GST_VIDEO_COMP_A;
    if (samples != Samples::All && is_alpha != (samples == Samples::Alpha)) continue;
    const int sx = 1 << GST_VIDEO_FORMAT_INFO_W_SUB(frame.info, component);
    for (int y = 0; y < frame.rows(component); ++y) {
      const auto luma_rows = frame.luma_rows(component, y);
      for (int x = 0; x < frame.columns(component); ++x) {
        std::int64_t n = 0, coverage = 0;
        for (const int v : luma_rows) {
          for (int u = x * sx; u < std::min((x + 1) * sx, frame.width); ++u) {
            ++n;
            coverage += mask.at(u, v);
          }
        }
        if (coverage == 0 || alpha == 0) continue;
        const std::int64_t d = frame.word(component, x, y) >> frame.shift();
        const std::int64_t whole = 255 * 255 * n;
        const std::int64_t weight = alpha * coverage;
        const auto value = test::round_quotient(d * (whole - weight) + dim(int(d)) * weight, whole);
        frame.set_word(component, x, y, value << frame.shift());
      }
    }
  }
}

void check(const ReferenceFrame& drawn, const ReferenceFrame& expected, const std::string& what) {
  if (drawn.bytes == expected.bytes) return;
  const auto at = std::mismatch(drawn.bytes.begin(), drawn.bytes.end(), expected.bytes.begin());
  fail_unless(false, "%s: byte %td (planes at %zu %zu %zu %zu) is %d, expected %d", what.c_str(),
              at.first - drawn.bytes.begin(), drawn.offsets[0], drawn.offsets[1], drawn.offsets[2], drawn.offsets[3],
              *at.first, *at.second);
}

}  // namespace

START_TEST(test_source_is_mixed_by_the_formula_and_no_other_byte_changes) {
  const auto& format = frame_formats()[std::size_t(_i)];
  if (gst_video_format_from_string(std::string(format.name).c_str()) == GST_VIDEO_FORMAT_UNKNOWN) return;
  Random random(unsigned(_i) + 1);
  const Painter painter(format, {});
  for (const auto& [width, height] : kSizes) {
    for (int turn = 0; turn < 18; ++turn) {
      const bool is_soft = turn % 2 != 0;
      constexpr int kAlphas[] = {255, 100, 0};
      const auto alpha = std::uint8_t(kAlphas[turn / 2 % 3]);
      const auto samples = std::array{Samples::Color, Samples::Alpha, Samples::All}[std::size_t(turn / 6)];
      const auto frame = make_frame(format, width, height, random);
      const auto mask = make_mask(width, height, is_soft, random);
      auto expected = frame;
      mix_reference(expected, mask, alpha, samples);
      auto drawn = frame;
      Dim source(frame);
      if (is_soft) {
        painter.draw(drawn.view(), mask.to_coverages(random), source, alpha, samples);
      } else {
        painter.draw(drawn.view(), mask.to_runs(), source, alpha, samples);
      }
      std::ostringstream what;
      what << format.name << " " << width << "x" << height << (is_soft ? ", soft" : ", hard") << ", alpha "
           << int(alpha) << ", samples " << int(samples);
      check(drawn, expected, what.str());
    }
  }
}
END_TEST

START_TEST(test_shared_chroma_takes_the_covered_share_of_the_source) {
  // 3x3 NV12: the source is black. The mask is the right column and the pixel
  // left of it in row 1.
  class Black : public RowSource {
   public:
    const std::uint8_t* row(const SampleLayer&, std::int32_t, std::int32_t, std::int32_t) override {
      return zeros_.data();
    }

   private:
    std::array<std::uint8_t, 16> zeros_{};
  };
  std::array<std::uint8_t, 9> luma;
  std::array<std::uint8_t, 8> chroma;
  luma.fill(100);
  chroma.fill(100);
  const FrameView frame{3, 3, {luma.data(), chroma.data()}, {3, 4}};
  runs::RunMask mask;
  mask.reset(0);
  for (const int begin : {2, 1, 2}) {
    mask.add_span(begin, 3);
    mask.end_row();
  }
  Black source;
  Painter(*find_frame_format("NV12"), {}).draw(frame, mask, source, 255, Samples::Color);
  const std::array<std::uint8_t, 9> expected_luma = {100, 100, 0, 100, 0, 0, 100, 100, 0};
  // One of four luma samples, all of two, none, all of one.
  const std::array<std::uint8_t, 8> expected_chroma = {75, 75, 0, 0, 100, 100, 0, 0};
  fail_unless(luma == expected_luma);
  fail_unless(chroma == expected_chroma);
}
END_TEST

static Suite* source_drawing_suite() {
  auto* const suite = suite_create("source_drawing");
  auto* const cases = tcase_create("source_drawing");
  tcase_add_loop_test(cases, test_source_is_mixed_by_the_formula_and_no_other_byte_changes, 0,
                      int(frame_formats().size()));
  tcase_add_test(cases, test_shared_chroma_takes_the_covered_share_of_the_source);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(source_drawing);
