// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Masks that were dropped and read again, held to masks that stayed in memory.
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "masks/mask_loader.hpp"
#include "masks/word_store.hpp"
#include "support/files.hpp"
#include "support/gst_check.hpp"
#include "support/npz_builder.hpp"

namespace {

using namespace sam2;
using masks::Direction;

/// The pixels of all masks of an entry, with what else is known of them.
std::string describe(const masks::MaskSet& set, std::size_t entry) {
  std::string text;
  runs::RunMask mask;
  for (const auto& stored : set.masks(entry)) {
    set.unpack(stored, mask);
    text +=
        std::to_string(stored.object->id) + ":" + std::to_string(stored.props.area) + "@" + std::to_string(mask.top());
    for (std::int32_t y = mask.top(); y < mask.bottom(); ++y) {
      for (const auto& span : mask.row(y)) text += " " + std::to_string(span.begin) + "-" + std::to_string(span.end);
      text += "/";
    }
    text += "\n";
  }
  return text;
}

/// Asks for the entries in any order. Returns the number of stretches that were read again.
std::uint64_t assert_same(const masks::MaskSet& dropping, const masks::MaskSet& keeping, const std::string& name) {
  fail_unless_equals_uint64(dropping.entry_count(), keeping.entry_count());
  std::vector<std::size_t> entries(keeping.entry_count());
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i] = i;
  std::mt19937 random(1);
  std::shuffle(entries.begin(), entries.end(), random);
  for (const auto entry : entries) {
    dropping.set_focus(entry, std::nullopt, random() % 2 == 0 ? Direction::Forward : Direction::Backward);
    fail_unless(describe(dropping, entry) == describe(keeping, entry), "%s, entry %zu", name.c_str(), entry);
    fail_unless(dropping.state_of(entry) != masks::WordStore::State::Lost);
  }
  return dropping.words().stats().read_again;
}

/// Reads what is wanted, as the thread of a clip does.
void read_wanted(const masks::MaskSet& set) {
  int reads = 0;
  while (const auto stretch = set.words().next_wanted()) {
    fail_unless(set.words().read(*stretch).has_value());
    fail_unless(++reads < 100, "stretches are dropped as soon as they are read");
  }
}

