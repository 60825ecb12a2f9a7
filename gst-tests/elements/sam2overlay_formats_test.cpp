// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Draws a mask on every raw format that the running GStreamer knows, and compares with a loop over pixels. GStreamer's
// own unpacking and packing say where pixels are, and the formulas are integer fractions.
#include <numeric>

#include "support/overlay.hpp"
#include "support/sample_layout.hpp"

using namespace sam2::test;

namespace {

constexpr std::int64_t kAlpha = 128;  // of opacity 0.5
constexpr std::array<std::int64_t, 3> kColor = {200, 100, 50};
constexpr const char* kColorText = "#C86432";

/// GStreamer's functions may read and write a few bytes more than a frame has.
constexpr std::size_t kSlack = 64;

using Random = std::mt19937;
/// Samples of one pixel as GStreamer unpacks them: A, then R, G, B or Y, U, V, as values of their own depth.
using Pixel = std::array<std::int64_t, 4>;

std::int64_t round_quotient(std::int64_t numerator, std::int64_t denominator) {
  return (2 * numerator + denominator) / (2 * denominator);
}

struct Format {
  const GstVideoFormatInfo* info;
  GstVideoInfo video;
  bool is_interlaced;

  Format(const GstVideoFormatInfo* info_, int width, int height, bool is_interlaced_)
      : info(info_), video(video_info(caps(width, height, is_interlaced_))), is_interlaced(is_interlaced_) {}

  [[nodiscard]] std::string caps(int width, int height, bool interlaced) const {
    return caps_text(name(), width, height,
                     std::string("framerate=30/1,interlace-mode=") + (interlaced ? "interleaved" : "progressive"));
  }
  [[nodiscard]] std::string name() const { return GST_VIDEO_FORMAT_INFO_NAME(info); }
  [[nodiscard]] int width() const { return video.width; }
  [[nodiscard]] int height() const { return video.height; }
  [[nodiscard]] bool is_yuv() const { return GST_VIDEO_FORMAT_INFO_IS_YUV(info); }
  [[nodiscard]] bool is_gray() const { return GST_VIDEO_FORMAT_INFO_IS_GRAY(info); }
  [[nodiscard]] bool has_palette() const { return GST_VIDEO_FORMAT_INFO_HAS_PALETTE(info); }
  [[nodiscard]] bool has_alpha() const { return has_palette() || GST_VIDEO_FORMAT_INFO_N_COMPONENTS(info) == 4; }
  [[nodiscard]] bool is_unpacked_to_bytes() const {
    return GST_VIDEO_FORMAT_INFO_DEPTH(gst_video_format_get_info(info->unpack_format), 0) == 8;
  }
  /// Bits of the samples that are drawn.
  [[nodiscard]] int depth() const {
    return is_unpacked_to_bytes() ? 8 : static_cast<int>(GST_VIDEO_FORMAT_INFO_DEPTH(info, 0));
  }
  [[nodiscard]] int alpha_depth() const {
    return !has_alpha() || has_palette() ? depth() : static_cast<int>(GST_VIDEO_FORMAT_INFO_DEPTH(info, 3));
  }
  /// Interlaced, in a format whose chroma GStreamer keeps apart by fields.
  [[nodiscard]] bool keeps_fields() const {
    return is_interlaced && name() != "NV12_10BE_8L128" && !name().starts_with("MT2110");
  }
  [[nodiscard]] GstVideoPackFlags flags() const {
    const int truncates = is_unpacked_to_bytes() ? 0 : GST_VIDEO_PACK_FLAG_TRUNCATE_RANGE;
    return static_cast<GstVideoPackFlags>(truncates | (keeps_fields() ? GST_VIDEO_PACK_FLAG_INTERLACED : 0));
  }
  [[nodiscard]] std::int64_t largest() const { return (std::int64_t{1} << depth()) - 1; }
  /// What one of the levels of alpha is at the depth of the other samples.
  [[nodiscard]] std::int64_t alpha_level() const { return largest() / ((std::int64_t{1} << alpha_depth()) - 1); }
};

struct Planes {
  gpointer data[GST_VIDEO_MAX_PLANES] = {};
  gint strides[GST_VIDEO_MAX_PLANES] = {};

  Planes(const Format& format, Bytes& bytes) {
    for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&format.video); ++plane) {
      data[plane] = bytes.data() + GST_VIDEO_INFO_PLANE_OFFSET(&format.video, plane);
      strides[plane] = GST_VIDEO_INFO_PLANE_STRIDE(&format.video, plane);
    }
  }
};

