// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Frames that others hold: what their copies are made of, look like, and when their memory goes.
#include "support/overlay.hpp"

using namespace sam2::test;

namespace {

constexpr int kWidth = 16;
constexpr int kHeight = 12;

const MaskFile& left_half() {
  static const MaskFile masks({mask_array(2, 1, kHeight, kWidth, [](auto, auto, auto, auto x) { return x < 8; })});
  return masks;
}

Properties plain() {
  return left_half().with({{"draw", "fill"}, {"opacity", "1"}, {"colors", "#FFFFFF"}});
}

constexpr guint kFlags = guint{GST_BUFFER_FLAG_DISCONT} | guint{GST_VIDEO_BUFFER_FLAG_TFF};

/// A frame of zeroes and the reference that makes it a shared one.
struct Shared {
  explicit Shared(GstBuffer* made) : mine(made) {}

  [[nodiscard]] GstBuffer* give() const { return gst_buffer_ref(mine.get()); }

  Owned<GstBuffer> mine;
};

GstBuffer* gray_frame() {
  return make_buffer(Bytes(kWidth * kHeight, 0));
}

/// Draws on a shared frame.
Owned<GstBuffer> process_shared(Overlay& overlay) {
  const Shared frame(gray_frame());
  auto output = overlay.process(frame.give());
  fail_unless(output.get() != frame.mine.get());
  fail_unless(bytes_of(frame.mine.get()) == Bytes(kWidth * kHeight, 0), "the original was drawn on");
  return output;
}

Bytes expected_frame() {
  Bytes bytes(kWidth * kHeight, 0);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = i % kWidth < 8 ? 255 : 0;
  return bytes;
}

/// Counts the end of an object without keeping it.
struct EndCounter {
  static void count(gpointer self, GObject*) { ++static_cast<EndCounter*>(self)->ends; }
  void watch(gpointer object) { g_object_weak_ref(G_OBJECT(object), count, this); }

  int ends = 0;
};

/// Odd strides and offsets, a crop, and a memory for each plane if wanted.
GstBuffer* make_cropped_nv12(bool memory_per_plane) {
  constexpr gsize kLumaStride = 40;
  constexpr gsize kLumaRows = 20;
  gsize offsets[GST_VIDEO_MAX_PLANES] = {8, 8 + kLumaStride * kLumaRows + 24};
  gint strides[GST_VIDEO_MAX_PLANES] = {kLumaStride, 48};
  const gsize size = offsets[1] + 48 * kLumaRows / 2 + 5;
  auto* buffer = gst_buffer_new();
  const gsize first = memory_per_plane ? offsets[1] - 4 : size;
  gst_buffer_append_memory(buffer, gst_allocator_alloc(nullptr, first, nullptr));
  if (first < size) gst_buffer_append_memory(buffer, gst_allocator_alloc(nullptr, size - first, nullptr));
  const auto content = noise(size, 3);
  gst_buffer_fill(buffer, 0, content.data(), content.size());
  gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_NV12, 32, kLumaRows, 2, offsets,
                                 strides);
  auto* crop = gst_buffer_add_video_crop_meta(buffer);
  crop->x = 6;
  crop->y = 4;
  crop->width = kWidth;
  crop->height = kHeight;
  GST_BUFFER_PTS(buffer) = 0;
  GST_BUFFER_DURATION(buffer) = GST_SECOND / 30;
  return buffer;
}

}  // namespace

START_TEST(test_copies_come_from_one_pool_that_grows_no_further) {
  Overlay overlay(plain(), caps_text("GRAY8", kWidth, kHeight));
  GstBufferPool* pool = nullptr;
  std::vector<GstBuffer*> seen;
  for (int i = 0; i < 100; ++i) {
    const auto output = process_shared(overlay);
    fail_unless(output->pool != nullptr, "the copy is not from a pool");
    if (pool == nullptr) pool = output->pool;
    fail_unless(output->pool == pool, "another pool");
    if (std::find(seen.begin(), seen.end(), output.get()) == seen.end()) seen.push_back(output.get());
    fail_unless(bytes_of(output.get()) == expected_frame());
    // What downstream does to a copy must not show up in the next.
    gst_buffer_memset(output.get(), 0, 77, kWidth * kHeight);
    GST_BUFFER_FLAG_SET(output.get(), GST_BUFFER_FLAG_CORRUPTED);
  }
  fail_unless(seen.size() <= 2, "%zu buffers", seen.size());
}
END_TEST

