// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <atomic>
#include <new>

#include "composite/contour_maker.hpp"
#include "composite/painter.hpp"
#include "composite/shapes.hpp"
#include "runs/frame_transform.hpp"
#include "support/gst_check.hpp"
#include "tracking/mask_morph.hpp"

using namespace sam2;

namespace {

std::atomic<int> allocations = 0;

}  // namespace

// Every other form of new ends in one of these.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto unit = static_cast<std::size_t>(alignment);
  if (void* const memory = std::aligned_alloc(unit, (size + unit - 1) / unit * unit)) return memory;
  throw std::bad_alloc();
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace {

constexpr runs::Size kMaskSize = {97, 61};
constexpr runs::Size kFrameSize = {203, 119};
/// Of the widest format, with four 16-bit samples a pixel.
constexpr std::ptrdiff_t kRowBytes = 8 * kFrameSize.width;

runs::RunMask random_mask(std::mt19937& random) {
  runs::RunMask mask;
  mask.reset(0);
  for (int y = 0; y < kMaskSize.height; ++y) {
    for (int x = int(random() % 4); x < kMaskSize.width; x += 1 + int(random() % 30)) {
      const int end = std::min(x + 1 + int(random() % 20), kMaskSize.width);
      mask.add_span(x, end);
      x = end;
    }
    mask.end_row();
  }
  return mask;
}

/// All that is done for a frame, with memory that lives as long as the stream.
struct FrameWork {
  runs::RunMask same, scaled, contour, disc;
  runs::FrameTransform identity{{kMaskSize, kMaskSize}};
  runs::FrameTransform stretch{{kMaskSize, kFrameSize}};
  runs::FrameTransform turned{{kMaskSize, kFrameSize, {1, 1}, runs::Fit::Contain, {true, true, false}}};
  runs::CoverageMask soft, smooth;
  runs::RunMask half_covered;
  composite::ContourMaker contours;
  tracking::MaskMorpher morpher;
  tracking::MaskMorph morph;
  runs::RunMask carried;
  std::vector<std::vector<std::uint8_t>> planes{4, std::vector<std::uint8_t>(kRowBytes* kFrameSize.height)};

  void run(const std::vector<runs::RunMask>& all) {
    for (const auto& mask : all) {
      morpher.set(morph, all.front(), region_props(all.front()).box, mask, region_props(mask).box);
      for (const int part : {1, 3}) morph.make(part * tracking::MaskMorph::kWhole / 4, carried);
      identity.apply(mask, same);
      turned.apply(mask, scaled);
      stretch.apply(mask, scaled);
      stretch.apply_smooth(mask, smooth);
      runs::threshold(smooth, half_covered);
      contours.make(scaled, kFrameSize, 2, contour);
      composite::make_disc({50, 40}, 6, kFrameSize, disc);
      soften(mask);
      for (const auto& format : composite::frame_formats()) draw(format);
    }
  }

  /// The mask with ends that are covered in part.
  void soften(const runs::RunMask& mask) {
    constexpr std::uint8_t kEnds[] = {200, 50};
    soft.reset(mask.top());
    for (auto y = mask.top(); y < mask.bottom(); ++y) {
      for (const auto& span : mask.row(y)) {
        soft.add_span(2 * span.begin, 2 * span.end - 2, 255);
        soft.add_span(2 * span.end - 2, kEnds);
      }
      soft.end_row();
    }
  }

  void draw(const composite::FrameFormat& format) {
    composite::FrameView view{kFrameSize.width, kFrameSize.height, {}, {}};
    for (std::size_t i = 0; i < format.plane_count; ++i) {
      view.planes[i] = planes[i].data();
      view.strides[i] = kRowBytes;
    }
    const composite::Painter painter(format, {});
    for (const auto* const shape : {&scaled, &contour, &disc}) painter.draw(view, *shape, {{1, 2, 3}, 128});
    painter.draw(view, soft, {{1, 2, 3}, 128});
  }
};

}  // namespace

START_TEST(test_frame_path_does_not_allocate_after_the_first_frame) {
  std::mt19937 random(7);
  std::vector<runs::RunMask> all;
  for (int i = 0; i < 10; ++i) all.push_back(random_mask(random));
  FrameWork work;
  const auto before = allocations.load();
  work.run(all);
  fail_unless(allocations.load() > before, "the counter does not count");

  const auto warm = allocations.load();
  work.run(all);
  fail_unless_equals_int(allocations.load() - warm, 0);
}
END_TEST

static Suite* allocation_suite() {
  auto* const suite = suite_create("allocation");
  auto* const cases = tcase_create("allocation");
  tcase_add_test(cases, test_frame_path_does_not_allocate_after_the_first_frame);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(allocation);
