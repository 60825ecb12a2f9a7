// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Entries that are read while those before them are not: held to the same entries of the whole file.
#include "clip/clip_windows.hpp"

#include <atomic>
#include <filesystem>

#include "masks/mask_loader.hpp"
#include "support/gst_check.hpp"
#include "support/mask_file.hpp"

namespace {

using namespace sam2;
using masks::Direction;
using masks::MaskSet;

const std::function<bool()> kNever = [] { return false; };

/// All that is known of an entry.
std::string describe(const MaskSet& set, std::size_t entry) {
  std::string text;
  runs::RunMask mask;
  const auto add = [&](auto number) { text += std::to_string(number) + " "; };
  const auto found = set.masks(entry);
  const auto scores = set.scores(entry);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& stored = found[i];
    for (const auto number : {stored.object->slot, std::int64_t{stored.object->id}, stored.object->color}) add(number);
    text += stored.object->label + ": ";
    add(stored.props.centroid.x);
    add(stored.props.centroid.y);
    add(scores.empty() ? -1.0 : scores[i]);
    set.unpack(stored, mask);
    add(mask.top());
    for (auto y = mask.top(); y < mask.bottom(); ++y) {
      for (const auto& span : mask.row(y)) text += std::to_string(span.begin) + "-" + std::to_string(span.end) + ",";
      text += "/";
    }
    text += "\n";
  }
  return text;
}

/// Keeps what a load offers. Ends it after so many entries.
class Observer final : public masks::LoadObserver {
 public:
  explicit Observer(std::size_t entries = static_cast<std::size_t>(-1)) : entries_(entries) {}

  void on_open(const std::shared_ptr<const MaskSet>& set) override { masks = set; }
  void on_windows(const std::shared_ptr<masks::WindowReader>& reader) override { windows = reader; }
  void on_progress() override {}
  [[nodiscard]] bool is_cancelled() const override {
    return masks != nullptr && masks->published_count() >= entries_ && windows != nullptr;
  }

  std::shared_ptr<const MaskSet> masks;
  std::shared_ptr<masks::WindowReader> windows;

 private:
  std::size_t entries_;
};

masks::LoadOptions unlimited() {
  masks::LoadOptions options;
  options.max_memory = 0;
  return options;
}

/// Returns the number of entries that were compared.
std::size_t assert_windows_are_like(const MaskSet& whole, masks::WindowReader& windows, const std::string& name) {
  std::size_t compared = 0;
  for (std::size_t begin = whole.entry_count(); begin-- > 0;) {
    for (const std::size_t count : {1, 3}) {
      const auto end = std::min(begin + count, whole.entry_count());
      const auto window = windows.read(begin, end, kNever);
      fail_unless(window.has_value(), "%s: %s", name.c_str(), window ? "" : window.error().message.c_str());
      fail_unless_equals_uint64((*window)->first_entry(), begin);
      fail_unless_equals_uint64((*window)->entry_count(), end - begin);
      for (auto entry = begin; entry < end; ++entry, ++compared) {
        const auto found = describe(**window, entry);
        const auto expected = describe(whole, entry);
        fail_unless(found == expected, "%s, entry %zu: %s instead of %s", name.c_str(), entry, found.c_str(),
                    expected.c_str());
      }
    }
  }
  return compared;
}

START_TEST(test_windows_hold_the_masks_of_every_kind_of_file) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(g_getenv("SAM2_TEST_DATA"))) {
    const auto path = file.path().string();
    if (file.path().extension() != ".npz" && file.path().extension() != ".npy") continue;
    Observer observer;
    const auto loaded = masks::load_masks(path, unlimited(), &observer);
    if (!loaded || observer.windows == nullptr) continue;
    files += assert_windows_are_like(*loaded->masks, *observer.windows, path) > 0 ? 1 : 0;
  }
  fail_unless(files >= 20, "%zu files", files);
}
END_TEST