std::vector<Pixel> unpack(const Format& format, Bytes bytes) {
  std::vector<Pixel> pixels;
  bytes.resize(bytes.size() + kSlack);
  const Planes planes(format, bytes);
  std::vector<guint16> line(static_cast<std::size_t>(format.width() + 64) * 4);
  for (int y = 0; y < format.height(); ++y) {
    format.info->unpack_func(format.info, format.flags(), line.data(), planes.data, planes.strides, 0, y,
                             format.width());
    for (int x = 0; x < format.width(); ++x) {
      Pixel pixel;
      for (int i = 0; i < 4; ++i) {
        const auto at = static_cast<std::size_t>(4 * x + i);
        const auto bits = i == 0 ? format.alpha_depth() : format.depth();
        pixel[static_cast<std::size_t>(i)] =
            format.is_unpacked_to_bytes() ? reinterpret_cast<guint8*>(line.data())[at] : line[at] >> (16 - bits);
      }
      pixel[0] *= format.alpha_level();
      pixels.push_back(pixel);
    }
  }
  return pixels;
}

/// Writes pixels into a frame. Bits that belong to no pixel may change.
void pack(const Format& format, const std::vector<Pixel>& pixels, Bytes& bytes) {
  bytes.resize(bytes.size() + kSlack);
  Planes planes(format, bytes);
  std::vector<guint16> line(static_cast<std::size_t>(format.width() + 64) * 4);
  for (int y = 0; y < format.height(); ++y) {
    for (int x = 0; x < format.width(); ++x) {
      auto pixel = pixels[static_cast<std::size_t>(y * format.width() + x)];
      pixel[0] = round_quotient(pixel[0], format.alpha_level());
      for (int i = 0; i < 4; ++i) {
        const auto at = static_cast<std::size_t>(4 * x + i);
        const auto value = pixel[static_cast<std::size_t>(i)];
        const auto bits = i == 0 ? format.alpha_depth() : format.depth();
        if (format.is_unpacked_to_bytes()) {
          reinterpret_cast<guint8*>(line.data())[at] = static_cast<guint8>(value);
        } else {
          line[at] = static_cast<guint16>(value << (16 - bits));
        }
      }
    }
    format.info->pack_func(format.info, format.flags(), line.data(), static_cast<gint>(line.size()), planes.data,
                           planes.strides, GST_VIDEO_CHROMA_SITE_UNKNOWN, y, format.width());
  }
  bytes.resize(bytes.size() - kSlack);
}

/// Code of the colour: full range for R, G, B and gray, limited BT.601 for Y, U, V.
std::int64_t code_of(const Format& format, std::size_t component) {
  if (component == 0) return format.largest();
  const auto luma = 299 * kColor[0] + 587 * kColor[1] + 114 * kColor[2];
  if (format.is_gray()) return round_quotient(format.largest() * luma, 255 * 1000);
  if (!format.is_yuv()) return round_quotient(format.largest() * kColor[component - 1], 255);
  const auto unit = std::int64_t{1} << (format.depth() - 8);
  if (component == 1) return round_quotient(16 * unit * 255000 + 219 * unit * luma, 255000);
  const auto primary = component == 2 ? kColor[2] : kColor[0];
  const auto weight = component == 2 ? 114 : 299;
  const auto divisor = 2 * (1000 - weight) * 255;
  return round_quotient(128 * unit * divisor + 224 * unit * (1000 * primary - luma), divisor);
}

/// The pixels that share a sample of a component with pixel (x, y), which is the first of them.
std::vector<std::size_t> group_of(const Format& format, std::size_t component, int x, int y) {
  const bool is_chroma = format.is_yuv() && component >= 2;
  const int columns = is_chroma ? 1 << GST_VIDEO_FORMAT_INFO_W_SUB(format.info, 1) : 1;
  const int rows = is_chroma ? 1 << GST_VIDEO_FORMAT_INFO_H_SUB(format.info, 1) : 1;
  const int step = rows > 1 && format.keeps_fields() ? 2 : 1;
  std::vector<std::size_t> group;
  const int in_field = step == 2 ? (y % (2 * rows)) / 2 : y % rows;
  if (x % columns != 0 || in_field != 0) return group;
  for (int v = y; v < std::min(y + rows * step, format.height()); v += step) {
    for (int u = x; u < std::min(x + columns, format.width()); ++u) {
      group.push_back(static_cast<std::size_t>(v * format.width() + u));
    }
  }
  return group;
}

