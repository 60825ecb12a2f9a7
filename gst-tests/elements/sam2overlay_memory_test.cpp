// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Buffers as they come: strides, planes, crops, wrong ones, shared ones, and what travels with them.
#include <gst/video/video-overlay-composition.h>

#include "support/overlay.hpp"

using namespace sam2::test;

namespace {

constexpr std::uint8_t kCanary = 0xC5;

Properties opaque(Properties more = {}) {
  more.insert(more.begin(), {{"draw", "fill"}, {"opacity", "1"}, {"colors", "#FFFFFF"}});
  return more;
}

/// Two frames with a mask everywhere, then (from 2/30 s on) one without.
const MaskFile& full_masks() {
  static const MaskFile masks({mask_array(3, 1, 2, 2, [](auto t, auto, auto, auto) { return t < 2; })});
  return masks;
}

constexpr GstClockTime kNoMask = 2 * GST_SECOND / 30;

/// How the planes of a frame lie in memory.
struct Layout {
  int width, height;  ///< that the video meta states
  int padding;        ///< bytes behind each row
  std::size_t gap;    ///< bytes before each plane
  bool memory_per_plane;
};

int plane_rows(const GstVideoInfo& info, guint plane) {
  gint components[GST_VIDEO_MAX_COMPONENTS];
  gst_video_format_info_component(info.finfo, plane, components);
  return GST_VIDEO_INFO_COMP_HEIGHT(&info, components[0]);
}

/// A frame with a video meta. All bytes, padding too, are `content`.
GstBuffer* make_laid_out(const std::string& format, const Layout& layout, std::uint8_t content) {
  const auto info = video_info(caps_text(format, layout.width, layout.height));
  auto* buffer = gst_buffer_new();
  gsize offsets[GST_VIDEO_MAX_PLANES] = {};
  gint strides[GST_VIDEO_MAX_PLANES] = {};
  std::size_t size = 0;
  for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&info); ++plane) {
    strides[plane] = GST_VIDEO_INFO_PLANE_STRIDE(&info, plane) + layout.padding;
    offsets[plane] = size + layout.gap;
    const auto bytes = layout.gap + static_cast<std::size_t>(strides[plane] * plane_rows(info, plane));
    size += bytes;
    if (layout.memory_per_plane) gst_buffer_append_memory(buffer, gst_allocator_alloc(nullptr, bytes, nullptr));
  }
  if (!layout.memory_per_plane) gst_buffer_append_memory(buffer, gst_allocator_alloc(nullptr, size, nullptr));
  gst_buffer_memset(buffer, 0, content, size);
  gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&info), guint(layout.width),
                                 guint(layout.height), GST_VIDEO_INFO_N_PLANES(&info), offsets, strides);
  GST_BUFFER_PTS(buffer) = 0;
  GST_BUFFER_DURATION(buffer) = GST_SECOND / 30;
  return buffer;
}

/// Every byte of every plane within the window has been drawn on, and no other.
void assert_window(GstBuffer* buffer, const GstVideoInfo& window, guint x, guint y, std::uint8_t content) {
  const auto* meta = gst_buffer_get_video_meta(buffer);
  const auto bytes = bytes_of(buffer);
  std::vector<bool> expected(bytes.size(), false);
  for (guint c = 0; c < GST_VIDEO_INFO_N_COMPONENTS(&window); ++c) {
    const auto plane = GST_VIDEO_INFO_COMP_PLANE(&window, c);
    // Where luma and chroma share a plane, a window begins at a whole group of both.
    const bool packed_pairs =
        GST_VIDEO_INFO_N_PLANES(&window) == 1 && GST_VIDEO_FORMAT_INFO_W_SUB(window.finfo, 1) == 1;
    const auto left = (packed_pairs ? x & ~1U : x) >> GST_VIDEO_FORMAT_INFO_W_SUB(window.finfo, c);
    const auto top = y >> GST_VIDEO_FORMAT_INFO_H_SUB(window.finfo, c);
    const auto step = GST_VIDEO_INFO_COMP_PSTRIDE(&window, c);
    const std::size_t size = GST_VIDEO_FORMAT_INFO_BITS(window.finfo) > 8 ? 2 : 1;
    // GStreamer has the second chroma sample of P010 at byte 1, in the middle of the first one.
    const auto offset = (std::size_t(GST_VIDEO_INFO_COMP_POFFSET(&window, c)) + size - 1) / size * size;
    for (int row = 0; row < GST_VIDEO_INFO_COMP_HEIGHT(&window, c); ++row) {
      for (int column = 0; column < GST_VIDEO_INFO_COMP_WIDTH(&window, c); ++column) {
        const auto first = meta->offset[plane] + offset + std::size_t(meta->stride[plane]) * (top + guint(row)) +
                           std::size_t(step) * (left + guint(column));
        for (std::size_t i = 0; i < size; ++i) expected[first + i] = true;
      }
    }
  }
  const auto is_as_expected = [&](std::uint8_t byte, bool is_drawn) { return (byte != content) == is_drawn; };
  const auto at = std::ranges::mismatch(bytes, expected, is_as_expected).in1;
  fail_unless(at == bytes.end(), "%s: byte %td is wrong", GST_VIDEO_INFO_NAME(&window), at - bytes.begin());
}