/// Then the planes of an entry lie far from each other.
START_TEST(test_windows_of_objects_one_after_the_other) {
  const test::TemporaryDirectory directory;
  const auto path = directory.file("masks.npz");
  test::write_npz(path, {test::mask_array(2, 9, 3, 16, [](auto n, auto t, auto, auto x) { return x == t + 5 * n; })});
  auto options = unlimited();
  options.axes = "NTHW";
  Observer observer;
  const auto loaded = masks::load_masks(path, options, &observer);
  fail_unless(loaded.has_value() && observer.windows != nullptr);
  fail_unless(assert_windows_are_like(*loaded->masks, *observer.windows, path) > 0);
}
END_TEST

/// Objects of an archive for each frame get slots and colours in the order in which they appear.
START_TEST(test_windows_of_a_sequence_hold_objects_that_were_met_before) {
  const test::TemporaryDirectory directory;
  const auto write = [&](int number, const std::vector<std::int64_t>& ids) {
    auto array = test::mask_array(1, ids.size(), 3, 8, [&](auto, auto n, auto, auto x) {
      return x == (static_cast<std::size_t>(ids[n]) + static_cast<std::size_t>(number)) % 8;
    });
    array.shape.erase(array.shape.begin());
    test::write_npz(directory.file("m" + std::to_string(number) + ".npz"),
                    {array, test::int64_array("object_ids", ids)});
  };
  write(0, {7, 3});
  write(1, {3});
  write(2, {3, 7});
  write(3, {5, 3});
  write(4, {7, 5});
  const auto path = directory.file("m%d.npz");
  Observer whole;
  fail_unless(masks::load_masks(path, unlimited(), &whole).has_value());
  fail_unless(assert_windows_are_like(*whole.masks, *whole.windows, path) > 0);

  // Object 5 has not been met here. The third archive does not need it.
  class FirstArchive final : public masks::LoadObserver {
   public:
    void on_open(const std::shared_ptr<const MaskSet>&) override {}
    void on_windows(const std::shared_ptr<masks::WindowReader>& reader) override { windows = reader; }
    void on_progress() override {
      if (is_asked) return;
      is_asked = true;
      const auto known = windows->read(1, 3, kNever);
      fail_unless(known.has_value() && *known != nullptr);
      met = describe(**known, 2);
      const auto unknown = windows->read(3, 4, kNever);
      fail_unless(unknown.has_value() && *unknown == nullptr);
    }
    [[nodiscard]] bool is_cancelled() const override { return false; }
    std::shared_ptr<masks::WindowReader> windows;
    std::string met;
    bool is_asked = false;
  } first;
  fail_unless(masks::load_masks(path, unlimited(), &first).has_value());
  fail_unless(first.is_asked);
  fail_unless(first.met == describe(*whole.masks, 2));
}
END_TEST

constexpr std::size_t kFrames = 100;

/// A clip of which only the first entries have been read, and its windows.
struct PartlyRead {
  PartlyRead() : observer(5) {
    test::write_npz(path, {test::mask_array(kFrames, 2, 12, 16, [](auto t, auto n, auto, auto x) {
                      return x == (t + 3 * n) % 16 && t % 10 != 9;
                    })});
    auto load_options = unlimited();
    load_options.axes = "TNHW";
    fail_unless(!masks::load_masks(path, load_options, &observer).has_value());
    fail_unless(observer.masks->published_count() < 10);
    auto clip = std::make_shared<clip::Clip>(observer.masks, options);
    fail_unless(clip->follow(tracking::Tracks::End::Open, is_cancelled).has_value());
    windows.begin(clip, options, observer.windows);
  }

  test::TemporaryDirectory directory;
  std::string path = directory.file("masks.npz");
  Observer observer;
  clip::ClipOptions options;
  std::atomic<bool> is_cancelled{false};
  clip::ClipWindows windows{0};
};