std::vector<Pixel> draw(const Format& format, const std::vector<Pixel>& before, const std::vector<bool>& mask) {
  auto after = before;
  for (int y = 0; y < format.height(); ++y) {
    for (int x = 0; x < format.width(); ++x) {
      for (std::size_t component = format.has_alpha() ? 0 : 1; component < (format.is_gray() ? 2U : 4U); ++component) {
        const auto group = group_of(format, component, x, y);
        const auto n = static_cast<std::int64_t>(group.size());
        std::int64_t covered = 0;
        std::int64_t alphas = 0;
        for (const auto pixel : group) {
          covered += mask[pixel] ? 1 : 0;
          alphas += format.has_alpha() ? before[pixel][0] : format.largest();
        }
        if (covered == 0) continue;
        const auto a = kAlpha * covered;           // times 255 n
        const auto kept = alphas * (255 * n - a);  // times 255 n n
        const auto total = format.largest() * a * n + kept;
        const auto d = before[group.front()][component];
        const auto value =
            component == 0 ? round_quotient(total, 255 * n * n)
                           : round_quotient(code_of(format, component) * format.largest() * a * n + d * kept, total);
        for (const auto pixel : group) after[pixel][component] = value;
      }
    }
  }
  return after;
}

/// Of drawn pixels, the first entry of the palette with the least sum of squared differences.
Bytes draw_indices(const Format& format, const Bytes& before, const std::vector<Pixel>& drawn,
                   const std::vector<bool>& mask) {
  auto colors = before;
  auto ramp = format;
  gst_video_info_set_format(&ramp.video, GST_VIDEO_INFO_FORMAT(&format.video), 256, 1);
  Bytes indices(ramp.video.size);
  std::iota(indices.begin(), indices.begin() + 256, std::uint8_t{0});
  const auto palette_at = GST_VIDEO_INFO_PLANE_OFFSET(&format.video, 1);
  std::copy_n(before.begin() + static_cast<std::ptrdiff_t>(palette_at), 1024,
              indices.begin() + static_cast<std::ptrdiff_t>(GST_VIDEO_INFO_PLANE_OFFSET(&ramp.video, 1)));
  const auto palette = unpack(ramp, indices);
  for (std::size_t pixel = 0; pixel < mask.size(); ++pixel) {
    if (!mask[pixel]) continue;
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (std::size_t entry = 0; entry < palette.size(); ++entry) {
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < 4; ++i) {
        sum += (palette[entry][i] - drawn[pixel][i]) * (palette[entry][i] - drawn[pixel][i]);
      }
      if (sum >= least) continue;
      least = sum;
      const auto x = pixel % static_cast<std::size_t>(format.width());
      const auto y = pixel / static_cast<std::size_t>(format.width());
      colors[y * static_cast<std::size_t>(format.video.stride[0]) + x] = static_cast<std::uint8_t>(entry);
    }
  }
  return colors;
}

