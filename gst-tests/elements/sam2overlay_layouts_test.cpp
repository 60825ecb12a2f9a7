// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Formats packed in bits, in tiles, by a palette or in the other byte order, in buffers with strides, offsets and crops
// of any size. GStreamer's own unpacking says where pixels are. sam2overlay_memory_test has all other formats.
#include "support/overlay.hpp"

using namespace sam2::test;

namespace {

/// GStreamer's functions may read a few bytes more than a frame has.
constexpr std::size_t kSlack = 64;

/// A buffer of `width` x `height` pixels, of which the caps show a part.
struct Layout {
  int width, height;
  guint left, top;
  int shown_width, shown_height;
  int padding;      ///< bytes, or tiles, behind each row
  std::size_t gap;  ///< bytes before each plane
};

std::vector<std::string> undescribed_formats() {
  auto formats = drawn_formats();
  const auto described = described_formats();
  std::erase_if(formats, [&](const auto& name) { return std::ranges::find(described, name) != described.end(); });
  return formats;
}

class Frame {
 public:
  Frame(const std::string& format, const Layout& layout)
      : info_(video_info(caps_text(format, layout.width, layout.height))) {
    std::size_t size = 0;
    for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&info_); ++plane) {
      const auto stride = GST_VIDEO_INFO_PLANE_STRIDE(&info_, plane);
      const auto is_palette = GST_VIDEO_FORMAT_INFO_HAS_PALETTE(info_.finfo) && plane == 1;
      offsets_[plane] = size + layout.gap;
      if (is_palette) {
        strides_[plane] = stride;
        size = offsets_[plane] + 1024;
      } else if (GST_VIDEO_FORMAT_INFO_IS_TILED(info_.finfo)) {
        strides_[plane] = GST_VIDEO_TILE_MAKE_STRIDE(GST_VIDEO_TILE_X_TILES(stride) + layout.padding,
                                                     GST_VIDEO_TILE_Y_TILES(stride) + layout.padding);
        size = offsets_[plane] + std::size_t(GST_VIDEO_TILE_X_TILES(strides_[plane])) *
                                     std::size_t(GST_VIDEO_TILE_Y_TILES(strides_[plane])) *
                                     GST_VIDEO_FORMAT_INFO_TILE_SIZE(info_.finfo, plane);
      } else {
        strides_[plane] = stride + layout.padding;
        size = offsets_[plane] + std::size_t(strides_[plane]) * std::size_t(rows_of(plane));
      }
    }
    bytes_ = noise(size, 5);
  }

  [[nodiscard]] GstBuffer* buffer(const Layout& layout) {
    auto* const buffer = make_buffer(bytes_);
    gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&info_),
                                   guint(layout.width), guint(layout.height), GST_VIDEO_INFO_N_PLANES(&info_), offsets_,
                                   strides_);
    if (layout.left != 0 || layout.top != 0) {
      auto* const crop = gst_buffer_add_video_crop_meta(buffer);
      crop->x = layout.left;
      crop->y = layout.top;
      crop->width = guint(layout.shown_width);
      crop->height = guint(layout.shown_height);
    }
    return buffer;
  }

  void take(GstBuffer* buffer) { bytes_ = bytes_of(buffer); }

  /// All pixels as GStreamer unpacks them, without the bits that are below the depth of the format.
  [[nodiscard]] std::vector<std::uint64_t> pixels() const {
    auto bytes = bytes_;
    bytes.resize(bytes.size() + kSlack);
    gpointer data[GST_VIDEO_MAX_PLANES] = {};
    auto strides = std::to_array(strides_);
    for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&info_); ++plane)
      data[plane] = bytes.data() + offsets_[plane];
    const auto pixel_bytes =
        std::size_t(GST_VIDEO_FORMAT_INFO_BITS(gst_video_format_get_info(info_.finfo->unpack_format)) / 8 * 4);
    const bool has_words = pixel_bytes == sizeof(std::uint64_t);
    const auto below = has_words ? 16 - GST_VIDEO_INFO_COMP_DEPTH(&info_, 0) : 0;
    const auto mask = std::uint64_t(0xFFFF << below & 0xFFFF) * 0x0001000100010001;
    std::vector<std::uint64_t> line(std::size_t(info_.width) + kSlack);
    std::vector<std::uint64_t> pixels;
    for (int y = 0; y < info_.height; ++y) {
      info_.finfo->unpack_func(info_.finfo, GST_VIDEO_PACK_FLAG_NONE, line.data(), data, strides.data(), 0, y,
                               info_.width);
      for (int x = 0; x < info_.width; ++x) {
        std::uint64_t pixel = 0;
        std::memcpy(&pixel, reinterpret_cast<const char*>(line.data()) + std::size_t(x) * pixel_bytes, pixel_bytes);
        pixels.push_back(pixel & mask);
      }
    }
    return pixels;
  }

  /// The bytes between planes, and behind the bytes that GStreamer's own layout gives to each row.
  [[nodiscard]] Bytes padding() const {
    Bytes padding;
    std::size_t end = 0;
    for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&info_); ++plane) {
      padding.insert(padding.end(), bytes_.begin() + std::ptrdiff_t(end),
                     bytes_.begin() + std::ptrdiff_t(offsets_[plane]));
      end = offsets_[plane];
      const auto used = std::size_t(GST_VIDEO_INFO_PLANE_STRIDE(&info_, plane));
      const bool has_rows = !GST_VIDEO_FORMAT_INFO_IS_TILED(info_.finfo) &&
                            !(GST_VIDEO_FORMAT_INFO_HAS_PALETTE(info_.finfo) && plane == 1);
      if (!has_rows) {
        end = plane + 1 < GST_VIDEO_INFO_N_PLANES(&info_) ? offsets_[plane + 1] : bytes_.size();
        continue;
      }
      for (int row = 0; row < rows_of(plane); ++row) {
        const auto next = end + std::size_t(strides_[plane]);
        padding.insert(padding.end(), bytes_.begin() + std::ptrdiff_t(end + used),
                       bytes_.begin() + std::ptrdiff_t(next));
        end = next;
      }
    }
    return padding;
  }

 private:
  [[nodiscard]] int rows_of(guint plane) const {
    gint components[GST_VIDEO_MAX_COMPONENTS];
    gst_video_format_info_component(info_.finfo, plane, components);
    return GST_VIDEO_INFO_COMP_HEIGHT(&info_, components[0]);
  }

  GstVideoInfo info_;
  gsize offsets_[GST_VIDEO_MAX_PLANES] = {};
  gint strides_[GST_VIDEO_MAX_PLANES] = {};
  Bytes bytes_;
};