std::vector<GstMemory*> memories(GstBuffer* buffer) {
  std::vector<GstMemory*> found;
  for (guint i = 0; i < gst_buffer_n_memory(buffer); ++i) found.push_back(gst_buffer_peek_memory(buffer, i));
  return found;
}

/// 1000 buffers: all pass, untouched, and one warning tells of them.
void check_refused(const std::string& caps, const std::function<GstBuffer*()>& make) {
  Overlay overlay(full_masks().with(opaque()), caps);
  for (int i = 0; i < 1000; ++i) {
    auto* buffer = make();
    const auto before = bytes_of(buffer);
    const auto output = overlay.process(buffer);
    fail_unless(output.get() == buffer);
    fail_unless(bytes_of(output.get()) == before);
  }
  const auto warnings = overlay.texts(GST_MESSAGE_WARNING);
  fail_unless_equals_uint64(warnings.size(), 1);
  fail_unless(warnings[0].find("left undrawn") != std::string::npos, "%s", warnings[0].c_str());
  guint64 passed = 0;
  gst_structure_get_uint64(overlay.stats().get(), "passed-through", &passed);
  fail_unless_equals_uint64(passed, 1000);
}

}  // namespace

START_TEST(test_strides_offsets_and_separate_planes_are_taken_as_the_meta_says) {
  for (const auto& format : described_formats()) {
    for (const auto& [width, height] : {std::pair{16, 8}, {7, 5}}) {
      const auto caps = caps_text(format, width, height, "framerate=30/1,colorimetry=1:4:0:0");
      auto info = video_info(caps_text(format, width, height));
      for (const bool separate : {false, true}) {
        for (const auto& [padding, gap] : {std::pair<int, std::size_t>{0, 0}, {13, 0}, {3, 21}}) {
          Overlay overlay(full_masks().with(opaque({{"colors", "#808080"}})),
                          GST_VIDEO_INFO_IS_RGB(&info) ? caps_text(format, width, height) : caps);
          auto* buffer = make_laid_out(format, {width, height, padding, gap, separate}, kCanary);
          const auto before = memories(buffer);
          const auto output = overlay.process(buffer);
          fail_unless(memories(output.get()) == before, "%s: memories were merged or replaced", format.c_str());
          assert_window(output.get(), info, 0, 0, kCanary);
        }
      }
    }
  }
}
END_TEST

START_TEST(test_crop_meta_moves_the_window) {
  struct Case {
    guint x, y;
    int width, height;
  };
  for (const auto& format : described_formats()) {
    for (const auto& [x, y, width, height] : {Case{8, 6, 64, 48}, {7, 5, 64, 48}, {0, 0, 64, 48}, {16, 12, 64, 48}}) {
      auto info = video_info(caps_text(format, width, height));
      Overlay overlay(full_masks().with(opaque({{"colors", "#808080"}})),
                      GST_VIDEO_INFO_IS_RGB(&info)
                          ? caps_text(format, width, height)
                          : caps_text(format, width, height, "framerate=30/1,colorimetry=1:4:0:0"));
      auto* buffer = make_laid_out(format, {80, 60, 5, 3, true}, kCanary);
      auto* crop = gst_buffer_add_video_crop_meta(buffer);
      crop->x = x;
      crop->y = y;
      crop->width = guint(width);
      crop->height = guint(height);
      const auto output = overlay.process(buffer);
      assert_window(output.get(), info, x, y, kCanary);
      fail_unless_equals_uint64(overlay.texts(GST_MESSAGE_WARNING).size(), 0);
    }
  }
}
END_TEST

