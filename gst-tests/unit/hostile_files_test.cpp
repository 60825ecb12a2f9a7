// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Files made to do harm: each is one clear error, or loads by a choice that is written here, in little time and memory.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "masks/mask_loader.hpp"
#include "support/deflate_writer.hpp"
#include "support/gst_check.hpp"
#include "support/npz_builder.hpp"
#include "support/sanitizers.hpp"

namespace {

using namespace sam2;

/// AddressSanitizer's shadow memory has no bounds, and it takes its time.
const bool kSanitized = test::has_address_sanitizer();
constexpr long kMostKilobytes = 256 * 1024;

std::string masks_npy(const std::string& shape = "(3, 2, 4, 5)", const std::string& descr = "|u1") {
  return test::raw_npy(test::dictionary(descr, shape), std::string(120, '\1'));
}

long peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/// Loads in a process of its own, which dies where it computes for more than two seconds or takes too much memory.
template <typename Check>
void load_apart(const std::string& what, const std::string& bytes, Check check) {
  const auto child = fork();
  if (child == 0) {
    const auto before = peak_kilobytes();
    if (!kSanitized) {
      const rlimit cpu{2, 2};
      setrlimit(RLIMIT_CPU, &cpu);
    }
    const auto result = masks::load_masks_from_memory(test::as_bytes(bytes), "hostile.npz", {});
    const bool is_small = kSanitized || peak_kilobytes() - before < kMostKilobytes;
    _exit(check(result) && is_small ? 0 : 1);
  }
  int status = 0;
  fail_unless(child > 0 && waitpid(child, &status, 0) == child);
  fail_unless(status == 0, "%s: ended with status %d", what.c_str(), status);
}

void refuse(const std::string& what, const std::string& bytes, ErrorCode code, const std::string& fragment) {
  load_apart(what, bytes, [&](const Result<masks::LoadedMasks>& result) {
    const bool as_expected = !result && result.error().code == code &&
                             result.error().message.find(fragment) != std::string::npos &&
                             result.error().message.find("hostile.npz: ") == 0;
    if (!as_expected) fprintf(stderr, "%s: %s\n", what.c_str(), result ? "loaded" : result.error().message.c_str());
    return as_expected;
  });
}

/// Loads as the three frames of two objects that masks_npy() has.
void accept(const std::string& what, const std::string& bytes) {
  load_apart(what, bytes, [&](const Result<masks::LoadedMasks>& result) {
    if (!result) fprintf(stderr, "%s: %s\n", what.c_str(), result.error().message.c_str());
    return result && result->masks->entry_count() == 3 && result->masks->objects().size() == 2;
  });
}

/// Replaces bytes of the local header, which lies at the beginning, or of the directory at `from`.
std::string patched(std::string bytes, std::size_t at, std::uint64_t value, int count) {
  std::string field;
  test::put_little_endian(field, value, count);
  return bytes.replace(at, field.size(), field);
}

std::size_t directory_of(const std::string& zip) {
  return zip.rfind(std::string("PK\x01\x02", 4));
}

const std::string kGood = test::raw_zip({{"masks.npy", masks_npy()}});

START_TEST(test_lies_of_the_zip_directory) {
  const auto directory = directory_of(kGood);
  const auto end = kGood.rfind(std::string("PK\x05\x06", 4));
  const auto broken = [](const std::string& what, const std::string& bytes) {
    refuse(what, bytes, ErrorCode::Decode, "broken");
  };
  accept("the truth", kGood);
  broken("compressed size", patched(kGood, directory + 20, 0xfffffffe, 4));
  broken("size", patched(kGood, directory + 24, 0xfffffffe, 4));
  broken("both sizes", patched(patched(kGood, directory + 20, 0xfffffffe, 4), directory + 24, 0xfffffffe, 4));
  broken("zip64 sizes without an extra field", patched(kGood, directory + 24, 0xffffffff, 4));
  broken("offset of the member beyond the end", patched(kGood, directory + 42, 0x7fffffff, 4));
  broken("offset of the member in its data", patched(kGood, directory + 42, 60, 4));
  broken("crc", patched(kGood, directory + 16, 1, 4));
  broken("directory beyond the end", patched(kGood, end + 16, 0xfffffff0, 4));
  broken("directory before where it begins", patched(kGood, end + 16, 3, 4));
  broken("size of the directory", patched(kGood, end + 12, 0xfffffff0, 4));
  broken("number of members", patched(patched(kGood, end + 8, 9, 2), end + 10, 9, 2));
  broken("second disk", patched(patched(kGood, end + 4, 1, 2), end + 6, 1, 2));
  broken("length of the name", patched(kGood, directory + 28, 0xfff0, 2));
  broken("length of the extra field", patched(kGood, directory + 30, 0xfff0, 2));
  broken("deflated, it says, but it is not", patched(patched(kGood, directory + 10, 8, 2), 8, 8, 2));
  // Not all versions of libzip mind a comment that is cut off.
  load_apart("length of the comment", patched(kGood, end + 20, 500, 2), [](const Result<masks::LoadedMasks>& result) {
    return result ? result->masks->entry_count() == 3 : result.error().code == ErrorCode::Decode;
  });
}
END_TEST

START_TEST(test_the_directory_is_the_truth_where_local_headers_differ) {
  accept("name", patched(kGood, 30, 'x', 1));
  accept("method", patched(kGood, 8, 8, 2));
  accept("crc", patched(kGood, 14, 1, 4));
  accept("sizes", patched(patched(kGood, 18, 1, 4), 22, 1, 4));
  accept("junk behind the end", kGood + std::string(100, 'x'));
  accept("junk before", std::string(100, 'x') + kGood);
}
END_TEST

START_TEST(test_names_of_any_kind_are_only_names) {
  const auto with = [](const std::string& name) { return test::raw_zip({{name, masks_npy()}}); };
  accept("upwards", with("../../../masks.npy"));
  accept("absolute", with("/etc/masks.npy"));
  accept("Windows", with("C:\\masks.npy"));
  accept("a directory beside", test::raw_zip({{"masks/", ""}, {"masks.npy", masks_npy()}}));
  accept("twice", test::raw_zip({{"masks.npy", "no array"}, {"masks.npy", masks_npy()}}));
  accept("a NUL in a name beside", test::raw_zip({{std::string("a\0b", 3), "x"}, {"masks.npy", masks_npy()}}));
  refuse("empty archive", test::raw_zip({}), ErrorCode::Format, "found no arrays");
  refuse("a name that is too long", with(std::string(5000, 'n') + ".npy"), ErrorCode::NoSpace, "the limit is 4096");
  refuse("no array in it", test::raw_zip({{"sav_000001.json", "{}"}}), ErrorCode::WrongType,
         "but 'sav_000001.json', which is JSON text; decode its masks in Python and save them with "
         "np.savez_compressed('masks.npz', masks=masks)");
}
END_TEST

START_TEST(test_methods_that_cannot_be_read_are_named) {
  for (const auto& [method, name] : std::vector<std::pair<std::uint16_t, std::string>>{
           {9, "9 (deflate64)"}, {12, "12 (bzip2)"}, {14, "14 (LZMA)"}, {93, "93 (zstd)"}, {95, "95 (xz)"}}) {
    refuse(name, test::raw_zip({{"masks.npy", masks_npy(), method}}), ErrorCode::WrongType,
           "array 'masks': zip member 'masks.npy' is compressed by method " + name);
  }
  refuse("encrypted", test::raw_zip({{"masks.npy", masks_npy(), 0, 1}}), ErrorCode::WrongType, "is encrypted");
}
END_TEST

START_TEST(test_headers_that_promise_too_much) {
  const auto with = [](const std::string& shape, const std::string& descr = "|u1") {
    return test::raw_zip({{"masks.npy", masks_npy(shape, descr)}});
  };
  for (const char* const shape :
       {"(2147483648,)", "(4294967296, 2)", "(9223372036854775808,)", "(18446744073709551615,)"}) {
    refuse(shape, with(shape), ErrorCode::Decode, "announces");
  }
  for (const char* const shape :
       {"(18446744073709551615, 2)", "(4294967296, 4294967296)", "(0, 9223372036854775808, 4)"}) {
    refuse(shape, with(shape), ErrorCode::Decode, "more than 64 bits can count");
  }
  refuse("times the element", with("(9223372036854775808,)", "<f8"), ErrorCode::Decode, "more than 64 bits");
  refuse("beyond 64 bits", with("(18446744073709551616,)"), ErrorCode::Decode, "does not fit into 64 bits");
  refuse("negative", with("(-1, 4, 5)"), ErrorCode::Decode, "negative size");
  refuse("9 dimensions", with("(1, 1, 1, 1, 1, 1, 1, 4, 5)"), ErrorCode::NoSpace, "more than 8 dimensions");
  refuse("many empty frames", with("(99999999999, 0, 4, 5)"), ErrorCode::NoSpace, "frames x objects");
  refuse("more empty planes than fit into 256 MB", with("(16777216, 0, 4)"), ErrorCode::NoSpace, "limit is 2097152");
  refuse("empty objects", with("(2, 2097153, 0, 4)"), ErrorCode::NoSpace, "too many objects; the limit is 2097152");
  refuse("empty frames", with("(2097153, 2, 0, 4)"), ErrorCode::NoSpace, "too many frames; the limit is 2097152");
  load_apart("a million empty planes", with("(1048576, 0, 4)"), [](const Result<masks::LoadedMasks>& result) {
    return result && result->masks->object_count() == 1048576;
  });
  refuse("a wide empty image", with("(0, 70000, 4)"), ErrorCode::NoSpace, "rows or columns; the limit is 65535");
  refuse("4 GB of header", std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12), ErrorCode::NoSpace, "limit is 10000");
  refuse("deep nesting", test::raw_npy("{'descr': " + std::string(9000, '['), ""), ErrorCode::Decode, "does not end");
}
END_TEST

