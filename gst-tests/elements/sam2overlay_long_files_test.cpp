// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Files that take more than max-memory: masks are dropped and read again while they play.
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <thread>

#include "support/mask_file.hpp"
#include "support/player.hpp"

namespace {

using namespace sam2::test;

constexpr std::size_t kFrames = 300;

/// Two objects that differ in every frame.
Array moving_masks() {
  return mask_array(kFrames, 2, kHeight, kWidth, [](auto t, auto n, auto y, auto x) {
    return (x + t * (n + 1)) % 11 < 3 && (y + t / 7) % 5 < 3 && t % 13 != 6;
  });
}

/// How many frames are black in place of what is expected. None may show anything else.
template <typename Shown, typename Expected>
std::size_t count_lost(guint64 frames, Shown shown, Expected expected) {
  const Bytes black(kFrameBytes, 0);
  std::size_t lost = 0;
  for (guint64 k = 0; k < frames; ++k) {
    const auto frame = shown(k);
    if (frame == expected(k)) continue;
    fail_unless(frame == black, "frame %" G_GUINT64_FORMAT " is torn", k);
    ++lost;
  }
  return lost;
}

/// Shows frames of one file with and without enough memory.
class TwoPlayers {
 public:
  explicit TwoPlayers(const std::string& path) {
    for (auto* const overlay : {&keeping_, &dropping_}) overlay->set_location(path).set("axes", "TNHW");
    keeping_.set("max-memory", "0");
    dropping_.set("max-memory", "300000");
    keeping_player_.emplace(keeping_);
    dropping_player_.emplace(dropping_);
  }

  void show(guint64 k) { fail_unless(dropped(k) == kept(k), "frame %" G_GUINT64_FORMAT, k); }
  [[nodiscard]] Overlay& keeping() { return keeping_; }
  [[nodiscard]] Overlay& dropping() { return dropping_; }
  [[nodiscard]] Bytes kept(guint64 k) { return keeping_player_->show(k); }
  [[nodiscard]] Bytes dropped(guint64 k) { return dropping_player_->show(k); }

 private:
  Overlay keeping_;
  Overlay dropping_;
  std::optional<Player> keeping_player_;
  std::optional<Player> dropping_player_;
};

START_TEST(test_masks_are_the_same_in_any_order_of_frames) {
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npz");
  write_npz(path, {moving_masks()});
  TwoPlayers players(path);
  for (guint64 k = 0; k < kFrames; ++k) players.show(k);
  for (guint64 k = kFrames; k-- > 0;) players.show(k);
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) players.show(random() % kFrames);
  fail_unless(players.dropping().stat("dropped") > 500);
  fail_unless(players.dropping().stat("read-again") > 500);
  fail_unless(players.dropping().stat("cached-bytes") < 300000);
  assert_no_reports(players.dropping());
}
END_TEST

START_TEST(test_masks_that_cannot_be_read_again_are_one_warning) {
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npz");
  write_npz(path, {moving_masks()});
  Overlay overlay;
  overlay.set_location(path).set("axes", "TNHW").set("max-memory", "300000").set_plain_look();
  Player player(overlay);
  for (guint64 k = 0; k < kFrames; ++k) player.show(k);
  assert_no_reports(overlay);
  std::filesystem::resize_file(path, 200);
  const Bytes black(kFrameBytes, 0);
  // The first frames are still there.
  for (guint64 k = 10; k < 50; ++k) fail_unless(player.show(k) == black, "frame %" G_GUINT64_FORMAT, k);
  assert_report(only_warning(overlay), GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "masks.npz");
}
END_TEST

constexpr auto kMegabyte = std::uintmax_t{1} << 20;

/// A file that takes long to read: one mask of 1080 x 1440 for each frame, of which all but the last are empty. It
/// takes hardly any space.
void write_long_file(const std::string& path, std::size_t frames) {
  constexpr std::size_t kBytes = std::size_t{1080} * 1440;
  Array head{"masks", "|b1", {frames, 1, 1080, 1440}, {}};
  write_npy(path, head);
  const auto begin = std::filesystem::file_size(path);
  std::filesystem::resize_file(path, begin + frames * kBytes);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(begin + (frames - 1) * kBytes));
  // Its left half.
  const std::string row = std::string(720, '\1') + std::string(720, '\0');
  for (int y = 0; y < 1080; ++y) file << row;
}

Bytes left_half() {
  Bytes frame(kFrameBytes, 0);
  for (std::size_t i = 0; i < frame.size(); ++i) frame[i] = i % kWidth < kWidth / 2 ? 255 : 0;
  return frame;
}