START_TEST(test_copies_that_downstream_keeps_are_not_used_again) {
  Overlay overlay(plain(), caps_text("GRAY8", kWidth, kHeight));
  std::vector<Owned<GstBuffer>> kept;
  for (int i = 0; i < 40; ++i) kept.push_back(process_shared(overlay));
  for (const auto& buffer : kept) fail_unless(bytes_of(buffer.get()) == expected_frame());
}
END_TEST

START_TEST(test_a_copy_has_the_layout_times_and_flags_of_the_original) {
  for (const bool memory_per_plane : {false, true}) {
    Overlay overlay(plain(), caps_text("NV12", kWidth, kHeight));
    // The same frame without a second holder is drawn on in place.
    const auto alone = overlay.process(make_cropped_nv12(memory_per_plane));
    const Shared frame(make_cropped_nv12(memory_per_plane));
    GST_BUFFER_DTS(frame.mine.get()) = 12345;
    GST_BUFFER_OFFSET(frame.mine.get()) = 7;
    GST_BUFFER_FLAG_SET(frame.mine.get(), kFlags);
    const auto copy = overlay.process(frame.give());
    fail_unless(copy.get() != frame.mine.get() && copy->pool != nullptr);
    fail_unless(bytes_of(copy.get()) == bytes_of(alone.get()));
    fail_unless(bytes_of(copy.get()) != bytes_of(frame.mine.get()));
    const auto* const meta = gst_buffer_get_video_meta(copy.get());
    const auto* const crop = gst_buffer_get_video_crop_meta(copy.get());
    fail_unless(meta != nullptr && meta->width == 32 && meta->offset[0] == 8 && meta->stride[1] == 48);
    fail_unless(crop != nullptr && crop->x == 6 && crop->height == kHeight);
    fail_unless_equals_int(int(gst_buffer_get_n_meta(copy.get(), GST_VIDEO_META_API_TYPE)), 1);
    fail_unless_equals_uint64(GST_BUFFER_DTS(copy.get()), 12345);
    fail_unless_equals_uint64(GST_BUFFER_OFFSET(copy.get()), 7);
    fail_unless_equals_int(int(GST_BUFFER_FLAGS(copy.get()) & kFlags), int(kFlags));
  }
}
END_TEST

START_TEST(test_buffers_whose_size_changes_are_copied_whole) {
  Overlay overlay(plain(), caps_text("GRAY8", kWidth, kHeight));
  for (const gsize size : {192, 500, 192, 193, 4096, 192}) {
    const Shared frame(make_buffer(noise(size, 5)));
    const auto output = overlay.process(frame.give());
    auto expected = bytes_of(frame.mine.get());
    for (std::size_t i = 0; i < kWidth * kHeight; ++i) {
      if (i % kWidth < 8) expected[i] = 255;
    }
    fail_unless(bytes_of(output.get()) == expected, "%zu bytes", size);
  }
}
END_TEST

START_TEST(test_memory_that_may_only_be_read_is_drawn_on_as_a_copy) {
  Overlay overlay(plain(), caps_text("GRAY8", kWidth, kHeight));
  const Bytes zeroes(kWidth * kHeight, 0);
  auto* const buffer = gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, const_cast<std::uint8_t*>(zeroes.data()),
                                                   zeroes.size(), 0, zeroes.size(), nullptr, nullptr);
  GST_BUFFER_PTS(buffer) = 0;
  fail_unless(bytes_of(overlay.process(buffer).get()) == expected_frame());
  fail_unless(zeroes == Bytes(kWidth * kHeight, 0));
}
END_TEST

START_TEST(test_the_memory_goes_with_a_flush_new_caps_and_the_stream) {
  EndCounter counter;
  {
    Overlay overlay(plain(), caps_text("GRAY8", kWidth, kHeight));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);

    counter.watch(process_shared(overlay)->pool);
    fail_unless_equals_int(counter.ends, 0);
    overlay.seek(segment);
    fail_unless_equals_int(counter.ends, 1);

    counter.watch(process_shared(overlay)->pool);
    overlay.set_caps(caps_text("GRAY8", kWidth, kHeight, "framerate=25/1"));
    // Caps wait for the next buffer, which here needs no copy.
    overlay.process(Bytes(kWidth * kHeight, 0));
    fail_unless_equals_int(counter.ends, 2);

    counter.watch(process_shared(overlay)->pool);
    gst_element_set_state(overlay.element(), GST_STATE_READY);
    fail_unless_equals_int(counter.ends, 3);
  }
}
END_TEST