START_TEST(test_meta_larger_than_the_caps_leaves_the_rest_alone) {
  const auto info = video_info(caps_text("I420", 64, 48));
  Overlay overlay(full_masks().with(opaque()), caps_text("I420", 64, 48));
  const auto output = overlay.process(make_laid_out("I420", {80, 60, 0, 0, false}, kCanary));
  assert_window(output.get(), info, 0, 0, kCanary);
}
END_TEST

START_TEST(test_meta_smaller_than_the_caps_passes_with_one_warning) {
  check_refused(caps_text("I420", 64, 48), [] { return make_laid_out("I420", {62, 48, 64, 0, false}, 1); });
}
END_TEST

START_TEST(test_meta_of_another_format_passes_with_one_warning) {
  check_refused(caps_text("I420", 64, 48), [] { return make_laid_out("YV12", {64, 48, 0, 0, false}, 1); });
  check_refused(caps_text("I420", 64, 48), [] { return make_laid_out("NV12", {64, 48, 0, 0, false}, 1); });
}
END_TEST

START_TEST(test_undersized_buffer_passes_with_one_warning) {
  const auto size = video_info(caps_text("I420", 64, 48)).size;
  for (const auto bytes : {std::size_t{1}, std::size_t{800}, size - 1}) {
    check_refused(caps_text("I420", 64, 48), [=] { return make_buffer(Bytes(bytes, 7)); });
  }
}
END_TEST

START_TEST(test_meta_that_claims_more_than_the_buffer_has_passes_with_one_warning) {
  const auto claim = [](gsize chroma_offset, gint stride) {
    auto* buffer = make_buffer(Bytes(64 * 48 * 3 / 2, 7));
    gsize offsets[GST_VIDEO_MAX_PLANES] = {0, 64 * 48, chroma_offset};
    gint strides[GST_VIDEO_MAX_PLANES] = {stride, 32, 32};
    gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 64, 48, 3, offsets,
                                   strides);
    return buffer;
  };
  const auto caps = caps_text("I420", 64, 48);
  check_refused(caps, [&] { return claim(64 * 48 * 5 / 4 + 1, 64); });
  check_refused(caps, [&] { return claim(G_MAXSIZE - 8, 64); });
  check_refused(caps, [&] { return claim(64 * 48 * 5 / 4, 1 << 30); });
  check_refused(caps, [&] { return claim(64 * 48 * 5 / 4, 63); });
  check_refused(caps, [&] { return claim(64 * 48 * 5 / 4, -64); });
}
END_TEST

START_TEST(test_crop_beyond_the_frame_passes_with_one_warning) {
  for (const auto& [x, y] : {std::pair{17U, 0U}, {0U, 13U}, {G_MAXUINT, G_MAXUINT}}) {
    check_refused(caps_text("I420", 64, 48), [left = x, top = y] {
      auto* buffer = make_laid_out("I420", {80, 60, 0, 0, false}, 1);
      auto* crop = gst_buffer_add_video_crop_meta(buffer);
      crop->x = left;
      crop->y = top;
      return buffer;
    });
  }
}
END_TEST

START_TEST(test_buffer_that_others_hold_is_never_altered) {
  const auto caps = caps_text("I420", 16, 16);
  const auto bytes = noise(video_info(caps).size, 2);
  Overlay overlay(full_masks().with(opaque()), caps);
  auto* buffer = make_buffer(bytes);
  const Owned<GstBuffer> held(gst_buffer_ref(buffer));
  const auto output = overlay.process(buffer);
  fail_unless(output.get() != held.get());
  fail_unless(bytes_of(output.get()) != bytes);
  fail_unless(bytes_of(held.get()) == bytes);
  fail_unless(gst_buffer_get_video_region_of_interest_meta_id(held.get(), 1) == nullptr);
}
END_TEST