/// One array of bytes in an archive.
std::string archive_of(const std::string& shape, const std::string& data, bool is_deflated) {
  const auto npy = test::raw_npy(test::dictionary("|u1", shape), data);
  if (!is_deflated) return test::raw_zip({{"masks.npy", npy}});
  z_stream stream{};
  fail_unless(deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string deflated(npy.size(), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(npy.data()));
  stream.avail_in = static_cast<uInt>(npy.size());
  stream.next_out = reinterpret_cast<Bytef*>(deflated.data());
  stream.avail_out = static_cast<uInt>(deflated.size());
  fail_unless(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  deflated.resize(stream.total_out);
  deflateEnd(&stream);
  return test::raw_zip({{"masks.npy", deflated, 8, 0, test::crc32_of(npy), static_cast<std::uint32_t>(npy.size())}});
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

masks::LoadOptions with_memory(std::uint64_t bytes) {
  masks::LoadOptions options;
  options.max_memory = bytes;
  return options;
}

START_TEST(test_masks_of_every_kind_of_file_come_back_as_they_were) {
  std::size_t reread_files = 0;
  for (const auto& file : std::filesystem::directory_iterator(g_getenv("SAM2_TEST_DATA"))) {
    const auto path = file.path().string();
    if (file.path().extension() != ".npz" && file.path().extension() != ".npy") continue;
    const auto keeping = masks::load_masks(path, with_memory(0));
    const auto dropping = masks::load_masks(path, with_memory(60000));
    if (!keeping || !dropping) continue;
    reread_files += assert_same(*dropping->masks, *keeping->masks, path) > 0 ? 1 : 0;
  }
  fail_unless(reread_files >= 40, "%zu files", reread_files);
}
END_TEST

/// A frame may need two entries, however little memory there is.
START_TEST(test_an_entry_and_the_next_one_stay_together) {
  std::size_t pairs = 0;
  for (const auto* const name : {"tnhw.npz", "nthw.npz", "deflated.npz", "keys_frames_varying.npz", "label_maps.npz"}) {
    const auto loaded = masks::load_masks(test::data_file(name), with_memory(60000));
    fail_unless(loaded.has_value());
    const auto& set = *loaded->masks;
    for (std::size_t entry = 0; entry + 1 < set.entry_count(); ++entry, ++pairs) {
      set.set_focus(entry, entry + 1, Direction::Forward);
      read_wanted(set);
      for (const auto shown : {entry, entry + 1}) {
        fail_unless(set.state_of(shown) == masks::WordStore::State::Cached, "%s: entry %zu", name, shown);
      }
    }
  }
  fail_unless(pairs > 0);
}
END_TEST

/// Frames of two objects that move, and empty ones.
std::string video(std::size_t frames, unsigned seed, int labels) {
  constexpr std::size_t kSide = 64;
  std::mt19937 random(seed);
  std::string text(frames * kSide * kSide, '\0');
  for (std::size_t t = 0; t < frames; ++t) {
    for (int label = 1; label <= labels && t % 9 != 4; ++label) {
      const auto left = random() % 40;
      const auto top = random() % 40;
      for (std::size_t y = top; y < top + 20; ++y) {
        const auto begin = (t * kSide + y) * kSide + left + y % 3;
        std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(begin), 20, static_cast<char>(label));
      }
    }
  }
  return text;
}

START_TEST(test_a_long_file_plays_in_little_memory) {
  const test::TemporaryDirectory folder;
  for (const bool is_deflated : {false, true}) {
    const auto path = folder.file(is_deflated ? "deflated.npz" : "stored.npz");
    write_file(path, archive_of("(3000, 64, 64)", video(3000, 3, 2), is_deflated));
    const auto keeping = masks::load_masks(path, with_memory(0));
    const auto dropping = masks::load_masks(path, with_memory(std::uint64_t{1} << 20));
    fail_unless(keeping.has_value() && dropping.has_value());
    const auto cached = dropping->masks->words().stats().cached_bytes;
    fail_unless(cached <= std::uint64_t{1} << 18, "%zu bytes", static_cast<std::size_t>(cached));
    // The path names another file by now.
    write_file(path + ".new", "nothing");
    std::filesystem::rename(path + ".new", path);
    fail_unless(assert_same(*dropping->masks, *keeping->masks, path) > 10);
  }
}
END_TEST

START_TEST(test_a_file_that_changes_loses_masks_but_tears_none) {
  const test::TemporaryDirectory folder;
  const auto path = folder.file("masks.npz");
  write_file(path, archive_of("(3000, 64, 64)", video(3000, 3, 2), false));
  const auto keeping = masks::load_masks(path, with_memory(0));
  const auto dropping = masks::load_masks(path, with_memory(std::uint64_t{1} << 20));
  fail_unless(keeping.has_value() && dropping.has_value());
  // The same place holds other masks from the middle on.
  const int file = open(path.c_str(), O_WRONLY);
  const auto other = video(3000, 4, 1);
  fail_unless(pwrite(file, other.data(), other.size() / 2, static_cast<off_t>(other.size() / 2)) > 0);
  close(file);
  std::size_t lost = 0;
  for (std::size_t entry = 0; entry < 3000; ++entry) {
    const auto text = describe(*dropping->masks, entry);
    if (dropping->masks->state_of(entry) == masks::WordStore::State::Lost) {
      ++lost;
    } else {
      fail_unless(text == describe(*keeping->masks, entry), "entry %zu", entry);
    }
  }
  fail_unless(lost > 1000 && lost < 1600, "%zu", lost);
}
END_TEST

constexpr std::size_t kPackedFrames = 1200;
constexpr std::size_t kPackedRows = 37;
constexpr std::size_t kPackedColumns = 43;

/// One byte for each bit. Many frames are empty before anything can tell the order of bits.
std::string bits_of_video() {
  std::string bits;
  for (std::size_t t = 0; t < kPackedFrames; ++t) {
    for (std::size_t y = 0; y < kPackedRows; ++y) {
      for (std::size_t x = 0; x < kPackedColumns; ++x) {
        const bool is_object = t >= 600 && t % 7 != 3 && y >= t % 11 && y < 30 && x >= (t + y) % 20 && x < 20 + t % 23;
        bits += is_object ? '\1' : '\0';
      }
    }
  }
  return bits;
}

/// As np.packbits does. A new byte begins after every `row` bits.
std::string packed(const std::string& bits, std::size_t row, bool is_little) {
  std::string bytes;
  for (std::size_t begin = 0; begin < bits.size(); begin += row) {
    for (std::size_t i = 0; i < row; ++i) {
      if (i % 8 == 0) bytes += '\0';
      const auto place = is_little ? i % 8 : 7 - i % 8;
      if (bits[begin + i] != 0) bytes.back() = static_cast<char>(bytes.back() | 1 << place);
    }
  }
  return bytes;
}

/// The oracle is the same video in bytes.
START_TEST(test_packed_bits_come_back_as_they_were) {
  const test::TemporaryDirectory folder;
  const auto bits = bits_of_video();
  const auto plain = folder.file("plain.npz");
  write_file(plain, archive_of("(1200, 37, 43)", bits, false));
  auto options = with_memory(0);
  options.axes = "THW";
  const auto keeping = masks::load_masks(plain, options);
  fail_unless(keeping.has_value());
  std::string sizes(3 * sizeof(std::int64_t), '\0');
  sizes[0] = '\xb0';
  sizes[1] = '\x04';  // 1200
  sizes[8] = 37;
  sizes[16] = 43;
  options.max_memory = std::uint64_t{1} << 20;
  for (const bool is_little : {false, true}) {
    for (const bool are_rows_padded : {false, true}) {
      const auto bytes = packed(bits, are_rows_padded ? kPackedColumns : bits.size(), is_little);
      const auto shape = are_rows_padded ? "(1200, 37, 6)" : "(" + std::to_string(bytes.size()) + ",)";
      const auto path = folder.file("packed.npz");
      write_file(path, test::raw_zip({{"masks.npy", test::raw_npy(test::dictionary("|u1", shape), bytes)},
                                      {"shape.npy", test::raw_npy(test::dictionary("<i8", "(3,)"), sizes)}}));
      const auto dropping = masks::load_masks(path, options);
      const auto name = std::string(is_little ? "little" : "big") + (are_rows_padded ? ", rows" : ", through");
      fail_unless(dropping.has_value(), "%s: %s", name.c_str(), dropping ? "" : dropping.error().message.c_str());
      fail_unless(assert_same(*dropping->masks, *keeping->masks, name) > 10, "%s", name.c_str());
    }
  }
}
END_TEST

/// Finds no memory.
class Hungry final : public masks::StretchReader {
 public:
  Result<void> read(std::size_t, masks::StretchWords&) override { throw std::bad_alloc(); }
};

START_TEST(test_without_memory_a_stretch_is_lost_and_the_thread_lives) {
  masks::WordStore store;
  runs::RunMask mask;
  mask.reset(0);
  mask.add_span(3, 4);
  mask.end_row();
  store.current().append(mask, {3, 0, 1, 1});
  store.set_reader(std::make_unique<Hungry>(), 0);
  store.begin_stretch();
  store.set_focus(Direction::Forward, [](auto&& need) { need(1); });
  store.begin_stretch();
  fail_unless(store.state_of(0) == masks::WordStore::State::Dropped);
  const auto words = store.read(0);
  fail_unless(!words && words.error().code == ErrorCode::NoSpace);
  fail_unless(store.state_of(0) == masks::WordStore::State::Lost);
}
END_TEST

Suite* rereading_suite() {
  auto* const suite = suite_create("rereading");
  auto* const test_case = tcase_create("rereading");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_without_memory_a_stretch_is_lost_and_the_thread_lives);
  tcase_add_test(test_case, test_an_entry_and_the_next_one_stay_together);
  tcase_add_test(test_case, test_masks_of_every_kind_of_file_come_back_as_they_were);
  tcase_add_test(test_case, test_a_long_file_plays_in_little_memory);
  tcase_add_test(test_case, test_packed_bits_come_back_as_they_were);
  tcase_add_test(test_case, test_a_file_that_changes_loses_masks_but_tears_none);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(rereading);