Bytes noise(std::size_t size, Random& random) {
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

std::vector<std::string> random_picture(int width, int height, Random& random) {
  std::vector<std::string> rows;
  bool is_inside = false;
  int left = 0;
  for (int y = 0; y < height; ++y) {
    rows.emplace_back();
    // Some rows stay empty, and most have spans of any length.
    const bool is_empty = random() % 5 == 0;
    for (int x = 0; x < width; ++x) {
      if (left-- <= 0) {
        is_inside = !is_inside;
        left = static_cast<int>(random() % 9);
      }
      rows.back() += is_inside && !is_empty ? 'A' : '.';
    }
  }
  return rows;
}

/// Bits of a frame that packing does not write.
Bytes leftovers(const Format& format, const Bytes& bytes) {
  auto packed = bytes;
  pack(format, unpack(format, bytes), packed);
  for (std::size_t i = 0; i < packed.size(); ++i) packed[i] ^= bytes[i];
  return packed;
}

void check_format(const GstVideoFormatInfo* info, int width, int height, bool is_interlaced, Random& random) {
  const Format format(info, width, height, is_interlaced);
  const auto picture = random_picture(width, height, random);
  std::vector<bool> mask;
  for (const auto& row : picture) {
    for (const auto letter : row) mask.push_back(letter == 'A');
  }
  const MaskFile file({picture_masks(picture)});
  // Of words with unused bits, noise in these is no frame: kernel tests hold them.
  const bool is_whole = has_whole_samples(info);
  // GStreamer 1.22 swaps the chroma of the last column of NV61 and VYUY.
  const bool is_swapped_at_end = width % 2 != 0 && (format.name() == "NV61" || format.name() == "VYUY");
  if (is_swapped_at_end) return;
  const auto what =
      format.name() + " " + std::to_string(width) + "x" + std::to_string(height) + (is_interlaced ? " interlaced" : "");
  for (const bool is_noisy : {false, true}) {
    if (is_noisy && is_whole) continue;
    auto before = noise(format.video.size, random);
    if (!is_noisy && !format.has_palette()) {
      const auto pixels = unpack(format, before);
      before.assign(before.size(), 0);
      pack(format, pixels, before);
    }
    Overlay overlay(file.with({{"draw", "fill"}, {"colors", kColorText}}), format.caps(width, height, is_interlaced));
    const auto after = overlay.process(before);
    assert_no_reports(overlay);
    const auto drawn = draw(format, unpack(format, before), mask);
    if (format.has_palette()) {
      fail_unless(after == draw_indices(format, before, drawn, mask), "%s", what.c_str());
      continue;
    }
    auto expected = before;
    pack(format, drawn, expected);
    // With an odd width, packing makes up the pixel behind the last one of YUY2 and its kin.
    const bool has_half_pair = width % 2 != 0 && GST_VIDEO_FORMAT_INFO_W_SUB(info, 1) == 1 &&
                               GST_VIDEO_FORMAT_INFO_N_PLANES(info) == 1 && format.name() != "v210";
    if (has_half_pair) {
      fail_unless(unpack(format, after) == drawn, "%s", what.c_str());
      continue;
    }
    if (!is_noisy) {
      const auto at = std::ranges::mismatch(after, expected);
      fail_unless(after == expected, "%s: byte %td of %zu is %d, expected %d", what.c_str(), at.in1 - after.begin(),
                  after.size(), at.in1 == after.end() ? -1 : *at.in1, at.in2 == expected.end() ? -1 : *at.in2);
      continue;
    }
    fail_unless(unpack(format, after) == unpack(format, expected), "%s, with noise", what.c_str());
    // Rows of tiles are packed as a whole, and have no other bits.
    fail_unless(GST_VIDEO_FORMAT_INFO_IS_TILED(info) || leftovers(format, after) == leftovers(format, before),
                "%s: bits that belong to no pixel change", what.c_str());
  }
}

std::vector<GstVideoFormat> raw_formats() {
  guint count = 0;
  const auto* const formats = gst_video_formats_raw(&count);
  return {formats, formats + count};
}

}  // namespace

START_TEST(test_every_raw_format_of_gstreamer_is_drawn_to_the_bit) {
  const auto* const info = gst_video_format_get_info(raw_formats()[static_cast<std::size_t>(_i)]);
  Random random(static_cast<unsigned>(_i) + 1);
  for (const bool is_interlaced : {false, true}) {
    for (const auto& [width, height] : {std::pair{1, 1}, {2, 3}, {7, 5}, {12, 8}, {37, 16}, {96, 66}, {143, 35}}) {
      // GStreamer's layout of some formats lacks a row of chroma with other heights.
      if (is_interlaced && height % 4 != 0) continue;
      check_format(info, width, height, is_interlaced, random);
    }
  }
}
END_TEST

START_TEST(test_interlaced_frames_of_any_height_are_drawn) {
  Random random(3);
  for (const auto raw : raw_formats()) {
    for (const auto& [width, height] : {std::pair{2, 2}, {12, 5}, {12, 6}, {12, 7}}) {
      const Format format(gst_video_format_get_info(raw), width, height, true);
      const MaskFile file({picture_masks(random_picture(width, height, random))});
      Overlay overlay(file.with({{"draw", "fill"}}), format.caps(width, height, true));
      overlay.process(noise(format.video.size, random));
      assert_no_reports(overlay);
    }
  }
}
END_TEST

START_TEST(test_pad_templates_list_every_raw_format_of_gstreamer) {
  auto expected = std::vector<std::string>();
  for (const auto format : raw_formats()) expected.emplace_back(gst_video_format_to_string(format));
  auto listed = drawn_formats();
  std::ranges::sort(expected);
  std::ranges::sort(listed);
  fail_unless(listed == expected);
}
END_TEST

static Suite* sam2overlay_formats_suite() {
  auto* const suite = suite_create("sam2overlay_formats");
  auto* const tests = tcase_create("formats");
  tcase_set_timeout(tests, 120);
  tcase_add_loop_test(tests, test_every_raw_format_of_gstreamer_is_drawn_to_the_bit, 0,
                      static_cast<int>(raw_formats().size()));
  tcase_add_test(tests, test_interlaced_frames_of_any_height_are_drawn);
  tcase_add_test(tests, test_pad_templates_list_every_raw_format_of_gstreamer);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_formats);