START_TEST(test_memory_that_another_buffer_shares_is_never_altered) {
  for (const bool separate : {false, true}) {
    const auto caps = caps_text("I420", 16, 16);
    Overlay overlay(full_masks().with(opaque()), caps);
    auto* buffer = make_laid_out("I420", {16, 16, 8, 16, separate}, kCanary);
    const Owned<GstBuffer> sharing(gst_buffer_copy(buffer));
    const auto output = overlay.process(buffer);
    fail_unless(bytes_of(sharing.get()) == Bytes(gst_buffer_get_size(sharing.get()), kCanary));
    assert_window(output.get(), video_info(caps), 0, 0, kCanary);
  }
}
END_TEST

START_TEST(test_metadata_alone_copies_no_pixels) {
  const auto caps = caps_text("GRAY8", 16, 16);
  Overlay overlay(full_masks().with({{"silent", "true"}}), caps);
  auto* buffer = make_buffer(Bytes(256, 9));
  const Owned<GstBuffer> held(gst_buffer_ref(buffer));
  const auto output = overlay.process(buffer);
  fail_unless(gst_buffer_get_video_region_of_interest_meta_id(output.get(), 1) != nullptr);
  fail_unless(gst_buffer_get_video_region_of_interest_meta_id(held.get(), 1) == nullptr);
  fail_unless(memories(output.get()) == memories(held.get()));
}
END_TEST

START_TEST(test_frame_without_mask_is_the_very_same_buffer) {
  Overlay overlay(full_masks().with({{"time-origin", "stream"}}), caps_text("GRAY8", 16, 16));
  for (const bool shared : {false, true}) {
    auto* buffer = make_buffer(Bytes(256, 9), kNoMask);
    const Owned<GstBuffer> held(shared ? gst_buffer_ref(buffer) : nullptr);
    const auto before = memories(buffer);
    const auto output = overlay.process(buffer);
    fail_unless(output.get() == buffer);
    fail_unless(memories(output.get()) == before);
    fail_unless(bytes_of(output.get()) == Bytes(256, 9));
  }
}
END_TEST

START_TEST(test_writable_frame_is_drawn_on_without_a_copy) {
  Overlay overlay(full_masks().with({}), caps_text("I420", 16, 16));
  auto* buffer = make_buffer(Bytes(16 * 16 * 3 / 2, 9));
  const auto before = memories(buffer);
  const auto output = overlay.process(buffer);
  fail_unless(output.get() == buffer);
  fail_unless(memories(output.get()) == before);
  fail_unless(bytes_of(output.get()) != Bytes(16 * 16 * 3 / 2, 9));
}
END_TEST

START_TEST(test_gap_flag_goes_where_something_was_drawn_only) {
  const auto gap_after = [](GstClockTime pts, const Properties& properties) {
    Overlay overlay(full_masks().with(properties), caps_text("GRAY8", 16, 16));
    auto* buffer = make_buffer(Bytes(256, 9), pts);
    GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_GAP);
    return GST_BUFFER_FLAG_IS_SET(overlay.process(buffer).get(), GST_BUFFER_FLAG_GAP);
  };
  fail_unless(!gap_after(0, {}));
  fail_unless(gap_after(kNoMask, {{"time-origin", "stream"}}));
  fail_unless(gap_after(0, {{"silent", "true"}}));
}
END_TEST

START_TEST(test_empty_gap_buffer_is_forwarded_in_silence) {
  Overlay overlay(full_masks().with({{"post-messages", "true"}}), caps_text("GRAY8", 16, 16));
  auto* buffer = gst_buffer_new();
  GST_BUFFER_PTS(buffer) = 0;
  GST_BUFFER_DURATION(buffer) = GST_SECOND / 30;
  GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_GAP);
  const auto output = overlay.process(buffer);
  fail_unless_equals_uint64(gst_buffer_get_size(output.get()), 0);
  fail_unless(GST_BUFFER_FLAG_IS_SET(output.get(), GST_BUFFER_FLAG_GAP));
  fail_unless_equals_uint64(overlay.texts(GST_MESSAGE_WARNING).size(), 0);
}
END_TEST