/// A member of `size` zeros, as tight as deflate gets; the directory may say another size.
test::ZipMemberBytes zeros(const std::string& header, std::size_t size) {
  test::DeflateWriter writer;
  writer.begin_block(true);
  for (const char c : header) writer.literal(static_cast<unsigned char>(c));
  writer.literal(0);
  for (std::size_t left = size - 1; left >= 258; left -= 258) writer.repeat(258, 1);
  while (writer.text().size() < header.size() + size) writer.literal(0);
  writer.end_block();
  return {"frame_000.npy",
          writer.bytes(),
          8,
          0,
          test::crc32_of(writer.text()),
          static_cast<std::uint32_t>(writer.text().size())};
}

START_TEST(test_members_that_share_their_data_are_no_way_to_inflate_it_often) {
  const auto member = zeros(test::raw_npy(test::dictionary("|u1", "(4000, 4000)"), ""), 16000000);
  std::string directory;
  std::string out;
  for (int i = 100; i < 420; ++i) {
    auto named = member;
    named.name = "frame_" + std::to_string(i) + ".npy";
    const auto zip = test::raw_zip({named});
    const auto local = directory_of(zip);
    if (out.empty()) out = zip.substr(0, local);
    directory += zip.substr(local, 46 + named.name.size());
  }
  const auto begin = out.size();
  out += directory + std::string("PK\x05\x06\0\0\0\0", 8);
  test::put_little_endian(out, 320, 2);
  test::put_little_endian(out, 320, 2);
  test::put_little_endian(out, directory.size(), 4);
  test::put_little_endian(out, begin, 4);
  test::put_little_endian(out, 0, 2);
  fail_unless(out.size() < 200000);
  refuse("5 GB out of 200 kB", out, ErrorCode::Decode, "its members overlap");
}
END_TEST

