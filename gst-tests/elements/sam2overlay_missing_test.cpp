// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Every way in which a frame could pass clear, with missing=hide and missing=error. plugin/README.md has the same list.
#include <filesystem>

#include "gate.hpp"

using namespace sam2::test;

namespace {

/// More masks than the store keeps, each a column that fills the frame's height.
Array long_masks(std::size_t frames) {
  return mask_array(frames, 1, kHeight, kWidth, [](auto t, auto, auto y, auto x) { return (x + t + y) % 16 < 5; });
}

/// A large file of columns whose checksum is wrong, as only its end tells.
std::string broken_file(const TemporaryDirectory& directory) {
  auto path = directory.file("broken.npz");
  write_npz(path, {mask_array(200, 1, 96, 128, [](auto t, auto, auto, auto x) { return x / 8 == t % 16; })});
  auto bytes = read_file(path);
  bytes[bytes.size() / 2] ^= 1;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

GstAllocator* make_refusing_allocator() {
  static const auto set_up = [](gpointer klass, gpointer) {
    GST_ALLOCATOR_CLASS(klass)->free = [](GstAllocator*, GstMemory* memory) { g_free(memory); };
  };
  static const GType type =
      g_type_register_static_simple(GST_TYPE_ALLOCATOR, "RefusingAllocator", sizeof(GstAllocatorClass), set_up,
                                    sizeof(GstAllocator), nullptr, static_cast<GTypeFlags>(0));
  auto* const allocator = GST_ALLOCATOR(g_object_new(type, nullptr));
  allocator->mem_type = "Refusing";
  allocator->mem_map = [](GstMemory*, gsize, GstMapFlags) -> gpointer { return nullptr; };
  return allocator;
}

/// A buffer whose memory nobody can map.
GstBuffer* make_unmappable() {
  auto* const allocator = make_refusing_allocator();
  auto* const memory = g_new0(GstMemory, 1);
  gst_memory_init(memory, static_cast<GstMemoryFlags>(0), allocator, nullptr, kFrameBytes, 0, 0, kFrameBytes);
  gst_object_unref(allocator);
  auto* const buffer = gst_buffer_new();
  gst_buffer_append_memory(buffer, memory);
  GST_BUFFER_PTS(buffer) = 3 * kFramePeriod;
  GST_BUFFER_DURATION(buffer) = kFramePeriod;
  return buffer;
}

using Run = void (*)(Gate&);

/// Each way in which a frame could pass clear.
const std::vector<std::pair<const char*, Run>> kWays = {
    {"no location",
     [](Gate& gate) {
       gate.begin();
       gate.stop(0, "set location");
     }},
    {"an empty location",
     [](Gate& gate) {
       gate.overlay.set_location("");
       gate.begin();
       gate.stop(0, "set location");
     }},
    {"the location is unset while playing",
     [](Gate& gate) {
       play_columns(gate);
       gate.pass(2);
       gate.overlay.set_location(std::nullopt);
       gate.stop(3, "set location");
     }},
    {"a new location that cannot be used",
     [](Gate& gate) {
       play_columns(gate);
       gate.pass(2);
       gate.overlay.set_location(gate.directory.file("absent.npz"));
       gate.stop(3, "was set last");
       gate.stop(4, "was set last");
       gate.overlay.set_location(column_file(gate.directory));
       gate.pass(5);
     }},
    {"a file whose checksum is wrong",
     [](Gate& gate) {
       gate.overlay.set_location(broken_file(gate.directory));
       gate.begin();
       gate.stop(0, "read as a whole");
     }},
    {"a new file whose checksum is wrong",
     [](Gate& gate) {
       play_columns(gate);
       gate.pass(2);
       gate.overlay.set_location(broken_file(gate.directory));
       gate.stop(3, "was set last");
     }},
    {"an archive of a sequence is broken",
     [](Gate& gate) {
       for (int i = 0; i < 3; ++i) {
         auto plane = mask_array(1, 1, kHeight, kWidth, [&](auto, auto, auto, auto x) { return int(x) == i; });
         plane.shape = {1, kHeight, kWidth};
         write_npz(gate.directory.file("m_" + std::to_string(i) + ".npz"), {plane});
       }
       std::filesystem::resize_file(gate.directory.file("m_1.npz"), 100);
       gate.overlay.set("axes", nullptr).set_location(gate.directory.file("m_%d.npz"));
       gate.begin();
       gate.stop(0, "read as a whole");
     }},
    {"times of the masks that cannot be used",
     [](Gate& gate) {
       const auto path = gate.directory.file("times.npz");
       write_npz(path, {column_masks(), int64_array("frame_indices", {1, 2, 3})});
       gate.overlay.set_location(path);
       gate.begin();
       gate.stop(0, "read as a whole");
     }},
    {"before the first mask",
     [](Gate& gate) {
       const auto path = gate.directory.file("later.npz");
       write_npz(path, {column_masks(2), int64_array("frame_indices", {5, 6})});
       gate.overlay.set_location(path).set("time-origin", "stream");
       gate.begin();
       gate.stop(4, "no mask for that time");
     }},
    {"after the last mask",
     [](Gate& gate) {
       play_columns(gate);
       gate.pass(15);
       gate.stop(16, "no mask for that time");
     }},
    {"a mask that is late",
     [](Gate& gate) {
       const auto path = gate.directory.file("sparse.npz");
       write_npz(path, {column_masks(2), int64_array("frame_indices", {0, 9})});
       gate.overlay.set_location(path).set("max-hold", "80000000");
       gate.begin();
       gate.stop(4, "no mask for that time");
     }},
    {"masks that count buffers, after a seek",
     [](Gate& gate) {
       gate.overlay.set("timing", "buffers");
       play_columns(gate);
       gate.pass(0);
       gate.seek(5 * kFramePeriod);
       gate.stop(5, "no mask for that time");
     }},
    {"the first frame of the stream is not known",
     [](Gate& gate) {
       play_columns(gate);
       gate.overlay.set("time-origin", "auto");
       gate.seek(5 * kFramePeriod);
       gate.stop(5, "is a guess");
     }},
    {"masks that cannot be read again",
     [](Gate& gate) {
       constexpr std::size_t kFrames = 300;
       const auto path = gate.directory.file("long.npz");
       write_npz(path, {long_masks(kFrames)});
       gate.overlay.set_location(path).set("max-memory", "300000");
       gate.begin();
       for (guint64 k = 0; k < kFrames; ++k) gate.player->pass(make_clear(k));
       std::filesystem::resize_file(path, 200);
       gate.stop(20, "could not be read again");
     }},
    {"masks on one side of a bridge that cannot be read again",
     [](Gate& gate) {
       // The object is away for long, so that the entry in the middle has nothing that could be lost.
       constexpr std::size_t kFrames = 500;
       const auto path = gate.directory.file("away.npz");
       write_npz(path, {mask_array(kFrames, 1, kHeight, kWidth, [](auto t, auto, auto y, auto x) {
                   return (t < 150 || t >= 350) && (x + t + y) % 16 < 5;
                 })});
       gate.overlay.set_location(path).set("max-memory", "300000");
       gate.overlay.set("bridge", std::to_string(300 * kFramePeriod).c_str());
       gate.begin();
       const auto bridged = bytes_of(gate.player->pass(make_clear(250)).get());
       fail_unless(bridged != Bytes(kFrameBytes, kClear) && bridged != Bytes(kFrameBytes, kHidden), "no bridge");
       for (guint64 k = 0; k < kFrames; ++k) gate.player->pass(make_clear(k));
       std::filesystem::resize_file(path, 200);
       gate.stop(250, "could not be read again");
     }},
    {"a buffer that is too small",
     [](Gate& gate) {
       play_columns(gate);
       gate.stop_buffer(make_clear(3, kFrameBytes / 2), "cannot be drawn on");
     }},
    {"a stride that is too small",
     [](Gate& gate) {
       play_columns(gate);
       gate.stop_buffer(make_wrong(2), "cannot be drawn on");
     }},
    {"a video meta beyond the buffer",
     [](Gate& gate) {
       play_columns(gate);
       gate.stop_buffer(make_wrong(1000), "cannot be drawn on");
     }},
    {"memory that cannot be mapped",
     [](Gate& gate) {
       play_columns(gate);
       gate.stop_buffer(make_unmappable(), "cannot be drawn on");
     }},
    {"a buffer that others hold, without a mask",
     [](Gate& gate) {
       gate.begin();
       const BufferPtr held(make_clear(0));
       gate.stop_buffer(gst_buffer_ref(held.get()), "set location");
       fail_unless(bytes_of(held.get()) == Bytes(kFrameBytes, kClear), "the frame of another was written to");
     }},
    {"an empty gap in the time line of the buffer: no duration, and no time",
     [](Gate& gate) {
       gate.begin();
       auto* const buffer = make_clear(0);
       GST_BUFFER_DURATION(buffer) = 0;
       gate.stop_buffer(buffer, "set location");
       auto* const timeless = make_clear(0);
       GST_BUFFER_PTS(timeless) = GST_BUFFER_DURATION(timeless) = GST_CLOCK_TIME_NONE;
       gate.stop_buffer(timeless, "set location");
     }},
    {"a frame that is marked as a gap, and has pixels all the same",
     [](Gate& gate) {
       gate.begin();
       auto* const buffer = make_clear(0);
       GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_GAP);
       gate.stop_buffer(buffer, "set location");
     }},
    {"nothing is drawn, attached or posted",
     [](Gate& gate) {
       gate.overlay.set("silent", "true").set("draw", "0").set("post-messages", "false");
       play_columns(gate);
       gate.stop(16, "no mask for that time");
     }},
};

}  // namespace