namespace {

constexpr auto kFlags = static_cast<guint>(GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_MARKER |
                                           GST_BUFFER_FLAG_DELTA_UNIT | GST_BUFFER_FLAG_HEADER) |
                        static_cast<guint>(GST_VIDEO_BUFFER_FLAG_INTERLACED | GST_VIDEO_BUFFER_FLAG_TFF |
                                           GST_VIDEO_BUFFER_FLAG_RFF | GST_VIDEO_BUFFER_FLAG_ONEFIELD);

GstBuffer* make_decorated() {
  static const gchar* const kTags[] = {nullptr};
  static const auto* custom =
      gst_meta_register_custom("sam2-test-meta", const_cast<const gchar**>(kTags), nullptr, nullptr, nullptr);
  fail_unless(custom != nullptr);
  auto* buffer = make_laid_out("BGRA", {16, 16, 8, 0, false}, kCanary);
  GST_BUFFER_FLAG_SET(buffer, kFlags);
  GST_BUFFER_PTS(buffer) = 1000;
  GST_BUFFER_DTS(buffer) = 500;
  GST_BUFFER_DURATION(buffer) = 33;
  GST_BUFFER_OFFSET(buffer) = 77;
  GST_BUFFER_OFFSET_END(buffer) = 78;
  auto* roi = gst_buffer_add_video_region_of_interest_meta(buffer, "face", 1, 2, 3, 4);
  roi->id = 4711;
  gst_video_region_of_interest_meta_add_param(roi, gst_structure_new("other", "n", G_TYPE_INT, 5, nullptr));
  gst_buffer_add_video_time_code_meta_full(buffer, 30, 1, nullptr, GST_VIDEO_TIME_CODE_FLAGS_NONE, 1, 2, 3, 4, 0);
  const guint8 caption[] = {0x80, 0x80};
  gst_buffer_add_video_caption_meta(buffer, GST_VIDEO_CAPTION_TYPE_CEA608_RAW, caption, sizeof caption);
  gst_structure_set(gst_custom_meta_get_structure(gst_buffer_add_custom_meta(buffer, "sam2-test-meta")), "k",
                    G_TYPE_INT, 6, nullptr);
  const Owned<GstCaps> reference(gst_caps_new_empty_simple("timestamp/x-ntp"));
  gst_buffer_add_reference_timestamp_meta(buffer, reference.get(), 123456, 7);

  const Owned<GstBuffer> pixels(gst_buffer_new_allocate(nullptr, 4 * 4 * 4, nullptr));
  gst_buffer_add_video_meta(pixels.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB, 4, 4);
  auto* rectangle = gst_video_overlay_rectangle_new_raw(pixels.get(), 0, 0, 4, 4, GST_VIDEO_OVERLAY_FORMAT_FLAG_NONE);
  auto* composition = gst_video_overlay_composition_new(rectangle);
  gst_buffer_add_video_overlay_composition_meta(buffer, composition);
  gst_video_overlay_composition_unref(composition);
  gst_video_overlay_rectangle_unref(rectangle);
  return buffer;
}

void assert_decorated(GstBuffer* buffer, const std::string& what) {
  const auto* at = what.c_str();
  fail_unless((GST_BUFFER_FLAGS(buffer) & kFlags) == kFlags, "%s: flags %x", at, GST_BUFFER_FLAGS(buffer));
  fail_unless(GST_BUFFER_PTS(buffer) == 1000 && GST_BUFFER_DTS(buffer) == 500 && GST_BUFFER_DURATION(buffer) == 33,
              "%s", at);
  fail_unless(GST_BUFFER_OFFSET(buffer) == 77 && GST_BUFFER_OFFSET_END(buffer) == 78, "%s", at);
  const auto* roi = gst_buffer_get_video_region_of_interest_meta_id(buffer, 4711);
  fail_unless(roi != nullptr && roi->x == 1 && roi->h == 4, "%s", at);
  fail_unless(
      gst_video_region_of_interest_meta_get_param(const_cast<GstVideoRegionOfInterestMeta*>(roi), "other") != nullptr,
      "%s", at);
  const auto* timecode = gst_buffer_get_video_time_code_meta(buffer);
  fail_unless(timecode != nullptr && timecode->tc.minutes == 2 && timecode->tc.frames == 4, "%s", at);
  const auto* caption = gst_buffer_get_video_caption_meta(buffer);
  fail_unless(caption != nullptr && caption->size == 2, "%s", at);
  auto* custom = gst_buffer_get_custom_meta(buffer, "sam2-test-meta");
  int value = 0;
  fail_unless(custom != nullptr && gst_structure_get_int(gst_custom_meta_get_structure(custom), "k", &value), "%s", at);
  fail_unless_equals_int(value, 6);
  const auto* reference = gst_buffer_get_reference_timestamp_meta(buffer, nullptr);
  fail_unless(reference != nullptr && reference->timestamp == 123456 && reference->duration == 7, "%s", at);
  const auto* overlay = gst_buffer_get_video_overlay_composition_meta(buffer);
  fail_unless(overlay != nullptr && gst_video_overlay_composition_n_rectangles(overlay->overlay) == 1, "%s", at);
  fail_unless_equals_int(gst_buffer_get_n_meta(buffer, GST_VIDEO_META_API_TYPE), 1);
  fail_unless_equals_int(gst_buffer_get_video_meta(buffer)->stride[0], 16 * 4 + 8);
}

}  // namespace