/// Nothing of the kind is known of the file before: it is played as soon as it is opened.
START_TEST(test_a_stored_file_is_open_everywhere_at_once) {
  constexpr std::size_t kMany = 20000;
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npy");
  write_long_file(path, kMany);
  Overlay overlay;
  overlay.set_location(path).set("axes", "TNHW").set_plain_look();
  Player player(overlay);
  fail_unless(player.show(kMany - 1) == left_half());
  fail_unless(overlay.stat("frames-scanned") < kMany, "31 GB were read for one frame");
  fail_unless(player.show(kMany - 2) == Bytes(kFrameBytes, 0));
  assert_no_reports(overlay);
}
END_TEST

/// A frame that would be shown too early is no FLUSHING.
START_TEST(test_what_needs_more_than_the_masks_waits_for_it) {
  constexpr std::size_t kMany = 20000;
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npy");
  write_long_file(path, kMany);
  const auto tracks = directory.file("tracks.csv");
  const std::pair<const char*, const char*> needs[] = {
      {"draw", "trail"},
      {"bridge", "1000000000"},
      {"zones", "door: 0.5,0 0.5,1"},
      {"post-messages", "true"},
      {"tracks-location", tracks.c_str()},
      {"missing", "hide"},
  };
  for (const auto& [property, value] : needs) {
    Overlay overlay;
    overlay.set_location(path).set("axes", "TNHW").set(property, value);
    Player player(overlay);
    std::thread streaming([&, name = property] {
      const auto flow = gst_harness_push(player.harness(), make_frame(kMany - 1));
      fail_unless(flow == GST_FLOW_FLUSHING, "%s: flow %s", name, gst_flow_get_name(flow));
    });
    const MessagePtr message(gst_bus_timed_pop_filtered(overlay.bus(), 10 * GST_SECOND, GST_MESSAGE_PROGRESS));
    fail_unless(message != nullptr, "%s", property);
    fail_unless(gst_harness_push_event(player.harness(), gst_event_new_flush_start()));
    streaming.join();
  }
}
END_TEST

/// What the file says before the frame is needed for a trail.
START_TEST(test_a_frame_that_waits_for_long_posts_its_progress) {
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npy");
  write_long_file(path, 20000);
  Overlay overlay;
  overlay.set_location(path).set("axes", "TNHW").set("draw", "trail");
  Player player(overlay);
  std::thread streaming([&] {
    const auto flow = gst_harness_push(player.harness(), make_frame(19999));
    fail_unless(flow == GST_FLOW_FLUSHING, "flow %s", gst_flow_get_name(flow));
  });
  const auto next = [&] {
    const MessagePtr message(gst_bus_timed_pop_filtered(overlay.bus(), GST_CLOCK_TIME_NONE, GST_MESSAGE_PROGRESS));
    GstProgressType type{};
    gchar* code = nullptr;
    gchar* text = nullptr;
    gst_message_parse_progress(message.get(), &type, &code, &text);
    fail_unless_equals_string(code, "sam2overlay-read");
    fail_unless(std::string(text).starts_with("Reading masks: "), "%s", text);
    int percent = -1;
    fail_unless(gst_structure_get_int(gst_message_get_structure(message.get()), "percent", &percent));
    fail_unless(percent >= 0 && percent <= 100, "%d", percent);
    g_free(code);
    g_free(text);
    return std::pair(type, percent);
  };
  const auto [begin, begin_percent] = next();
  fail_unless_equals_int(begin, GST_PROGRESS_TYPE_START);
  const auto [update, update_percent] = next();
  fail_unless_equals_int(update, GST_PROGRESS_TYPE_CONTINUE);
  fail_unless(update_percent >= begin_percent);
  fail_unless(gst_harness_push_event(player.harness(), gst_event_new_flush_start()));
  streaming.join();
  auto last = next().first;
  while (last == GST_PROGRESS_TYPE_CONTINUE) last = next().first;
  fail_unless_equals_int(last, GST_PROGRESS_TYPE_CANCELED);
}
END_TEST

/// Stretches have been dropped by then.
START_TEST(test_a_file_that_is_deleted_or_replaced_plays_on) {
  for (const bool is_replaced : {false, true}) {
    const TemporaryDirectory directory;
    const auto path = directory.file("masks.npz");
    write_npz(path, {moving_masks()});
    TwoPlayers players(path);
    for (guint64 k = 0; k < kFrames; ++k) players.show(k);
    fail_unless(players.dropping().stat("dropped") > 0);
    std::filesystem::remove(path);
    if (is_replaced) write_npz(path, {column_masks(kFrames)});
    for (guint64 k = kFrames; k-- > 0;) players.show(k);
    assert_no_reports(players.dropping());
  }
}
END_TEST