START_TEST(test_no_frame_passes_clear) {
  const auto& [name, run] = kWays[static_cast<std::size_t>(_i) / 2];
  Gate gate(kModes[_i % 2]);
  gate.name = name;
  run(gate);
}
END_TEST

START_TEST(test_without_hiding_the_same_frames_pass) {
  // What the tests above would show if missing did nothing.
  Gate gate("show");
  gate.overlay.set_location(broken_file(gate.directory));
  gate.begin();
  fail_unless(bytes_of(gate.player->pass(make_clear(1)).get()) != Bytes(kFrameBytes, kHidden));
  gate.overlay.set_location(std::nullopt);
  fail_unless(bytes_of(gate.player->pass(make_clear(1)).get()) == Bytes(kFrameBytes, kClear));
}
END_TEST

START_TEST(test_known_frames_have_their_masks) {
  for (const auto* const mode : kModes) {
    Gate gate(mode);
    play_columns(gate);
    for (guint64 k = 0; k < kWidth; ++k) gate.pass(k);
    gate.seek(7 * kFramePeriod);
    gate.pass(7);
    // These say what the masks are behind the last one.
    gate.overlay.set("at-end", "hold");
    fail_unless(bytes_of(gate.player->pass(make_clear(20)).get()) == masked(15));
    gate.overlay.set("at-end", "loop");
    fail_unless(bytes_of(gate.player->pass(make_clear(20)).get()) == masked(4));
    assert_no_reports(gate.overlay);
  }
}
END_TEST

