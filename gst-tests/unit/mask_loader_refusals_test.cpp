// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <sys/stat.h>

#include <tuple>

#include "mask_members.hpp"

namespace {

using namespace sam2;
using namespace sam2::test;
using masks::LoadOptions;
using masks::Values;

LoadOptions with_values(Values values) {
  LoadOptions options;
  options.values = values;
  return options;
}

START_TEST(test_folders_devices_and_pipes_are_refused_without_waiting) {
  const test::TemporaryDirectory directory;
  const auto refuse = [&](const std::string& path, ErrorCode code, const std::string& fragment) {
    assert_refused(masks::load_masks(path, {}), code, {path + ": ", fragment});
  };
  refuse(directory.file("missing.npz"), ErrorCode::NotFound, "cannot open the file: No such file");
  refuse(directory.file(""), ErrorCode::OpenRead, "not a regular file; expected an .npz or .npy file");
  refuse("/dev/null", ErrorCode::OpenRead, "not a regular file");
  const auto fifo = directory.file("fifo.npz");
  fail_unless(mkfifo(fifo.c_str(), 0600) == 0);
  refuse(fifo, ErrorCode::OpenRead, "not a regular file");
}
END_TEST

START_TEST(test_files_without_masks_are_refused) {
  const test::TemporaryDirectory directory;
  const auto refuse = [&](const std::string& bytes, const std::string& fragment) {
    const auto path = directory.file("x.npz");
    std::ofstream(path, std::ios::binary) << bytes;
    assert_refused(masks::load_masks(path, {}), ErrorCode::Decode, {path, fragment});
    assert_refused(masks::load_masks_from_memory(test::as_bytes(bytes), "x.npz", {}), ErrorCode::Decode,
                   {"x.npz", fragment});
  };
  refuse("", "the file is empty");
  refuse("x", "this is text, not a mask file");
  refuse("x\x01\x80", "neither an .npz archive (zip) nor an .npy array");
  refuse(std::string(100000, '\xff'), "neither an .npz archive");
  refuse("PK\x03\x04 and nothing more", "broken or truncated zip archive");
  refuse(kVideo.substr(0, 7), "truncated");
  refuse(kVideo.substr(0, kVideo.size() - 1), "announces 120 bytes of data, but there are 119");
}
END_TEST

START_TEST(test_other_kinds_of_files_are_refused_by_name) {
  const auto refuse = [](const std::string& bytes, ErrorCode code, const std::string& fragment) {
    assert_refused(masks::load_masks_from_memory(test::as_bytes(bytes), "x.npz", {}), code, {fragment});
  };
  refuse("version https://git-lfs.github.com/spec/v1\noid sha256:", ErrorCode::Decode, "run 'git lfs pull'");
  refuse("\n <!doctype html>", ErrorCode::Decode, "this is an HTML page");
  refuse("<?xml version=\"1.0\"?><Error>", ErrorCode::Decode, "this is XML text");
  refuse("\x89PNG\r\n\x1a\n", ErrorCode::WrongType, "this is a PNG picture");
  refuse("\xff\xd8\xff\xe0", ErrorCode::WrongType, "this is a JPEG picture");
  refuse(std::string("\0\0\0\x20", 4) + "ftypisom", ErrorCode::WrongType, "this is a video");
  refuse("<Html>", ErrorCode::Decode, "this is an HTML page");
  refuse("\xef\xbb\xbf<!-- saved -->", ErrorCode::Decode, "this is an HTML page");
  refuse("frame,id\n0,1\n", ErrorCode::Decode, "this is text");
  refuse("gr\xc3\xb6\xc3\x9f", ErrorCode::Decode, "this is text");
  refuse(std::string(600, '\0'), ErrorCode::Decode, "begins with zeros alone");
  refuse("RIFF1234AVI LIST", ErrorCode::WrongType, "this is a video");
  refuse("RIFF1234WEBPVP8 ", ErrorCode::WrongType, "this is a picture");
  refuse(std::string("BM1234\0\0\0\0\x36\0\0\0\x28", 15), ErrorCode::WrongType, "this is a picture");
  refuse(std::string("\0\0\0\x20", 4) + "moov", ErrorCode::WrongType, "this is a video");
  refuse("\x1a\x45\xdf\xa3\x01", ErrorCode::WrongType, "this is a video");
  std::string packets(600, '\1');
  for (const std::size_t begin : {0, 188, 376, 564}) packets[begin] = 'G';
  refuse(packets, ErrorCode::WrongType, "this is a video");
  std::string tar(512, '\0');
  tar.replace(0, 5, "masks").replace(257, 5, "ustar");
  refuse(tar, ErrorCode::WrongType, "this is a tar archive");
  refuse("BZh91AY&SY\1", ErrorCode::WrongType, "this is a bzip2 file");
  refuse("\xfd" + std::string("7zXZ\0", 6), ErrorCode::WrongType, "this is an xz file");
  refuse("\x28\xb5\x2f\xfd\1", ErrorCode::WrongType, "this is a zstd file");
  refuse("PAR1\x15\x04", ErrorCode::WrongType, "this is a Parquet file");
  refuse("%PDF-1.4", ErrorCode::WrongType, "this is a PDF document");
  refuse(std::string("\x40\0\0\0\0\0\0\0", 8) + "{\"masks\":{}}", ErrorCode::WrongType, "this is a safetensors file");
  refuse("}q\1K\1", ErrorCode::WrongType, "this is a Python pickle");
  refuse("cnumpy.core", ErrorCode::WrongType, "this is a Python pickle");
  refuse("\x80\x04\x95 pickle", ErrorCode::WrongType, "this is a Python pickle");
  refuse("(dp0\nS'a'", ErrorCode::WrongType, "this is a Python pickle");
  refuse("\x80\x02\x8a\nl\xfc\x9c\x46\xf9 old", ErrorCode::WrongType, "this is a PyTorch file");
  refuse("\x1f\x8b\x08", ErrorCode::WrongType, "this is a gzip file");
  refuse("\x89HDF\r\n", ErrorCode::WrongType, "this is an HDF5 file");
  refuse("{\"masks\": []}", ErrorCode::WrongType, "this is JSON text");
  refuse(test::raw_zip({{"clip/data.pkl", "x"}, {"clip/data/0", "x"}}), ErrorCode::WrongType, "this is a PyTorch file");
  refuse(test::raw_zip({{"masks.json", "[]"}}), ErrorCode::WrongType, "which is JSON text");
  refuse(test::raw_zip({{"00000.png", "x"}}), ErrorCode::WrongType, "which is a picture");
  refuse(test::raw_zip({{"00000.JPG", "x"}}), ErrorCode::WrongType, "which is a picture");
  refuse(test::raw_zip({{"clip.mp4", "x"}}), ErrorCode::WrongType, "which is a video");
  refuse(test::raw_zip({{"00000.npz", "x"}}), ErrorCode::WrongType, "the archives in it hold the masks");
}
END_TEST

START_TEST(test_pickled_results_are_refused_with_the_lines_that_save_them) {
  const auto pickled = [](const std::string& shape) { return npy("|O", shape, std::string(64, 'x')); };
  // np.savez("x.npz", video_segments=video_segments)
  assert_refused(load({{"video_segments", pickled("()")}}), ErrorCode::WrongType,
                 {"np.load(file, allow_pickle=True)['video_segments'].item()", "frame_indices=[f for f, o in pairs]"});
  assert_refused(load({{"masks", pickled("()")}}), ErrorCode::WrongType, {"['masks'].item()"});
  // np.savez("x.npz", masks=SAM2AutomaticMaskGenerator(...).generate(image))
  assert_refused(load({{"masks", pickled("(2,)")}}), ErrorCode::WrongType, {"masks=np.stack([m['segmentation']"});
}
END_TEST

START_TEST(test_every_truncation_of_a_file_is_an_error) {
  const auto zip = test::raw_zip({{"masks.npy", kVideo}, {"object_ids.npy", integers({1, 2})}});
  for (std::size_t length = 0; length < zip.size(); ++length) {
    const std::vector<std::byte> bytes(test::as_bytes(zip).begin(),
                                       test::as_bytes(zip).begin() + static_cast<std::ptrdiff_t>(length));
    const auto result = masks::load_masks_from_memory(bytes, "cut.npz", {});
    fail_if(result.has_value(), "%zu bytes", length);
    fail_unless(result.error().code == ErrorCode::Decode);
  }
}
END_TEST

START_TEST(test_changed_bytes_never_do_harm) {
  const auto zip = test::raw_zip({{"masks.npy", kVideo}, {"object_ids.npy", integers({1, 2})}});
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::byte> bytes(test::as_bytes(zip).begin(), test::as_bytes(zip).end());
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    const auto result = masks::load_masks_from_memory(bytes, "changed.npz", {});
    fail_unless(result || !result.error().message.empty());
  }
  // Without a checksum in the way.
  for (std::size_t at = 0; at < kVideo.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      auto changed = kVideo;
      changed[at] = static_cast<char>(value);
      const auto result = masks::load_masks_from_memory(test::as_bytes(changed), "changed.npy", {});
      fail_unless(result || !result.error().message.empty());
    }
  }
}
END_TEST