/// Someone writes into the file itself: other masks are in the place of those in its middle.
START_TEST(test_a_file_that_is_overwritten_tears_no_mask) {
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npz");
  write_npz(path, {moving_masks()});
  TwoPlayers players(path);
  players.keeping().finish_loading();
  players.dropping().finish_loading();
  for (guint64 k = 0; k < kFrames; ++k) players.show(k);
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(path) / 2));
    file << std::string(4000, '\1');
  }
  const auto lost = count_lost(
      kFrames, [&](guint64 k) { return players.dropped(k); }, [&](guint64 k) { return players.kept(k); });
  fail_unless(lost > 0 && lost < kFrames / 2, "%zu frames are lost", lost);
  assert_report(only_warning(players.dropping()), GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "changed");
  assert_no_reports(players.keeping());
}
END_TEST

/// They move the playhead of the one load to and fro.
START_TEST(test_two_elements_that_share_a_file_show_what_each_asks_for) {
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npz");
  write_npz(path, {moving_masks()});
  TwoPlayers first(path);
  TwoPlayers second(path);
  for (guint64 k = 0; k < kFrames; ++k) {
    first.show(k);
    second.show(kFrames - 1 - k);
  }
  // Both ask at the same time.
  std::thread other([&] {
    for (guint64 k = 0; k < kFrames; ++k) second.show((k * 37) % kFrames);
  });
  for (guint64 k = 0; k < kFrames; ++k) first.show((k * 101 + 50) % kFrames);
  other.join();
  fail_unless(first.dropping().stat("read-again") > 0);
  for (auto* const players : {&first, &second}) assert_no_reports(players->dropping());
}
END_TEST

/// Archives for each frame are dropped and read again, too; one that is gone by then is lost.
START_TEST(test_archives_of_a_sequence_come_back_unless_they_are_gone) {
  constexpr std::size_t kArchives = 120;
  const TemporaryDirectory directory;
  for (std::size_t t = 0; t < kArchives; ++t) {
    auto array = mask_array(1, 2, kHeight * 16, kWidth * 16,
                            [&](auto, auto n, auto y, auto x) { return (x + y + t * (n + 1)) % 3 == 0; });
    array.shape.erase(array.shape.begin());
    write_npz(directory.file("m" + std::to_string(t) + ".npz"), {array, int64_array("object_ids", {1, 2})});
  }
  Overlay keeping;
  Overlay dropping;
  for (auto* const overlay : {&keeping, &dropping}) {
    overlay->set_location(directory.file("m%d.npz"))
        .set_plain_look()
        .set("timing", "framerate")
        .set("framerate", "25/1");
  }
  keeping.set("max-memory", "0");
  dropping.set("max-memory", std::to_string(kMegabyte).c_str());
  Player keeping_player(keeping);
  Player dropping_player(dropping);
  keeping.finish_loading();
  dropping.finish_loading();
  fail_unless(dropping.stat("store-bytes") > 2 * kMegabyte);
  fail_unless(dropping.stat("cached-bytes") < kMegabyte / 4);
  for (guint64 k = kArchives; k-- > 0;) {
    fail_unless(dropping_player.show(k) == keeping_player.show(k), "frame %" G_GUINT64_FORMAT, k);
  }
  fail_unless(dropping.stat("read-again") > 10);
  assert_no_reports(dropping);

  std::filesystem::remove(directory.file("m60.npz"));
  const auto lost = count_lost(
      kArchives, [&](guint64 k) { return dropping_player.show(k); }, [&](guint64 k) { return keeping_player.show(k); });
  fail_unless(lost > 0 && lost < 20, "%zu frames are lost", lost);
  assert_report(only_warning(dropping), GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "changed");
}
END_TEST

Suite* sam2overlay_long_files_suite() {
  auto* const suite = suite_create("sam2overlay_long_files");
  auto* const test_case = tcase_create("general");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_masks_are_the_same_in_any_order_of_frames);
  tcase_add_test(test_case, test_masks_that_cannot_be_read_again_are_one_warning);
  tcase_add_test(test_case, test_a_stored_file_is_open_everywhere_at_once);
  tcase_add_test(test_case, test_what_needs_more_than_the_masks_waits_for_it);
  tcase_add_test(test_case, test_a_frame_that_waits_for_long_posts_its_progress);
  tcase_add_test(test_case, test_a_file_that_is_deleted_or_replaced_plays_on);
  tcase_add_test(test_case, test_a_file_that_is_overwritten_tears_no_mask);
  tcase_add_test(test_case, test_two_elements_that_share_a_file_show_what_each_asks_for);
  tcase_add_test(test_case, test_archives_of_a_sequence_come_back_unless_they_are_gone);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(sam2overlay_long_files);