START_TEST(test_a_place_that_is_asked_for_comes_first_and_then_what_follows) {
  PartlyRead read;
  auto& windows = read.windows;
  fail_unless(!windows.read_next(read.is_cancelled), "nothing was asked for");
  windows.want(50, Direction::Forward);
  fail_unless(windows.read_next(read.is_cancelled));
  const auto clip = windows.find(50);
  fail_unless(clip != nullptr && clip->is_ready(50));
  fail_unless(windows.find(49) == nullptr && windows.find(51) == nullptr, "its neighbours tell motion only");
  const auto masks = clip->masks().masks(50);
  fail_unless_equals_uint64(masks.size(), 2);
  fail_unless_equals_int64(masks[0].props.box.left, 50 % 16);
  fail_unless_equals_int64(masks[1].props.box.left, 53 % 16);
  const auto& tracks = clip->tracks();
  fail_unless(!tracks.previous_of({50, 1}), "there is no mask in the entry before");
  fail_unless(tracks.next_of({50, 1}) == (tracking::MaskRef{51, 1}));
  fail_unless_equals_int64(tracks.mask({51, 1}).props.box.left, 54 % 16);
  fail_unless(tracks.begin_late());

  fail_unless(windows.read_next(read.is_cancelled), "what follows is read ahead");
  fail_unless(windows.find(51) != nullptr && windows.find(52) != nullptr && windows.find(50) == clip);
  fail_unless(windows.find(53) == nullptr);
  fail_unless(windows.find(51)->tracks().previous_of({51, 1}) == (tracking::MaskRef{50, 1}));
  fail_unless(!windows.read_next(read.is_cancelled));

  windows.want(52, Direction::Forward);
  fail_unless(windows.read_next(read.is_cancelled));
  fail_unless(windows.find(56) != nullptr && windows.find(57) == nullptr, "windows become longer");

  windows.want(95, Direction::Backward);
  fail_unless(windows.read_next(read.is_cancelled));
  fail_unless(windows.find(95) != nullptr && windows.find(94) == nullptr);
  fail_unless(windows.read_next(read.is_cancelled));
  fail_unless(windows.find(94) != nullptr && windows.find(93) != nullptr && windows.find(92) == nullptr);
  windows.want(93, Direction::Backward);
  fail_unless(windows.read_next(read.is_cancelled));
  fail_unless(windows.find(89)->masks().masks(89).empty());
}
END_TEST

START_TEST(test_the_ends_of_a_file_and_what_was_read_need_no_window) {
  PartlyRead read;
  auto& windows = read.windows;
  windows.want(0, Direction::Forward);
  fail_unless(!windows.read_next(read.is_cancelled), "the file has been read so far");
  windows.want(kFrames - 1, Direction::Forward);
  fail_unless(windows.read_next(read.is_cancelled));
  fail_unless(windows.find(kFrames - 1) != nullptr);
  fail_unless(!windows.read_next(read.is_cancelled));
  windows.want(kFrames + 5, Direction::Forward);
  fail_unless(!windows.read_next(read.is_cancelled));
}
END_TEST

START_TEST(test_few_windows_stay_in_memory) {
  PartlyRead read;
  auto& windows = read.windows;
  for (std::size_t entry = 20; entry < kFrames; entry += 10) {
    windows.want(entry, Direction::Forward);
    fail_unless(windows.read_next(read.is_cancelled));
    fail_unless(windows.find(entry) != nullptr);
  }
  std::size_t found = 0;
  for (std::size_t entry = 0; entry < kFrames; ++entry) found += windows.find(entry) != nullptr ? 1 : 0;
  fail_unless(found <= 4);
}
END_TEST

START_TEST(test_a_file_that_cannot_be_read_any_more_has_no_windows) {
  PartlyRead read;
  std::filesystem::resize_file(read.path, 1000);
  read.windows.want(50, Direction::Forward);
  fail_unless(!read.windows.read_next(read.is_cancelled));
  fail_unless(read.windows.find(50) == nullptr);
}
END_TEST

Suite* clip_windows_suite() {
  auto* const suite = suite_create("clip_windows");
  auto* const test_case = tcase_create("clip_windows");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_windows_hold_the_masks_of_every_kind_of_file);
  tcase_add_test(test_case, test_windows_of_objects_one_after_the_other);
  tcase_add_test(test_case, test_windows_of_a_sequence_hold_objects_that_were_met_before);
  tcase_add_test(test_case, test_a_place_that_is_asked_for_comes_first_and_then_what_follows);
  tcase_add_test(test_case, test_the_ends_of_a_file_and_what_was_read_need_no_window);
  tcase_add_test(test_case, test_few_windows_stay_in_memory);
  tcase_add_test(test_case, test_a_file_that_cannot_be_read_any_more_has_no_windows);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(clip_windows);