START_TEST(test_broken_checksum_of_a_used_member_is_an_error) {
  for (const std::string broken : {"masks.npy", "object_ids.npy"}) {
    std::vector<test::ZipMemberBytes> members{{"masks.npy", kVideo}, {"object_ids.npy", integers({1, 2})}};
    for (auto& member : members) {
      if (member.name == broken) member.crc = 1;
    }
    const auto zip = test::raw_zip(members);
    assert_refused(masks::load_masks_from_memory(test::as_bytes(zip), "clip.npz", {}), ErrorCode::Decode,
                   {"clip.npz: array '" + broken.substr(0, broken.size() - 4) + "': broken zip member", "CRC error"});
  }
}
END_TEST

START_TEST(test_pickled_masks_are_refused_with_the_line_that_saves_them) {
  assert_refused(masks::load_masks(test::data_file("pickled_masks.npz"), {}), ErrorCode::WrongType,
                 {"array 'masks': it is pickled", "np.savez_compressed('masks.npz', masks=np.stack("});
  LoadOptions options;
  options.array = "masks";
  assert_refused(masks::load_masks(test::data_file("pickled_record.npz"), options), ErrorCode::WrongType,
                 {"it is pickled"});
  assert_refused(masks::load_masks(test::data_file("complex_masks.npz"), {}), ErrorCode::WrongType,
                 {"its type '<c8' cannot be read", "array.astype(np.uint8))"});
  assert_refused(load({{"masks", npy("<U2", "(2, 2)", std::string(32, 'x'))}}), ErrorCode::WrongType,
                 {"its type '<U2'"});
}
END_TEST