START_TEST(test_a_frame_whose_masks_are_empty_is_known) {
  Gate gate("error");
  const auto path = gate.directory.file("empty.npz");
  write_npz(path, {mask_array(2, 1, kHeight, kWidth, [](auto t, auto, auto, auto) { return t == 0; })});
  gate.overlay.set_location(path);
  gate.begin();
  fail_unless(bytes_of(gate.player->pass(make_clear(1)).get()) == Bytes(kFrameBytes, kClear));
  assert_no_reports(gate.overlay);
}
END_TEST

START_TEST(test_dropped_masks_are_waited_for) {
  constexpr std::size_t kFrames = 300;
  const TemporaryDirectory directory;
  const auto path = directory.file("long.npz");
  write_npz(path, {long_masks(kFrames)});
  Overlay kept;
  kept.set_location(path).set("axes", "TNHW").set("max-memory", "0");
  Player kept_player(kept);
  Overlay dropping;
  dropping.set_location(path).set("axes", "TNHW").set("max-memory", "300000").set("missing", "error");
  Player dropping_player(dropping);
  for (const guint64 k : {0U, 299U, 3U, 150U, 149U, 148U, 290U, 12U}) {
    fail_unless(kept_player.show(k) == dropping_player.show(k), "frame %d", int(k));
  }
  assert_no_reports(dropping);
}
END_TEST

START_TEST(test_a_new_file_is_waited_for_or_frames_are_hidden_until_it_is_read) {
  for (const auto* const mode : kModes) {
    Gate gate(mode);
    play_columns(gate);
    gate.pass(3);
    const auto path = gate.directory.file("rows.npz");
    // So large that no change waits until all of it is read.
    write_npz(path, {mask_array(200, 1, 16 * kHeight, 16 * kWidth,
                                [](auto t, auto, auto y, auto) { return y / 16 == t % kHeight; })});
    gate.overlay.set_location(path);
    Bytes row(kFrameBytes, kClear);
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i / kWidth == 3) row[i] = 255;
    }
    int hidden = 0;
    for (;;) {
      const auto bytes = bytes_of(gate.player->pass(make_clear(3)).get());
      if (bytes == row) break;
      fail_unless(!gate.ends() && bytes == Bytes(kFrameBytes, kHidden), "neither hidden nor the new masks");
      ++hidden;
      g_usleep(1000);
    }
    fail_unless(!gate.ends() || hidden == 0);
    fail_unless(gate.overlay.texts(GST_MESSAGE_ERROR).empty());
  }
}
END_TEST

START_TEST(test_missing_changes_from_frame_to_frame) {
  Gate gate("show");
  gate.begin();
  for (int i = 0; i < 5; ++i) {
    gate.overlay.set("missing", "show");
    fail_unless(bytes_of(gate.player->pass(make_clear(1)).get()) == Bytes(kFrameBytes, kClear));
    gate.overlay.set("missing", "hide");
    fail_unless(bytes_of(gate.player->pass(make_clear(1)).get()) == Bytes(kFrameBytes, kHidden));
  }
  gate.overlay.set("effect-color", "#000000");
  fail_unless(bytes_of(gate.player->pass(make_clear(1)).get()) == Bytes(kFrameBytes, 0));
}
END_TEST

static Suite* sam2overlay_missing_suite() {
  auto* const suite = suite_create("sam2overlay_missing");
  auto* const tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_no_frame_passes_clear, 0, 2 * static_cast<int>(kWays.size()));
  tcase_add_test(tests, test_without_hiding_the_same_frames_pass);
  tcase_add_test(tests, test_known_frames_have_their_masks);
  tcase_add_test(tests, test_a_frame_whose_masks_are_empty_is_known);
  tcase_add_test(tests, test_dropped_masks_are_waited_for);
  tcase_add_test(tests, test_a_new_file_is_waited_for_or_frames_are_hidden_until_it_is_read);
  tcase_add_test(tests, test_missing_changes_from_frame_to_frame);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_missing);
