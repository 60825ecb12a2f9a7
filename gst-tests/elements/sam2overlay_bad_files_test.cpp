// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <chrono>
#include <functional>

#include "support/gst_check.hpp"
#include "support/player.hpp"

using namespace sam2::test;

namespace {

using Settings = std::vector<std::pair<const char*, const char*>>;

struct Kind {
  GQuark (*domain)();
  int code;
};

constexpr Kind kNotFound{gst_resource_error_quark, GST_RESOURCE_ERROR_NOT_FOUND};
constexpr Kind kOpenRead{gst_resource_error_quark, GST_RESOURCE_ERROR_OPEN_READ};
constexpr Kind kNoSpaceLeft{gst_resource_error_quark, GST_RESOURCE_ERROR_NO_SPACE_LEFT};
constexpr Kind kSettings{gst_resource_error_quark, GST_RESOURCE_ERROR_SETTINGS};
constexpr Kind kDecode{gst_stream_error_quark, GST_STREAM_ERROR_DECODE};
constexpr Kind kWrongType{gst_stream_error_quark, GST_STREAM_ERROR_WRONG_TYPE};
constexpr Kind kFormat{gst_stream_error_quark, GST_STREAM_ERROR_FORMAT};

/// A file that cannot be played, with what the user is told.
struct BadFile {
  const char* name;
  std::function<void(const std::string& path)> make;
  Settings settings;
  Kind kind;
  const char* fragment;
};

void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string npz_bytes(const std::string& path, const Array& array) {
  write_npz(path, {array});
  return read_file(path);
}

void write_good(const std::string& path) {
  write_npz(path, {column_masks()});
}

void write_truncated(const std::string& path, std::size_t kept_percent) {
  const auto bytes = npz_bytes(path, column_masks());
  write_text(path, bytes.substr(0, bytes.size() * kept_percent / 100));
}

void write_with_wrong_crc(const std::string& path) {
  auto bytes = npz_bytes(path, column_masks());
  bytes[bytes.size() / 2] ^= 1;
  write_text(path, bytes);
}

void make_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  fail_unless_equals_int(bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  close(descriptor);
}

Array shaped(std::string descr, std::vector<std::size_t> shape, std::size_t bytes) {
  return {"masks", std::move(descr), std::move(shape), std::string(bytes, '\0')};
}

/// Every other pixel, so that no run can be long.
Array checkered_masks() {
  return mask_array(4, 1, 256, 256, [](auto, auto, auto y, auto x) { return (x + y) % 2 == 0; });
}

constexpr std::size_t kHuge = std::size_t{1} << 40;

const std::vector<BadFile>& bad_files() {
  static const std::vector<BadFile> files = {
      {"missing.npz", [](const auto&) {}, {}, kNotFound, "No such file"},
      {"no/directory.npz", [](const auto&) {}, {}, kNotFound, ""},
      {"directory.npz",
       [](const auto& path) { std::filesystem::create_directory(path); },
       {},
       kOpenRead,
       "not a regular file"},
      {"fifo.npz",
       [](const auto& path) { fail_unless_equals_int(mkfifo(path.c_str(), 0600), 0); },
       {},
       kOpenRead,
       "not a regular file"},
      {"zeros.npz",
       [](const auto& path) { std::filesystem::create_symlink("/dev/zero", path); },
       {},
       kOpenRead,
       "not a regular file"},
      {"socket.npz", make_socket, {}, kOpenRead, ""},
      {"loop.npz", [](const auto& path) { std::filesystem::create_symlink(path, path); }, {}, kOpenRead, ""},
      {"empty.npz", [](const auto& path) { write_text(path, ""); }, {}, kDecode, "empty"},
      {"text.npz", [](const auto& path) { write_text(path, "These are no masks.\n"); }, {}, kDecode, "this is text"},
      {"half.npz", [](const auto& path) { write_truncated(path, 50); }, {}, kDecode, "zip"},
      {"nearly.npz", [](const auto& path) { write_truncated(path, 99); }, {}, kDecode, "zip"},
      {"crc.npz", write_with_wrong_crc, {}, kDecode, "masks"},
      {"short.npy",
       [](const auto& path) {
         write_npy(path, shaped("|u1", {4, 12, 16}, 500));
       },
       {},
       kDecode,
       "truncated"},
      {"header.npy", [](const auto& path) { write_text(path, "\x93NUMPY"); }, {}, kDecode, ""},
      {"none.npz",
       [](const auto& path) {
         write_npz(path, {int64_array("object_ids", {1, 2})});
       },
       {},
       kFormat,
       "mask"},
      {"no-member.npz", [](const auto& path) { write_npz(path, {}); }, {}, kFormat, "mask"},
      {"pickled.npz",
       [](const auto& path) {
         write_npz(path, {shaped("|O", {4, 12, 16}, 100)});
       },
       {},
       kWrongType,
       "np.savez"},
      {"complex.npz",
       [](const auto& path) {
         write_npz(path, {shaped("<c16", {1, 12, 16}, 16 * kFrameBytes)});
       },
       {},
       kWrongType,
       "<c16"},
      {"line.npz", [](const auto& path) { write_npz(path, {shaped("|u1", {100}, 100)}); }, {}, kFormat, "(100,)"},
      {"overflow.npz",
       [](const auto& path) {
         write_npz(path, {shaped("|u1", {kHuge, kHuge, kHuge}, 64)});
       },
       {},
       kDecode,
       "1099511627776"},
      {"overflow-zero.npz",
       [](const auto& path) {
         write_npz(path, {shaped("|u1", {0, kHuge, kHuge}, 0)});
       },
       {},
       kDecode,
       "1099511627776"},
      {"claims.npz",
       [](const auto& path) {
         write_npz(path, {shaped("|u1", {kHuge, 12, 16}, 64)});
       },
       {},
       kDecode,
       "truncated"},
      {"memory.npz",
       [](const auto& path) { write_npz(path, {checkered_masks()}); },
       {{"max-memory", "100000"}},
       kNoSpaceLeft,
       "max-memory"},
      {"array.npz", write_good, {{"array", "absent"}}, kSettings, "absent"},
      {"axes.npz", write_good, {{"axes", "garbage"}}, kSettings, "garbage"},
      {"few-axes.npz", write_good, {{"axes", "HW"}}, kSettings, "axes=HW"},
      {"timing.npz", write_good, {{"timing", "timestamps"}}, kSettings, "timestamps"},
      {"pairs.npz",
       [](const auto& path) {
         write_npz(path, {shaped("|u1", {4, 12, 16}, 4 * kFrameBytes), int64_array("object_ids", {1, 2, 3, 4})});
       },
       {{"axes", "KHW"}},
       kSettings,
       "frame_indices"},
      {"\xFF\xFE.npz", [](const auto&) {}, {}, kNotFound, ""},
      {"escape.npz",
       [](const auto& path) {
         auto array = shaped("|O", {4, 12, 16}, 100);
         array.name = "\x1b[2J\xFF\xC3";
         write_npz(path, {array});
       },
       {},
       kWrongType,
       ""},
  };
  return files;
}

bool says_what_to_do(const std::string& text) {
  const auto words = {"set ", "save", "raise", "expected", "limit"};
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return text.find(word) != std::string::npos; });
}