START_TEST(test_a_file_without_masks_lists_what_it_has) {
  assert_refused(load({}), ErrorCode::Format, {"no mask array", "found no arrays"});
  assert_refused(load({{"a", kVideo}, {"b", kVideo}}), ErrorCode::Format, {"found 'a', 'b'; set array"});
  assert_refused(load({{"only", integers({1, 2})}}), ErrorCode::Format, {"found 'only'"});
  LoadOptions options;
  options.array = "gts\x1b[2J";
  const auto unknown = load({{"masks", kVideo}, {"evil\x1b[2J\xff", kVideo}}, options);
  assert_refused(unknown, ErrorCode::Settings, {"array=gts\\x1b[2J is not in the file, which has 'masks', 'evil"});
  fail_unless(unknown.error().message.find('\x1b') == std::string::npos);
}
END_TEST

START_TEST(test_arrays_that_are_no_images_are_refused) {
  assert_refused(load({{"masks", npy("|u1", "()", "x")}}), ErrorCode::Format, {"shape () is no mask"});
  assert_refused(load({{"masks", npy("|u1", "(3,)", "xxx")}}), ErrorCode::Format, {"shape (3,) is no mask"});
  assert_refused(load({{"masks", npy("|u1", "(2, 2, 2, 1, 1)", std::string(8, 'x'))}}), ErrorCode::Format,
                 {"has more axes than frames, objects, rows and columns"});
  const auto nothing = load({{"masks", npy("<f8", "(0,)", "")}});
  fail_unless(nothing.has_value() && nothing->masks->entry_count() == 1 && nothing->masks->is_still());
}
END_TEST

