// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/archive_sequence.hpp"

#include <filesystem>

#include "masks/mask_loader.hpp"
#include "support/gst_check.hpp"
#include "support/mask_file.hpp"

namespace {

using namespace sam2;
using namespace sam2::masks;

constexpr std::size_t kHeight = 3;
constexpr std::size_t kWidth = 8;

/// One plane for each column that is named, in which just that column is set; shape (N,H,W).
test::Array columns(const std::vector<std::size_t>& names, std::size_t width = kWidth) {
  auto array =
      test::mask_array(1, names.size(), kHeight, width, [&](auto, auto n, auto, auto x) { return x == names[n]; });
  array.shape.erase(array.shape.begin());
  return array;
}

/// "frame: id/slot@column ..." of each entry.
std::string told(const MaskSet& set) {
  std::string text;
  for (std::size_t entry = 0; entry < set.published_count(); ++entry) {
    text += std::to_string(set.frame_numbers()[entry]) + ":";
    for (const auto& mask : set.masks(entry)) {
      text += " " + std::to_string(mask.object->id) + "/" + std::to_string(mask.object->slot) + "@" +
              std::to_string(mask.props.box.left);
    }
    text += "\n";
  }
  return text;
}

void assert_told(const Result<LoadedMasks>& loaded, const std::string& expected) {
  fail_unless(loaded.has_value(), "%s", loaded ? "" : loaded.error().message.c_str());
  const auto text = told(*loaded->masks);
  fail_unless_equals_string(text.c_str(), expected.c_str());
  fail_unless_equals_uint64(loaded->masks->published_count(), loaded->masks->entry_count());
}

START_TEST(test_names_are_matched_as_printf_writes_them) {
  struct Case {
    const char* path;
    const char* file;
    std::int64_t number;  ///< -1: no match
  };
  for (const auto& [path, file, number] : std::initializer_list<Case>{{"m_%05d.npz", "m_00012.npz", 12},
                                                                      {"m_%05d.npz", "m_123456.npz", 123456},
                                                                      {"m_%05d.npz", "m_012.npz", -1},
                                                                      {"m_%05d.npz", "m_012345.npz", -1},
                                                                      {"m_%05d.npz", "m_-0001.npz", -1},
                                                                      {"%d", "0", 0},
                                                                      {"%d.npy", "7.npy", 7},
                                                                      {"%d.npy", "07.npy", -1},
                                                                      {"%d.npy", ".npy", -1},
                                                                      {"a%%_%02d_b", "a%_07_b", 7},
                                                                      {"a%%_%02d_b", "a%%_07_b", -1},
                                                                      {"%d", "1234567890", -1},
                                                                      {"/some/dir%d/m%d.npz", "m5.npz", 5}}) {
    const auto name = NumberedName::parse(path);
    fail_unless(name.has_value(), "%s", path);
    fail_unless(name->number_in(file).value_or(-1) == number, "%s %s", path, file);
  }
  for (const char* const path : {"masks.npz", "", "100%", "%s.npz", "%5d.npz", "%x", "%d_%d", "dir%d/masks.npz", "%00d",
                                 "%0999999999999999999999d", "a%%d"}) {
    fail_unless(!NumberedName::parse(path), "%s", path);
  }
}
END_TEST

START_TEST(test_each_archive_is_the_frame_that_its_name_says) {
  const test::TemporaryDirectory directory;
  for (const std::size_t number : {12, 9, 10}) {
    test::write_npz(directory.file("m" + std::to_string(number) + ".npz"), {columns({number % 8})});
  }
  test::write_npz(directory.file("m11.npz.old"), {columns({0})});
  assert_told(load_masks(directory.file("m%d.npz"), {}), "9: 1/0@1\n10: 1/0@2\n12: 1/0@4\n");
}
END_TEST

START_TEST(test_numbers_that_begin_with_one_are_counted_from_one) {
  const test::TemporaryDirectory directory;
  for (const std::size_t number : {1, 2, 4}) {
    test::write_npz(directory.file("m0" + std::to_string(number) + ".npz"), {columns({number})});
  }
  assert_told(load_masks(directory.file("m%02d.npz"), {}), "0: 1/0@1\n1: 1/0@2\n3: 1/0@4\n");
}
END_TEST

START_TEST(test_objects_are_the_same_where_their_ids_are) {
  const test::TemporaryDirectory directory;
  const auto write = [&](int number, const std::vector<std::size_t>& planes, const std::vector<std::int64_t>& ids) {
    test::write_npz(directory.file("m" + std::to_string(number) + ".npz"),
                    {columns(planes), test::int64_array("object_ids", ids)});
  };
  write(0, {1, 2}, {30, 70});
  write(1, {3}, {70});
  write(2, {4, 5, 6}, {90, 70, 30});
  assert_told(load_masks(directory.file("m%d.npz"), {}), "0: 30/0@1 70/1@2\n1: 70/1@3\n2: 30/0@6 70/1@5 90/2@4\n");
}
END_TEST

START_TEST(test_planes_are_objects_and_not_frames) {
  // Masks that cover each other as those of frames that follow each other do.
  const test::TemporaryDirectory directory;
  for (int number = 0; number < 2; ++number) {
    test::write_npz(directory.file("m" + std::to_string(number) + ".npz"), {columns({2, 2, 2})});
  }
  const auto loaded = load_masks(directory.file("m%d.npz"), {});
  assert_told(loaded, "0: 1/0@2 2/1@2 3/2@2\n1: 1/0@2 2/1@2 3/2@2\n");
  fail_unless_equals_string(loaded->masks->axes().c_str(), "TNHW");
}
END_TEST

START_TEST(test_identity_is_unknown_where_the_number_of_objects_changes_without_ids) {
  struct Case {
    std::vector<std::vector<std::size_t>> planes;  ///< of each archive
    bool has_ids;
    bool identity;
  };
  const Case cases[] = {
      {{{1, 2}, {3, 4}, {5, 6}}, false, true},
      {{{1, 2}, {3, 4}, {5}}, false, false},
      {{{1}, {3, 4}}, false, false},
      // An empty plane keeps the places of the others.
      {{{1, 2}, {99, 4}}, false, true},
      {{{1, 2}, {}}, false, false},
      {{{}, {1, 2}}, false, false},
      {{{1, 2}, {3, 4}, {5}}, true, true},
  };
  int index = 0;
  for (const auto& [planes, has_ids, identity] : cases) {
    const test::TemporaryDirectory directory;
    for (std::size_t number = 0; number < planes.size(); ++number) {
      std::vector<test::Array> arrays{columns(planes[number])};
      std::vector<std::int64_t> ids(planes[number].size());
      for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = std::int64_t(i);
      if (has_ids) arrays.push_back(test::int64_array("object_ids", ids));
      test::write_npz(directory.file("m" + std::to_string(number) + ".npz"), arrays);
    }
    const auto loaded = load_masks(directory.file("m%d.npz"), {});
    fail_unless(loaded.has_value(), "%s", loaded ? "" : loaded.error().message.c_str());
    fail_unless(loaded->masks->has_identity() == identity, "case %d", index);
    ++index;
  }
}
END_TEST

START_TEST(test_values_of_label_maps_and_keys_are_identities_in_archives_too) {
  const test::TemporaryDirectory directory;
  for (std::size_t number = 0; number < 2; ++number) {
    auto labels = test::mask_array(1, 1, kHeight, kWidth, [](auto, auto, auto, auto) { return false; });
    labels.shape = {kHeight, kWidth};
    for (std::size_t value = 1; value < 4 - number; ++value) labels.data[value] = static_cast<char>(value);
    test::write_npz(directory.file("labels" + std::to_string(number) + ".npz"), {labels});
    std::vector<test::Array> arrays;
    for (std::size_t key = 4; key < 7 - number; ++key) {
      arrays.push_back(columns({key}));
      arrays.back().name = "mask_" + std::to_string(key);
      arrays.back().shape = {kHeight, kWidth};
    }
    test::write_npz(directory.file("keys" + std::to_string(number) + ".npz"), arrays);
  }
  for (const auto* const name : {"labels%d.npz", "keys%d.npz"}) {
    const auto loaded = load_masks(directory.file(name), {});
    fail_unless(loaded && loaded->masks->has_identity(), "%s", name);
  }
}
END_TEST

START_TEST(test_frames_without_objects_are_empty_however_they_are_written) {
  const test::TemporaryDirectory directory;
  test::write_npz(directory.file("m0.npz"), {test::Array{"masks", "|u1", {0, 0}, {}}});
  test::write_npz(directory.file("m1.npz"), {columns({})});
  test::write_npz(directory.file("m2.npz"), {columns({5})});
  test::write_npz(directory.file("m3.npz"), {columns({99})});
  assert_told(load_masks(directory.file("m%d.npz"), {}), "0:\n1:\n2: 1/0@5\n3:\n");
}
END_TEST

START_TEST(test_keys_of_an_archive_are_those_of_objects) {
  const test::TemporaryDirectory directory;
  for (std::size_t number = 0; number < 2; ++number) {
    std::vector<test::Array> arrays;
    for (const std::size_t key : {4, 7}) {
      arrays.push_back(columns({key - number}));
      arrays.back().name = "mask_" + std::to_string(key);
      arrays.back().shape = {kHeight, kWidth};
    }
    test::write_npz(directory.file("m" + std::to_string(number) + ".npz"), arrays);
  }
  assert_told(load_masks(directory.file("m%d.npz"), {}), "0: 4/0@4 7/1@7\n1: 4/0@3 7/1@6\n");
}
END_TEST

START_TEST(test_an_archive_that_does_not_fit_is_left_out_with_a_warning) {
  const test::TemporaryDirectory directory;
  test::write_npz(directory.file("m0.npz"), {columns({0})});
  std::ofstream(directory.file("m1.npz")) << "no archive";
  test::write_npz(directory.file("m2.npz"), {columns({2}, 9)});
  auto video = columns({1, 2});
  video.shape = {2, 1, kHeight, kWidth};
  test::write_npz(directory.file("m3.npz"), {video});
  auto several = test::mask_array(2, 2, kHeight, kWidth, [](auto, auto, auto, auto) { return true; });
  test::write_npz(directory.file("m4.npz"), {several});
  test::write_npz(directory.file("m5.npz"), {columns({5})});
  const auto loaded = load_masks(directory.file("m%d.npz"), {});
  assert_told(loaded, "0: 1/0@0\n1:\n2:\n3: 1/0@1 2/1@2\n4:\n5: 1/0@5\n");
  fail_unless_equals_uint64(loaded->warnings.size(), 3);
  fail_unless(loaded->warnings[0].code == ErrorCode::Decode && loaded->warnings[1].code == ErrorCode::Format);
  for (const auto& [index, words] : std::initializer_list<std::pair<std::size_t, std::vector<const char*>>>{
           {0, {"m1.npz"}}, {1, {"m2.npz", "9x3", "8x3"}}, {2, {"m4.npz", "masks", "(2, 2, 3, 8)"}}}) {
    for (const auto* const word : words) {
      const auto& warning = loaded->warnings[index].message;
      fail_unless(warning.find(word) != std::string::npos, "%s", warning.c_str());
    }
  }
}
END_TEST

START_TEST(test_bad_archives_of_one_kind_are_one_warning) {
  const test::TemporaryDirectory directory;
  test::write_npz(directory.file("m0.npz"), {columns({0})});
  for (int number = 1; number < 50; ++number) {
    std::ofstream(directory.file("m" + std::to_string(number) + ".npz")) << (number % 7 == 0 ? "" : "no archive");
  }
  const auto loaded = load_masks(directory.file("m%d.npz"), {});
  fail_unless_equals_uint64(loaded->warnings.size(), 2);
  for (const auto& [index, words] : std::initializer_list<std::pair<std::size_t, std::vector<const char*>>>{
           {0, {"m1.npz", "this is text", "41 other files"}}, {1, {"m7.npz", "empty", "6 other files"}}}) {
    const auto& warning = loaded->warnings[index];
    fail_unless(warning.code == ErrorCode::Decode);
    for (const auto* const word : words) {
      fail_unless(warning.message.find(word) != std::string::npos, "%s", warning.message.c_str());
    }
  }
}
END_TEST

START_TEST(test_an_unreadable_sequence_reports_its_first_error) {
  const test::TemporaryDirectory directory;
  const auto assert_refused = [&](const std::string& path, ErrorCode code, const std::string& word) {
    const auto loaded = load_masks(path, {});
    fail_unless(!loaded);
    fail_unless_equals_int(static_cast<int>(loaded.error().code), static_cast<int>(code));
    fail_unless(loaded.error().message.find(word) != std::string::npos, "%s", loaded.error().message.c_str());
  };
  assert_refused(directory.file("m%d.npz"), ErrorCode::NotFound, "m%d.npz");
  assert_refused(directory.file("none/m%d.npz"), ErrorCode::NotFound, "none/");
  std::ofstream(directory.file("m4.npz")) << "no archive";
  std::ofstream(directory.file("m5.npz")) << "no archive";
  assert_refused(directory.file("m%d.npz"), ErrorCode::Decode, "m4.npz");
}
END_TEST

START_TEST(test_a_file_of_just_that_name_is_one_file) {
  const test::TemporaryDirectory directory;
  test::write_npz(directory.file("m%d.npz"), {columns({3})});
  test::write_npz(directory.file("m7.npz"), {columns({7})});
  assert_told(load_masks(directory.file("m%d.npz"), {}), "0: 1/0@3\n");
}
END_TEST

START_TEST(test_memory_is_bounded_over_all_archives) {
  const test::TemporaryDirectory directory;
  for (int number = 0; number < 200; ++number) {
    test::write_npz(directory.file("m" + std::to_string(number) + ".npz"), {columns({1, 3, 5})});
  }
  LoadOptions options;
  options.max_memory = 1 << 20;
  fail_unless(load_masks(directory.file("m%d.npz"), options));
  // Masks of others than the last archives are dropped, and read again.
  options.max_memory = 1 << 14;
  const auto loaded = load_masks(directory.file("m%d.npz"), options);
  fail_unless(loaded.has_value());
  const auto& set = *loaded->masks;
  fail_unless(set.words().stats().dropped > 190);
  runs::RunMask mask;
  for (std::size_t entry = 0; entry < 200; ++entry) {
    fail_unless_equals_uint64(set.masks(entry).size(), 3);
    for (std::size_t i = 0; i < 3; ++i) {
      set.unpack(set.masks(entry)[i], mask);
      fail_unless_equals_int64(mask.row(0).size(), 1);
      fail_unless_equals_int64(mask.row(0)[0].begin, 2 * static_cast<int>(i) + 1);
    }
    fail_unless(set.state_of(entry) != WordStore::State::Lost);
  }
  // What is known of each archive must fit.
  options.max_memory = 1000;
  const auto refused = load_masks(directory.file("m%d.npz"), options);
  fail_unless(!refused && refused.error().code == ErrorCode::NoSpace);
  fail_unless(refused.error().message.find("max-memory") != std::string::npos, "%s", refused.error().message.c_str());
}
END_TEST

Suite* archive_sequence_suite() {
  auto* const suite = suite_create("archive_sequence");
  auto* const test_case = tcase_create("archive_sequence");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_names_are_matched_as_printf_writes_them);
  tcase_add_test(test_case, test_each_archive_is_the_frame_that_its_name_says);
  tcase_add_test(test_case, test_numbers_that_begin_with_one_are_counted_from_one);
  tcase_add_test(test_case, test_objects_are_the_same_where_their_ids_are);
  tcase_add_test(test_case, test_planes_are_objects_and_not_frames);
  tcase_add_test(test_case, test_identity_is_unknown_where_the_number_of_objects_changes_without_ids);
  tcase_add_test(test_case, test_values_of_label_maps_and_keys_are_identities_in_archives_too);
  tcase_add_test(test_case, test_frames_without_objects_are_empty_however_they_are_written);
  tcase_add_test(test_case, test_keys_of_an_archive_are_those_of_objects);
  tcase_add_test(test_case, test_an_archive_that_does_not_fit_is_left_out_with_a_warning);
  tcase_add_test(test_case, test_bad_archives_of_one_kind_are_one_warning);
  tcase_add_test(test_case, test_an_unreadable_sequence_reports_its_first_error);
  tcase_add_test(test_case, test_a_file_of_just_that_name_is_one_file);
  tcase_add_test(test_case, test_memory_is_bounded_over_all_archives);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(archive_sequence);