void assert_readable(const std::string& text) {
  fail_unless(g_utf8_validate(text.c_str(), -1, nullptr));
  fail_unless(std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 && c != '\n'; }));
}

void apply(Overlay& overlay, const Settings& settings) {
  for (const auto& [name, value] : settings) overlay.set(name, value);
}

void restore(Overlay& overlay, const Settings& settings) {
  for (const auto& [name, value] : settings) overlay.reset(name);
}

}  // namespace

START_TEST(test_a_bad_file_is_one_error_and_a_good_one_plays_afterwards) {
  const auto& bad = bad_files()[static_cast<std::size_t>(_i)];
  const TemporaryDirectory directory;
  const auto path = directory.file(bad.name);
  bad.make(path);
  Overlay overlay;
  apply(overlay, bad.settings);
  overlay.set_location(path);
  const auto begin = std::chrono::steady_clock::now();
  fail_unless_equals_int(overlay.go(GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
  fail_unless(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5), "%s", bad.name);
  const auto report = only_report(overlay);
  fail_unless(report.type == GST_MESSAGE_ERROR);
  assert_report(report, bad.kind.domain(), bad.kind.code, bad.fragment);
  assert_readable(report.text);
  fail_unless(says_what_to_do(report.text), "%s", report.text.c_str());
  if (g_utf8_validate(path.c_str(), -1, nullptr)) fail_unless(report.says(path), "%s", report.text.c_str());
  fail_unless_equals_uint64(overlay.stat("frames-total"), 0);

  overlay.set_location(column_file(directory));
  restore(overlay, bad.settings);
  overlay.set("axes", "TNHW").set_plain_look();
  Player player(overlay);
  fail_unless(player.show(5) == column_frame(5));
  assert_no_reports(overlay);
}
END_TEST

START_TEST(test_a_bad_location_while_playing_is_one_warning_and_the_old_masks_stay) {
  const auto& bad = bad_files()[static_cast<std::size_t>(_i)];
  // These fail by properties that say at once what they do.
  if (!bad.settings.empty() && std::string(bad.settings[0].first) == "timing") return;
  const TemporaryDirectory directory;
  const auto path = directory.file(bad.name);
  bad.make(path);
  Overlay overlay;
  overlay.set_location(column_file(directory)).set("axes", "TNHW").set_plain_look();
  Player player(overlay);
  fail_unless(player.show(3) == column_frame(3));
  overlay.set("axes", nullptr);
  apply(overlay, bad.settings);
  overlay.set_location(path);
  fail_unless(player.show(2) == column_frame(2));
  const auto warning = only_warning(overlay);
  assert_report(warning, bad.kind.domain(), bad.kind.code, bad.fragment);
  assert_readable(warning.text);
  fail_unless(player.show(4) == column_frame(4));
  fail_unless_equals_uint64(overlay.stat("frames-total"), kWidth);

  restore(overlay, bad.settings);
  const auto other = directory.file("rows.npz");
  write_npz(other, {row_masks()});
  overlay.set("axes", "TNHW").set_location(other);
  fail_unless(player.show(4) == row_frame(4));
  assert_no_reports(overlay);
}
END_TEST

START_TEST(test_a_text_without_meaning_is_an_error_at_start_with_or_without_a_file) {
  const TemporaryDirectory directory;
  for (const auto& [property, text] :
       Settings{{"colors", "#12345"}, {"colors", "red"}, {"objects", "1,x"}, {"objects", "5-3"}}) {
    for (const bool with_file : {false, true}) {
      Overlay overlay;
      overlay.set(property, text).set("axes", "TNHW");
      if (with_file) overlay.set_location(column_file(directory));
      // Nobody is told before it matters.
      fail_unless_equals_int(overlay.go(GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
      assert_no_reports(overlay);
      fail_unless_equals_int(overlay.go(GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
      assert_report(only_report(overlay), GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, property);
      overlay.set(property, nullptr);
      fail_unless_equals_int(overlay.go(GST_STATE_PAUSED), GST_STATE_CHANGE_SUCCESS);
      assert_no_reports(overlay);
    }
  }
}
END_TEST

START_TEST(test_a_text_without_meaning_while_playing_is_one_warning_and_changes_nothing) {
  const TemporaryDirectory directory;
  Overlay overlay;
  overlay.set_location(column_file(directory)).set("axes", "TNHW").set_plain_look().set("objects", "1");
  Player player(overlay);
  for (const auto& [property, text] : Settings{{"colors", "#12345"}, {"objects", "2-"}}) {
    overlay.set(property, text);
    assert_report(only_warning(overlay), GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, property);
    assert_text(overlay.get(property), text);
    fail_unless(player.show(3) == column_frame(3));
  }
  overlay.set("objects", "2");
  fail_unless(player.show(3) == Bytes(kFrameBytes, 0));
  assert_no_reports(overlay);
}
END_TEST

static Suite* sam2overlay_bad_files_suite() {
  auto* suite = suite_create("sam2overlay_bad_files");
  auto* tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_a_bad_file_is_one_error_and_a_good_one_plays_afterwards, 0,
                      static_cast<int>(bad_files().size()));
  tcase_add_loop_test(tests, test_a_bad_location_while_playing_is_one_warning_and_the_old_masks_stay, 0,
                      static_cast<int>(bad_files().size()));
  tcase_add_test(tests, test_a_text_without_meaning_is_an_error_at_start_with_or_without_a_file);
  tcase_add_test(tests, test_a_text_without_meaning_while_playing_is_one_warning_and_changes_nothing);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_bad_files);