START_TEST(test_impossible_sizes_are_refused_before_anything_is_allocated) {
  LoadOptions unlimited;
  unlimited.max_memory = 0;
  const auto refuse = [&](const std::string& shape, ErrorCode code, const std::string& fragment) {
    assert_refused(load({{"masks", npy("|u1", shape, dots(6))}}, unlimited), code, {"array 'masks': ", fragment});
  };
  refuse("(1000000, 1000000)", ErrorCode::Decode, "announces 1000000000000 bytes of data, but there are 120");
  refuse("(4294967296, 4294967296)", ErrorCode::Decode, "64 bits");
  refuse("(0, 9223372036854775808, 4)", ErrorCode::Decode, "64 bits");
  refuse("(9223372036854775807, 0, 2)", ErrorCode::NoSpace, "the limit is");
  refuse("(9223372036854775807, 0)", ErrorCode::NoSpace, "the limit is 65535");
  refuse("(33554433, 0, 5, 5)", ErrorCode::NoSpace, "too many frames x objects; the limit is 33554432");
  refuse("(0, 33554433, 5, 5)", ErrorCode::NoSpace, "too many frames x objects");
}
END_TEST

START_TEST(test_sides_up_to_65535_are_read) {
  const auto with_width = [](std::size_t width) {
    return load({{"masks", npy("|b1", "(1, " + std::to_string(width) + ")", std::string(width - 1, '\0') + "\1")}});
  };
  const auto widest = with_width(65535);
  fail_unless(widest.has_value());
  fail_unless(widest->masks->masks(0)[0].props.box == (runs::Box{65534, 0, 1, 1}));
  assert_refused(with_width(65536), ErrorCode::NoSpace, {"too many rows or columns; the limit is 65535"});
  assert_refused(load({{"masks", npy("|b1", "(65536, 1)", std::string(65536, '\1'))}}), ErrorCode::NoSpace, {"65535"});
}
END_TEST

START_TEST(test_max_memory_is_named_with_its_value) {
  LoadOptions options;
  for (std::uint64_t limit = 1; limit < 100000; limit = limit * 5 / 4 + 1) {
    options.max_memory = limit;
    const auto result = load({{"masks", kVideo}}, options);
    if (result) {
      fail_unless(result->masks->store_bytes() <= limit);
      continue;
    }
    fail_unless(limit < 10000, "a file of some hundred bytes does not fit into %zu", static_cast<std::size_t>(limit));
    assert_refused(result, ErrorCode::NoSpace,
                   {"max-memory=" + std::to_string(limit) + ";", "raise max-memory (0 is unlimited)"});
  }
}
END_TEST

START_TEST(test_arrays_that_cannot_stream_are_bounded_by_max_memory) {
  const auto turned = [](const char* order) {
    return test::raw_npy(test::dictionary("|u1", "(50, 2, 40, 50)", order), std::string(200000, '\0'));
  };
  LoadOptions options;
  options.max_memory = 100000;
  fail_unless(load({{"masks", turned("False")}}, options).has_value());
  assert_refused(load({{"masks", turned("True")}}, options), ErrorCode::NoSpace,
                 {"read as a whole", "max-memory=100000"});
}
END_TEST

START_TEST(test_noisy_masks_are_stopped_at_max_memory) {
  std::string data;
  for (int i = 0; i < 400 * 400; ++i) data += static_cast<char>(i % 2);
  LoadOptions options;
  options.max_memory = 500000;
  assert_refused(load({{"masks", npy("|u1", "(400, 400)", data)}}, options), ErrorCode::NoSpace, {"max-memory=500000"});
}
END_TEST

START_TEST(test_axes_that_do_not_fit_are_settings_errors) {
  const auto refuse = [](const std::string& axes, const std::string& fragment) {
    assert_refused(load({{"masks", kVideo}}, with_axes(axes)), ErrorCode::Settings, {"axes=" + axes, fragment});
  };
  refuse("NHW", "names 3 axes, but there are 4");
  refuse("", "names 0 axes");
  refuse("TNHX", "has letters other than");
  refuse("tnhw", "has letters other than");
  refuse("TNHH", "must name each of H and W once");
  refuse("TNTH", "must name each of H and W once");
  refuse("TTHW", "names an axis twice");
  refuse("KTHW", "has K together with T or N");
  refuse("1NHW", "drops axis 0, whose size is 3");
  assert_refused(load({{"masks", npy("|u1", "(3, 4, 5)", dots(3))}}, with_axes("KHW")), ErrorCode::Settings,
                 {"axes=KHW needs a frame number and an object id", "no array 'object_ids'"});
}
END_TEST

