// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Arrays beside the masks: those of no use are ignored with a warning.
#include <tuple>

#include "mask_members.hpp"

namespace {

using namespace sam2;
using namespace sam2::test;

/// The file is read, and one of its warnings has all fragments.
void assert_warned(const Result<masks::LoadedMasks>& loaded, const std::vector<std::string>& fragments) {
  fail_unless(loaded.has_value(), "refused: %s", loaded ? "" : loaded.error().message.c_str());
  std::string all;
  for (const auto& warning : loaded->warnings) {
    all += "\n" + warning.message;
    if (std::ranges::all_of(fragments, [&](const std::string& fragment) {
          return warning.message.find(fragment) != std::string::npos;
        })) {
      return;
    }
  }
  fail_unless(false, "no warning says '%s':%s", fragments[0].c_str(), all.c_str());
}

START_TEST(test_side_arrays_of_another_length_are_ignored_with_a_warning) {
  const auto ignore = [](const std::string& name, const std::vector<std::int64_t>& values,
                         const std::string& fragment) {
    assert_warned(load({{"masks", kVideo}, {name, integers(values)}}),
                  {"array '" + name + "' has " + std::to_string(values.size()) + " elements",
                   "shape (3, 2, 4, 5), read as TNHW", fragment, "it is ignored"});
  };
  ignore("object_ids", {1}, "have 2 objects");
  ignore("ids", {1, 2, 3, 4}, "have 2 objects");
  ignore("frame_indices", {1}, "have 3 frames");
  ignore("pts", {}, "have 3 frames");
  const auto one_object = npy("|b1", "(3, 4, 5)", dots(3));
  assert_warned(load({{"masks", one_object}, {"ids", integers({1, 2})}, {"fps", integers({30})}}),
                {"array 'ids' has 2 elements", "have 1 object;"});
  assert_warned(load({{"masks", one_object}, {"frames", integers({1, 2})}}, with_axes("NHW")),
                {"array 'frames' has 2 elements", "read as NHW, have 1 frames"});
}
END_TEST

START_TEST(test_side_values_out_of_range_are_ignored_with_a_warning) {
  const auto ignore = [](const std::string& name, const std::string& array, const std::string& fragment) {
    assert_warned(load({{"masks", kVideo}, {name, array}}), {"array '" + name + "' is ignored: ", fragment});
  };
  ignore("object_ids", integers({1, 2147483648}), "object id 2147483648 does not fit into 32 bits");
  ignore("object_ids", numbers("<u8", "(2,)", std::vector<std::uint64_t>{1, ~0ull}),
         "element 1 is above 9223372036854775807");
  ignore("object_ids", numbers("<f8", "(2,)", std::vector<double>{1, 2.5}), "element 1 is 2.5");
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL, 1e300}) {
    ignore("timestamps", numbers("<f8", "(3,)", std::vector<double>{0, 1, bad}), "element 2 is ");
  }
  ignore("frame_indices", numbers("<f8", "(3,)", std::vector<double>{0, 1, 9.3e18}),
         "expected whole numbers of 64 bits");
  const auto ids = load({{"masks", kVideo}, {"object_ids", integers({1, 2147483648})}})->masks->objects();
  fail_unless(ids[0].id == 1 && ids[1].id == 2, "ids are positions then");
  const auto good = load({{"masks", kVideo}, {"ids", integers({-2147483648, 2147483647})}});
  fail_unless(good.has_value() && good->masks->objects()[0].id == std::numeric_limits<std::int32_t>::min());
}
END_TEST

START_TEST(test_huge_side_arrays_are_over_a_limit) {
  const auto length = std::size_t{1} << 22;
  const auto labels = npy("|S1", "(" + std::to_string(length) + ",)", std::string(length, 'x'));
  assert_refused(load({{"masks", kVideo}, {"labels", labels}}), ErrorCode::NoSpace,
                 {"array 'labels': ", "the limit is 67108864 bytes"});
  const auto nothing = npy("<U0", "(1152921504606846976,)", "");
  assert_refused(load({{"masks", kVideo}, {"labels", nothing}}), ErrorCode::NoSpace, {"the limit is"});
}
END_TEST

START_TEST(test_pairs_with_the_same_frame_and_id_keep_the_last) {
  const auto loaded = load({{"masks", npy("|u1", "(2, 1, 3)", std::string("\1\0\0\0\0\1", 6))},
                            {"ids", integers({4, 4})},
                            {"frames", integers({9, 9})}});
  fail_unless(loaded.has_value());
  const auto& set = *loaded->masks;
  fail_unless_equals_uint64(set.entry_count(), 1);
  const auto found = set.masks(0);
  fail_unless(found.size() == 1 && found[0].props.centroid.x == 2);
}
END_TEST

START_TEST(test_deep_and_broken_metadata_is_a_warning) {
  for (const auto& json :
       {std::string(100000, '['), std::string("{\"fps\": 1e999}"), std::string("{\"fps\": -1}"),
        std::string("\xff\xfe"), std::string("[]"), std::string("{\"a\":") + std::string(2 << 20, ' ') + "1}"}) {
    const auto loaded = load({{"masks", kVideo}, {"metadata", npy("|S" + std::to_string(json.size()), "()", json)}});
    fail_unless(loaded.has_value());
    fail_unless(loaded->warnings.size() == 1 &&
                    loaded->warnings[0].message.find(": array 'metadata' is ignored: ") != std::string::npos,
                "%.20s", json.c_str());
  }
}
END_TEST

START_TEST(test_a_side_array_of_no_use_is_a_warning_that_says_of_what_kind) {
  for (const auto& [name, descr, shape, bytes, code] :
       {std::tuple{"frame_indices", "<i8", "(2, 3)", std::size_t{48}, ErrorCode::Format},
        std::tuple{"labels", "|S1", "(2, 3)", std::size_t{6}, ErrorCode::Format},
        std::tuple{"object_ids", "<c8", "(3,)", std::size_t{24}, ErrorCode::WrongType},
        std::tuple{"scores", "<c8", "(3,)", std::size_t{24}, ErrorCode::WrongType}}) {
    const auto loaded = load({{"masks", kVideo}, {name, npy(descr, shape, std::string(bytes, '\1'))}});
    fail_unless(loaded.has_value(), "%s", name);
    fail_unless(loaded->warnings.size() == 1 && loaded->warnings[0].code == code, "%s", name);
  }
}
END_TEST

Suite* side_arrays_suite() {
  auto* const suite = suite_create("side_arrays");
  auto* const test_case = tcase_create("side_arrays");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_side_arrays_of_another_length_are_ignored_with_a_warning);
  tcase_add_test(test_case, test_side_values_out_of_range_are_ignored_with_a_warning);
  tcase_add_test(test_case, test_huge_side_arrays_are_over_a_limit);
  tcase_add_test(test_case, test_pairs_with_the_same_frame_and_id_keep_the_last);
  tcase_add_test(test_case, test_deep_and_broken_metadata_is_a_warning);
  tcase_add_test(test_case, test_a_side_array_of_no_use_is_a_warning_that_says_of_what_kind);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(side_arrays);