START_TEST(test_everything_that_travels_with_a_buffer_survives) {
  for (const bool shared : {false, true}) {
    for (const bool silent : {false, true}) {
      Overlay overlay(full_masks().with(opaque({{"silent", silent ? "true" : "false"}})), caps_text("BGRA", 16, 16));
      auto* buffer = make_decorated();
      const Owned<GstBuffer> held(shared ? gst_buffer_ref(buffer) : nullptr);
      const auto what = std::string(shared ? "shared" : "writable") + (silent ? ", silent" : "");
      const auto output = overlay.process(buffer);
      assert_decorated(output.get(), what);
      fail_unless(gst_buffer_get_video_region_of_interest_meta_id(output.get(), 1) != nullptr, "%s", what.c_str());
      fail_unless((bytes_of(output.get()) == Bytes(gst_buffer_get_size(output.get()), kCanary)) == silent, "%s",
                  what.c_str());
      if (shared) assert_decorated(held.get(), "the one that was held");
    }
  }
}
END_TEST

static Suite* memory_suite() {
  auto* suite = suite_create("sam2overlay_memory");
  auto* tests = tcase_create("memory");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_strides_offsets_and_separate_planes_are_taken_as_the_meta_says);
  tcase_add_test(tests, test_crop_meta_moves_the_window);
  tcase_add_test(tests, test_meta_larger_than_the_caps_leaves_the_rest_alone);
  tcase_add_test(tests, test_meta_smaller_than_the_caps_passes_with_one_warning);
  tcase_add_test(tests, test_meta_of_another_format_passes_with_one_warning);
  tcase_add_test(tests, test_undersized_buffer_passes_with_one_warning);
  tcase_add_test(tests, test_meta_that_claims_more_than_the_buffer_has_passes_with_one_warning);
  tcase_add_test(tests, test_crop_beyond_the_frame_passes_with_one_warning);
  tcase_add_test(tests, test_buffer_that_others_hold_is_never_altered);
  tcase_add_test(tests, test_memory_that_another_buffer_shares_is_never_altered);
  tcase_add_test(tests, test_metadata_alone_copies_no_pixels);
  tcase_add_test(tests, test_frame_without_mask_is_the_very_same_buffer);
  tcase_add_test(tests, test_writable_frame_is_drawn_on_without_a_copy);
  tcase_add_test(tests, test_gap_flag_goes_where_something_was_drawn_only);
  tcase_add_test(tests, test_empty_gap_buffer_is_forwarded_in_silence);
  tcase_add_test(tests, test_everything_that_travels_with_a_buffer_survives);
  return suite;
}

GST_CHECK_MAIN(memory)