START_TEST(test_values_that_contradict_the_array_are_settings_errors) {
  const auto floats = [](float value) { return numbers("<f4", "(2, 2)", std::vector<float>{0, 1, value, 2}); };
  assert_refused(load({{"masks", kVideo}}, with_values(Values::Labels)), ErrorCode::Settings,
                 {"values=labels does not go with an axis of objects"});
  assert_refused(load({{"masks", kVideo}}, with_values(Values::Logits)), ErrorCode::Settings,
                 {"values=logits does not go with an array of type '|u1'"});
  assert_refused(load({{"masks", npy("|b1", "(2, 2)", "abcd")}}, with_values(Values::Probabilities)),
                 ErrorCode::Settings, {"values=probabilities"});
  assert_refused(load({{"masks", floats(0.5f)}}, with_values(Values::Labels)), ErrorCode::Settings,
                 {"values=labels, but there are values that are not whole numbers"});
  fail_unless(load({{"masks", floats(3)}}, with_values(Values::Labels)).has_value());
  LoadOptions no_number;
  no_number.threshold = std::nan("");
  assert_refused(load({{"masks", kVideo}}, no_number), ErrorCode::Settings, {"threshold is not a number"});
}
END_TEST

START_TEST(test_labels_beyond_32_bits_are_a_format_error) {
  const auto labels = [](std::int64_t value) { return numbers("<i8", "(1, 2)", std::vector<std::int64_t>{1, value}); };
  assert_refused(load({{"masks", labels(2147483648)}}), ErrorCode::Format, {"a label is above 2147483647"});
  fail_unless(load({{"masks", labels(2147483648)}}, with_values(Values::Binary)).has_value());
  const auto largest = load({{"masks", labels(2147483647)}});
  fail_unless(largest.has_value() && largest->masks->objects()[1].id == 2147483647);
  const auto lowest = load({{"masks", labels(std::numeric_limits<std::int64_t>::min())}});
  fail_unless(lowest.has_value() && lowest->masks->objects().size() == 1);
  assert_refused(load({{"masks", numbers("<u8", "(1, 1)", std::vector<std::uint64_t>{~0ull})}}), ErrorCode::Format,
                 {"a label is above"});
}
END_TEST

Suite* mask_loader_refusals_suite() {
  auto* const suite = suite_create("mask_loader_refusals");
  auto* const test_case = tcase_create("mask_loader_refusals");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_folders_devices_and_pipes_are_refused_without_waiting);
  tcase_add_test(test_case, test_files_without_masks_are_refused);
  tcase_add_test(test_case, test_other_kinds_of_files_are_refused_by_name);
  tcase_add_test(test_case, test_pickled_results_are_refused_with_the_lines_that_save_them);
  tcase_add_test(test_case, test_every_truncation_of_a_file_is_an_error);
  tcase_add_test(test_case, test_changed_bytes_never_do_harm);
  tcase_add_test(test_case, test_broken_checksum_of_a_used_member_is_an_error);
  tcase_add_test(test_case, test_pickled_masks_are_refused_with_the_line_that_saves_them);
  tcase_add_test(test_case, test_a_file_without_masks_lists_what_it_has);
  tcase_add_test(test_case, test_arrays_that_are_no_images_are_refused);
  tcase_add_test(test_case, test_impossible_sizes_are_refused_before_anything_is_allocated);
  tcase_add_test(test_case, test_sides_up_to_65535_are_read);
  tcase_add_test(test_case, test_max_memory_is_named_with_its_value);
  tcase_add_test(test_case, test_arrays_that_cannot_stream_are_bounded_by_max_memory);
  tcase_add_test(test_case, test_noisy_masks_are_stopped_at_max_memory);
  tcase_add_test(test_case, test_axes_that_do_not_fit_are_settings_errors);
  tcase_add_test(test_case, test_values_that_contradict_the_array_are_settings_errors);
  tcase_add_test(test_case, test_labels_beyond_32_bits_are_a_format_error);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(mask_loader_refusals);
