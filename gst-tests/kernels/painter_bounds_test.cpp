// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// The painter must not as much as read a byte outside of the rows of a plane: here, there is no memory.
#include <sys/mman.h>

#include "composite/painter.hpp"
#include "support/gst_check.hpp"

using namespace sam2;
using namespace sam2::composite;

namespace {

constexpr std::pair<int, int> kSizes[] = {{1, 1},  {2, 2},  {3, 5},  {7, 4},   {15, 3},  {16, 6},  {17, 9},
                                          {31, 4}, {33, 2}, {47, 5}, {64, 10}, {131, 7}, {300, 12}};
enum class Side { Begin, End };

/// Memory between two pages that can't be touched. Begin or end of what is taken lies at one of them.
class GuardedMemory {
 public:
  GuardedMemory()
      : memory_(static_cast<std::uint8_t*>(
            mmap(nullptr, kBytes + 2 * kGuard, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    fail_unless(memory_ != MAP_FAILED && mprotect(memory_ + kGuard, kBytes, PROT_READ | PROT_WRITE) == 0);
  }
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;
  ~GuardedMemory() { munmap(memory_, kBytes + 2 * kGuard); }

  std::uint8_t* take(std::size_t bytes, Side side) const {
    fail_unless(bytes <= kBytes);
    return memory_ + kGuard + (side == Side::Begin ? 0 : kBytes - bytes);
  }

 private:
  static constexpr std::size_t kGuard = 65536;
  static constexpr std::size_t kBytes = 65536;

  std::uint8_t* memory_;
};

runs::RunMask make_mask(int width, int height, int kind, std::mt19937& random) {
  const auto pick = [&](int below) { return int(random() % unsigned(below)); };
  runs::RunMask mask;
  mask.reset(-1);
  for (int y = -1; y <= height; ++y) {
    if (kind == 0) {
      mask.add_span(-2, width + 2);
    } else if (kind == 1) {
      // As outlines have them, at both ends.
      mask.add_span(pick(3) - 1, 1 + pick(6));
      mask.add_span(std::max(8, width - 1 - pick(60)), width + pick(2));
      mask.add_span(width + 4, width + 9);
    } else {
      for (int x = pick(9) - 3; x < width + 3; x += 1 + pick(20)) {
        const int begin = x;
        x += 1 + pick(kind == 2 ? 6 : 90);
        mask.add_span(begin, x);
      }
    }
    mask.end_row();
  }
  return mask;
}

runs::CoverageMask soften(const runs::RunMask& mask) {
  runs::CoverageMask coverages;
  coverages.reset(mask.top());
  for (int y = mask.top(); y < mask.bottom(); ++y) {
    for (const auto& span : mask.row(y)) coverages.add_span(span.begin, span.end, 77);
    coverages.end_row();
  }
  return coverages;
}

}  // namespace

START_TEST(test_painter_touches_nothing_outside_of_the_planes) {
  const auto& format = frame_formats()[std::size_t(_i)];
  const std::array<GuardedMemory, 4> memories;
  std::mt19937 random(11);
  for (const auto& [width, height] : kSizes) {
    for (const auto side : {Side::Begin, Side::End}) {
      FrameView frame{width, height, {}, {}, random() % 2 == 0};
      for (std::size_t plane = 0; plane < format.plane_count; ++plane) {
        const auto row = row_bytes(format, int(plane), width);
        const auto stride = row + format.sample_bytes() * (random() % 5);
        const auto bytes = stride * (std::size_t(row_count(format, int(plane), height, frame.has_fields)) - 1) + row;
        frame.planes[plane] = memories[plane].take(bytes, side);
        frame.strides[plane] = std::ptrdiff_t(stride);
        std::fill_n(frame.planes[plane], bytes, std::uint8_t(random() % 2 == 0 ? 255 : 90));
      }
      for (const auto* const kernels : kernel_sets()) {
        for (int turn = 0; turn < 32; ++turn) {
          ColorEncoding encoding;
          encoding.depth = format.depth;
          const Painter painter(format, encoding, *kernels);
          const auto mask = make_mask(width, height, turn % 4, random);
          const Paint paint{{200, 30, 90}, std::uint8_t(turn % 8 < 4 ? 255 : 100)};
          painter.draw(frame, mask, paint);
          painter.draw(frame, soften(mask), paint);
        }
      }
    }
  }
}
END_TEST

static Suite* painter_bounds_suite() {
  auto* const suite = suite_create("painter_bounds");
  auto* const cases = tcase_create("painter_bounds");
  tcase_add_loop_test(cases, test_painter_touches_nothing_outside_of_the_planes, 0, int(frame_formats().size()));
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(painter_bounds);