START_TEST(test_members_that_share_bytes_are_refused_however_few_they_are) {
  const auto zip = test::raw_zip({{"masks.npy", masks_npy()}, {"other.npy", masks_npy()}});
  const auto second = directory_of(zip);
  accept("two members", zip);
  accept("a comment with an end record in it",
         patched(zip, zip.size() - 2, 22, 2) + std::string("PK\x05\x06", 4) + std::string(18, '\0'));
  refuse("all of it", patched(zip, second + 42, 0, 4), ErrorCode::Decode, "its members overlap");
  refuse("a part of it", patched(zip, second + 42, 40, 4), ErrorCode::Decode, "its members overlap");
  refuse("the same name",
         patched(test::raw_zip({{"masks.npy", masks_npy()}, {"masks.npy", masks_npy()}}), second + 42, 0, 4),
         ErrorCode::Decode, "its members overlap");
}
END_TEST

START_TEST(test_a_plane_that_never_comes_takes_no_memory) {
  auto member = zeros(test::raw_npy(test::dictionary("|u1", "(16000, 16000)"), ""), 1000);
  member.name = "masks.npy";
  member.size = 256000128;
  member.data += std::string(900000, 'x');  // so that the size could be true
  refuse("256 MB", test::raw_zip({member}), ErrorCode::Decode, "array 'masks': broken zip member 'masks.npy'");
}
END_TEST

