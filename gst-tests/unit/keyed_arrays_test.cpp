// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/keyed_arrays.hpp"

#include "masks/mask_loader.hpp"
#include "support/gst_check.hpp"
#include "support/npz_builder.hpp"

namespace {

using namespace sam2;
using masks::KeyedArrays;
using By = KeyedArrays::By;

/// An archive of planes of that many objects, 2 x 2, under these names.
std::string archive_of(const std::vector<std::string>& names, const std::string& shape = "(2, 2)") {
  std::vector<test::ZipMemberBytes> members;
  for (const auto& name : names) {
    members.push_back({name + ".npy", test::raw_npy(test::dictionary("|u1", shape), std::string(8, '\1'))});
  }
  return test::raw_zip(members);
}

/// "by kind: name=frame/object ..." in the order in which the arrays are read.
std::string found_in(const std::vector<std::string>& names) {
  const auto bytes = archive_of(names);
  const auto file = npz::NpzFile::open(test::as_bytes(bytes), npz::kLimits);
  const auto arrays = masks::find_keyed_arrays(*file);
  if (!arrays) return "nothing";
  std::string text = arrays->by == By::Frame ? "frames:" : arrays->by == By::Object ? "objects:" : "pairs:";
  for (const auto& member : arrays->members) {
    text += " " + member.name + "=";
    text += arrays->by == By::Object ? "-" : std::to_string(arrays->frames.at(member.frame));
    text += arrays->by == By::Frame ? "" : "/" + std::to_string(arrays->objects.at(member.object));
  }
  return text;
}

void assert_found(const std::vector<std::string>& names, const std::string& expected) {
  const auto found = found_in(names);
  fail_unless_equals_string(found.c_str(), expected.c_str());
}

START_TEST(test_keys_are_read_in_numeric_order) {
  assert_found({"frame_10", "frame_9", "frame_100"}, "frames: frame_9=9 frame_10=10 frame_100=100");
  assert_found({"007", "08"}, "frames: 007=7 08=8");
  assert_found({"Object 12", "Object 3"}, "objects: Object 3=-/3 Object 12=-/12");
  assert_found({"10_1", "2_2", "2_1"}, "pairs: 2_1=2/1 2_2=2/2 10_1=10/1");
  assert_found({"obj_3_frame_12", "obj_4_frame_2"}, "pairs: obj_4_frame_2=2/4 obj_3_frame_12=12/3");
}
END_TEST

START_TEST(test_a_number_that_never_changes_is_part_of_the_name_unless_it_is_an_object) {
  assert_found({"sam2_f1", "sam2_f5"}, "frames: sam2_f1=1 sam2_f5=5");
  assert_found({"0_4", "1_4"}, "pairs: 0_4=0/4 1_4=1/4");
}
END_TEST

START_TEST(test_of_several_kinds_of_keys_that_of_masks_is_taken) {
  assert_found({"0_box", "1_box", "0_mask", "1_mask"}, "frames: 0_mask=0 1_mask=1");
  assert_found({"a1", "a2", "b1", "b2"}, "nothing");
  assert_found({"a1", "b2", "c"}, "nothing");
  assert_found({"x1", "x99999999999999999999"}, "nothing");
}
END_TEST

void assert_refused(const std::string& file, const masks::LoadOptions& options, ErrorCode code,
                    const std::string& fragment) {
  const auto result = masks::load_masks(test::data_file(file), options);
  fail_if(result.has_value());
  fail_unless(result.error().code == code && result.error().message.find(fragment) != std::string::npos, "%s",
              result.error().message.c_str());
}

START_TEST(test_arrays_that_do_not_go_together_are_refused_by_name) {
  assert_refused("keys_sizes.npz", {}, ErrorCode::Format,
                 "array 'frame_2': type '|b1' and shape (2, 5, 11) do not go with those of the others, which have type "
                 "'|b1' and shape (2, 9, 11)");
  assert_refused("keys_types.npz", {}, ErrorCode::Format, "array 'frame_2': type '<f4'");
  assert_refused("keys_pickled.npz", {}, ErrorCode::WrongType, "array 'frame_2': it is pickled");
  assert_refused("keys_pickled.npz", {}, ErrorCode::WrongType, "np.savez_compressed('masks.npz', frame_2=np.stack(");
  assert_refused("keys_axes.npz", {}, ErrorCode::Format,
                 "array '1_1': shape (2, 9, 11) has more axes than one object in one frame: rows and columns");
  masks::LoadOptions options;
  options.axes = "THW";
  assert_refused("keys_frames.npz", options, ErrorCode::Settings, "has more axes than one frame");
}
END_TEST

START_TEST(test_a_broken_array_is_refused_by_name) {
  std::vector<test::ZipMemberBytes> members;
  for (const std::string name : {"1.npy", "2.npy"}) {
    members.push_back({name, test::raw_npy(test::dictionary("|u1", "(2, 2)"), "\1\1\1\1")});
  }
  members[1].crc = 1;
  const auto zip = test::raw_zip(members);
  const auto result = masks::load_masks_from_memory(test::as_bytes(zip), "x.npz", {});
  fail_if(result.has_value());
  fail_unless(result.error().message.find("x.npz: array '2': broken zip member '2.npy'") == 0, "%s",
              result.error().message.c_str());
}
END_TEST

START_TEST(test_memory_is_that_of_one_array_at_a_time) {
  std::vector<std::string> names;
  for (int i = 0; i < 400; ++i) names.push_back("f" + std::to_string(i));
  std::vector<test::ZipMemberBytes> members;
  for (const auto& name : names) {
    members.push_back({name + ".npy", test::raw_npy(test::dictionary("|u1", "(100, 100)"), std::string(10000, '\0'))});
  }
  const auto zip = test::raw_zip(members);
  masks::LoadOptions options;
  options.max_memory = 60000;
  const auto loaded = masks::load_masks_from_memory(test::as_bytes(zip), "x.npz", options);
  fail_unless(loaded.has_value(), "%s", loaded ? "" : loaded.error().message.c_str());
  fail_unless_equals_uint64((*loaded).masks->entry_count(), 400);
}
END_TEST

/// Whether masks of two frames are known to be the same object, of frames with so many objects.
bool have_identity(const std::vector<int>& counts, bool have_ids = false) {
  std::vector<test::ZipMemberBytes> members;
  int most = 0;
  for (std::size_t frame = 0; frame < counts.size(); ++frame) {
    const auto shape = "(" + std::to_string(counts[frame]) + ", 2, 2)";
    const std::string data(std::size_t(counts[frame]) * 4, '\1');
    members.push_back({"frame_" + std::to_string(frame) + ".npy", test::raw_npy(test::dictionary("|b1", shape), data)});
    most = std::max(most, counts[frame]);
  }
  if (have_ids) {
    const auto shape = "(" + std::to_string(most) + ",)";
    members.push_back({"object_ids.npy", test::raw_npy(test::dictionary("|u1", shape), "\1\2\3")});
  }
  const auto zip = test::raw_zip(members);
  const auto loaded = masks::load_masks_from_memory(test::as_bytes(zip), "x.npz", {});
  fail_unless(loaded.has_value(), "%s", loaded ? "" : loaded.error().message.c_str());
  return (*loaded).masks->has_identity();
}

START_TEST(test_objects_are_anonymous_where_their_number_changes_and_no_ids_are_there) {
  fail_unless(have_identity({3, 3, 3}));
  fail_unless(!have_identity({3, 2, 3}));
  fail_unless(!have_identity({3, 3, 0}));
  fail_unless(!have_identity({0, 3, 3}));
  fail_unless(have_identity({3, 2, 3}, true));
  fail_unless(have_identity({1, 0, 1}), "one object at most is always the same");
}
END_TEST

Suite* keyed_arrays_suite() {
  auto* const suite = suite_create("keyed_arrays");
  auto* const test_case = tcase_create("keyed_arrays");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_keys_are_read_in_numeric_order);
  tcase_add_test(test_case, test_a_number_that_never_changes_is_part_of_the_name_unless_it_is_an_object);
  tcase_add_test(test_case, test_of_several_kinds_of_keys_that_of_masks_is_taken);
  tcase_add_test(test_case, test_arrays_that_do_not_go_together_are_refused_by_name);
  tcase_add_test(test_case, test_a_broken_array_is_refused_by_name);
  tcase_add_test(test_case, test_objects_are_anonymous_where_their_number_changes_and_no_ids_are_there);
  tcase_add_test(test_case, test_memory_is_that_of_one_array_at_a_time);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(keyed_arrays);