START_TEST(test_copies_are_in_the_memory_that_downstream_proposes) {
  Overlay overlay(plain());
  GstAllocationParams params;
  gst_allocation_params_init(&params);
  params.align = 1023;
  params.prefix = 64;
  gst_harness_set_propose_allocator(overlay.harness(), nullptr, &params);
  overlay.set_caps(caps_text("GRAY8", kWidth, kHeight));
  const auto output = process_shared(overlay);
  const auto* const memory = gst_buffer_peek_memory(output.get(), 0);
  fail_unless_equals_uint64(memory->align & 1023, 1023);
  fail_unless_equals_uint64(memory->offset, 64);
}
END_TEST

START_TEST(test_upstream_gets_downstreams_answer_about_memory) {
  Overlay overlay(plain());
  GstAllocationParams params;
  gst_allocation_params_init(&params);
  params.align = 511;
  gst_harness_set_propose_allocator(overlay.harness(), nullptr, &params);
  overlay.set_caps(caps_text("GRAY8", kWidth, kHeight));
  const Owned<GstCaps> caps(gst_caps_from_string(caps_text("GRAY8", kWidth, kHeight).c_str()));
  auto* const query = gst_query_new_allocation(caps.get(), TRUE);
  fail_unless(gst_pad_peer_query(overlay.harness()->srcpad, query));
  fail_unless_equals_int(int(gst_query_get_n_allocation_params(query)), 1);
  GstAllocationParams found;
  gst_query_parse_nth_allocation_param(query, 0, nullptr, &found);
  fail_unless_equals_uint64(found.align, 511);
  gst_query_unref(query);
}
END_TEST

START_TEST(test_upstream_is_promised_no_meta_that_masks_would_not_follow) {
  Overlay overlay(plain());
  const GType kept[] = {GST_VIDEO_META_API_TYPE, GST_VIDEO_CROP_META_API_TYPE};
  const GType withdrawn[] = {GST_VIDEO_AFFINE_TRANSFORMATION_META_API_TYPE, GST_VIDEO_GL_TEXTURE_UPLOAD_META_API_TYPE};
  for (const auto* const apis : {&kept, &withdrawn}) {
    for (const auto api : *apis) gst_harness_add_propose_allocation_meta(overlay.harness(), api, nullptr);
  }
  overlay.set_caps(caps_text("GRAY8", kWidth, kHeight));
  const Owned<GstCaps> caps(gst_caps_from_string(caps_text("GRAY8", kWidth, kHeight).c_str()));
  auto* const query = gst_query_new_allocation(caps.get(), TRUE);
  fail_unless(gst_pad_peer_query(overlay.harness()->srcpad, query));
  for (const auto api : kept) fail_unless(gst_query_find_allocation_meta(query, api, nullptr), "%s", g_type_name(api));
  for (const auto api : withdrawn) {
    fail_unless(!gst_query_find_allocation_meta(query, api, nullptr), "%s", g_type_name(api));
  }
  gst_query_unref(query);
}
END_TEST

static Suite* sam2overlay_shared_frames_suite() {
  auto* const suite = suite_create("sam2overlay_shared_frames");
  auto* const cases = tcase_create("shared_frames");
  tcase_add_test(cases, test_copies_come_from_one_pool_that_grows_no_further);
  tcase_add_test(cases, test_copies_that_downstream_keeps_are_not_used_again);
  tcase_add_test(cases, test_a_copy_has_the_layout_times_and_flags_of_the_original);
  tcase_add_test(cases, test_buffers_whose_size_changes_are_copied_whole);
  tcase_add_test(cases, test_memory_that_may_only_be_read_is_drawn_on_as_a_copy);
  tcase_add_test(cases, test_the_memory_goes_with_a_flush_new_caps_and_the_stream);
  tcase_add_test(cases, test_copies_are_in_the_memory_that_downstream_proposes);
  tcase_add_test(cases, test_upstream_gets_downstreams_answer_about_memory);
  tcase_add_test(cases, test_upstream_is_promised_no_meta_that_masks_would_not_follow);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_shared_frames);