START_TEST(test_a_million_labels_are_an_error_or_a_million_objects) {
  std::vector<std::int32_t> labels(1000000);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i + 1);
  const auto npy = test::npy_bytes(test::make_array("", "<i4", {1, 1000, 1000}, labels));
  masks::LoadOptions options;
  options.max_memory = 20000000;
  const auto result = masks::load_masks_from_memory(test::as_bytes(npy), "labels.npy", options);
  fail_unless(!result && result.error().code == ErrorCode::NoSpace);
}
END_TEST

START_TEST(test_a_broken_frame_in_the_middle_names_its_array) {
  test::DeflateWriter writer;
  writer.begin_block(true);
  const auto npy = masks_npy();
  for (const char c : npy) writer.literal(static_cast<unsigned char>(c));
  writer.end_block();
  for (std::size_t at = 100; at < writer.bytes().size() - 2; at += 3) {
    auto data = writer.bytes();
    data[at] = static_cast<char>(data[at] ^ 0x10);
    const auto size = static_cast<std::uint32_t>(npy.size());
    refuse("byte " + std::to_string(at), test::raw_zip({{"masks.npy", data, 8, 0, test::crc32_of(npy), size}}),
           ErrorCode::Decode, "array 'masks': ");
  }
}
END_TEST

Suite* hostile_files_suite() {
  auto* const suite = suite_create("hostile_files");
  auto* const test_case = tcase_create("hostile_files");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_lies_of_the_zip_directory);
  tcase_add_test(test_case, test_the_directory_is_the_truth_where_local_headers_differ);
  tcase_add_test(test_case, test_names_of_any_kind_are_only_names);
  tcase_add_test(test_case, test_methods_that_cannot_be_read_are_named);
  tcase_add_test(test_case, test_headers_that_promise_too_much);
  tcase_add_test(test_case, test_members_that_share_their_data_are_no_way_to_inflate_it_often);
  tcase_add_test(test_case, test_members_that_share_bytes_are_refused_however_few_they_are);
  tcase_add_test(test_case, test_a_plane_that_never_comes_takes_no_memory);
  tcase_add_test(test_case, test_a_million_labels_are_an_error_or_a_million_objects);
  tcase_add_test(test_case, test_a_broken_frame_in_the_middle_names_its_array);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(hostile_files);