/// A mask everywhere, opaque.
const MaskFile& full_masks() {
  static const MaskFile masks({mask_array(2, 1, 2, 2, [](auto, auto, auto, auto) { return true; })});
  return masks;
}

/// The pixels that are shown have all become alike, and nothing else has changed.
void check(const std::string& format, const Layout& layout) {
  const auto what = format + " " + std::to_string(layout.left) + "," + std::to_string(layout.top) + " padding " +
                    std::to_string(layout.padding);
  Overlay overlay(full_masks().with({{"draw", "fill"}, {"opacity", "1"}, {"colors", "#C86432"}}),
                  caps_text(format, layout.shown_width, layout.shown_height));
  Frame frame(format, layout);
  const auto before = frame.pixels();
  const auto padding = frame.padding();
  frame.take(overlay.process(frame.buffer(layout)).get());
  assert_no_reports(overlay);
  fail_unless(frame.padding() == padding, "%s: bytes that belong to no pixel changed", what.c_str());
  const auto after = frame.pixels();
  const auto first = after[std::size_t(layout.top) * std::size_t(layout.width) + layout.left];
  for (int y = 0; y < layout.height; ++y) {
    for (int x = 0; x < layout.width; ++x) {
      const auto at = std::size_t(y * layout.width + x);
      const bool is_shown =
          guint(x) - layout.left < guint(layout.shown_width) && guint(y) - layout.top < guint(layout.shown_height);
      fail_unless(after[at] == (is_shown ? first : before[at]), "%s: pixel %d,%d", what.c_str(), x, y);
    }
  }
}

}  // namespace

START_TEST(test_strides_and_offsets_are_taken_as_the_meta_says) {
  for (const auto& format : undescribed_formats()) {
    for (const auto& [padding, gap] : {std::pair<int, std::size_t>{0, 21}, {1, 0}, {13, 3}}) {
      check(format, {48, 20, 0, 0, 48, 20, padding, gap});
    }
  }
}
END_TEST

START_TEST(test_crop_meta_moves_the_window) {
  for (const auto& format : undescribed_formats()) {
    const auto* const info = gst_video_format_get_info(gst_video_format_from_string(format.c_str()));
    // Of whole chroma samples, which may begin within a group of packed pixels.
    check(format, {80, 60, 8, 6, 48, 20, 5, 7});
    check(format, {80, 60, 32, 40, 48, 20, 0, 0});
    const bool is_subsampled = GST_VIDEO_FORMAT_INFO_W_SUB(info, 1) + GST_VIDEO_FORMAT_INFO_H_SUB(info, 1) > 0;
    if (!is_subsampled) check(format, {80, 60, 7, 5, 47, 19, 3, 1});
  }
}
END_TEST

static Suite* sam2overlay_layouts_suite() {
  auto* const suite = suite_create("sam2overlay_layouts");
  auto* const tests = tcase_create("layouts");
  tcase_add_test(tests, test_strides_and_offsets_are_taken_as_the_meta_says);
  tcase_add_test(tests, test_crop_meta_moves_the_window);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_layouts);
