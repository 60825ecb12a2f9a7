// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/mask_loader.hpp"

#include <map>

#include "support/gst_check.hpp"
#include "support/mask_file.hpp"

namespace {

using namespace sam2;
using namespace sam2::masks;
using namespace sam2::runs;

using Row = std::map<std::string, std::string>;

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : line) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// Some tables end their lines as DOS did.
bool read_line(std::istream& file, std::string& line) {
  const bool is_read = static_cast<bool>(std::getline(file, line));
  if (line.ends_with('\r')) line.pop_back();
  return is_read;
}

std::vector<Row> read_table(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  read_line(file, line);
  const auto names = split(line, ',');
  std::vector<Row> rows;
  while (read_line(file, line)) {
    const auto values = split(line, ',');
    fail_unless(values.size() == names.size(), "%s", line.c_str());
    Row row;
    for (std::size_t i = 0; i < names.size(); ++i) row[names[i]] = values[i];
    rows.push_back(row);
  }
  fail_if(rows.empty());
  return rows;
}

/// "axes=HWN;values=binary"
LoadOptions options_of(const std::string& text) {
  LoadOptions options;
  const std::map<std::string, Values> values{{"binary", Values::Binary},
                                             {"labels", Values::Labels},
                                             {"logits", Values::Logits},
                                             {"probabilities", Values::Probabilities}};
  for (const auto& part : split(text, ';')) {
    const auto equals = std::min(part.find('='), part.size());
    const auto key = part.substr(0, equals);
    const auto value = part.substr(std::min(equals + 1, part.size()));
    if (key == "axes") options.axes = value;
    if (key == "array") options.array = value;
    if (key == "values") options.values = values.at(value);
    if (key == "threshold") options.threshold = std::stod(value);
  }
  return options;
}

/// Of the mask as bytes 0 and 1, row by row.
std::uint32_t crc_of(const MaskSet& set, const StoredMask& stored) {
  RunMask mask;
  set.unpack(stored, mask);
  const auto width = static_cast<std::size_t>(set.size().width);
  std::string bytes(width * static_cast<std::size_t>(set.size().height), '\0');
  for (auto y = mask.top(); y < mask.bottom(); ++y) {
    for (const auto& span : mask.row(y)) {
      for (auto x = span.begin; x < span.end; ++x)
        bytes.at(static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x)) = 1;
    }
  }
  return test::crc32_of(bytes);
}

bool is_near(double a, double b) {
  return std::abs(a - b) < 1e-6 || (std::isnan(a) && std::isnan(b));
}

LoadedMasks load(const std::string& path, const LoadOptions& options = {}) {
  auto loaded = load_masks(path, options);
  fail_unless(loaded.has_value(), "%s", loaded ? "" : loaded.error().message.c_str());
  return std::move(*loaded);
}

/// Calls `check(row, loaded)` for each row of a table of fixtures, loading each (file, options) once.
template <typename Check>
void for_each_row(const std::string& table, Check check) {
  std::map<std::string, LoadedMasks> cache;
  for (auto& row : read_table(test::data_file(table))) {
    const auto key = row["file"] + " " + row["options"];
    if (!cache.contains(key)) cache[key] = load(test::data_file(row["file"]), options_of(row["options"]));
    check(key, row, cache[key]);
  }
}

START_TEST(test_every_fixture_has_the_shape_that_numpy_gave_it) {
  for_each_row("expected_files.csv", [](const std::string& key, Row& row, const LoadedMasks& loaded) {
    const auto& set = *loaded.masks;
    fail_unless(set.axes() == row["axes"], "%s: axes %s", key.c_str(), set.axes().c_str());
    fail_unless(set.is_still() == (row["still"] == "1"), "%s: still", key.c_str());
    fail_unless(set.size() == (Size{std::stoi(row["width"]), std::stoi(row["height"])}), "%s: size", key.c_str());
    fail_unless(set.entry_count() == std::stoul(row["entries"]), "%s: %zu entries", key.c_str(), set.entry_count());
    fail_unless(set.objects().size() == std::stoul(row["objects"]) || set.axes() == "THW", "%s: %zu objects",
                key.c_str(), set.objects().size());
    const auto fps =
        set.fps() ? std::to_string(set.fps()->numerator) + "/" + std::to_string(set.fps()->denominator) : "";
    fail_unless(fps == row["fps"], "%s: fps %s", key.c_str(), fps.c_str());
    std::string timestamps;
    for (const auto time : set.timestamps()) timestamps += (timestamps.empty() ? "" : " ") + std::to_string(time);
    fail_unless(timestamps == row["timestamps"], "%s: timestamps %s", key.c_str(), timestamps.c_str());
    const auto warnings = loaded.warnings.size() + (set.axes_guess() ? 1 : 0);
    fail_unless(warnings == std::stoul(row["warnings"]), "%s: %zu warnings", key.c_str(), warnings);
  });
}
END_TEST

START_TEST(test_every_fixture_has_the_masks_that_numpy_put_in) {
  std::map<std::string, std::size_t> masks_seen;
  std::map<std::string, std::size_t> masks_stored;
  for_each_row("expected.csv", [&](const std::string& key, Row& row, const LoadedMasks& loaded) {
    const auto& set = *loaded.masks;
    const auto entry = std::stoul(row["entry"]);
    const auto what = key + " entry " + row["entry"] + " id " + row["id"];
    fail_unless_equals_int64(set.frame_numbers()[entry], std::stoll(row["frame"]));
    const auto masks = set.masks(entry);
    const auto mask =
        std::ranges::find_if(masks, [&](const StoredMask& m) { return m.object->id == std::stoi(row["id"]); });
    fail_unless(mask != masks.end(), "%s is missing", what.c_str());
    const auto& found = mask->props;
    fail_unless(found.area == std::stoul(row["area"]), "%s: area", what.c_str());
    fail_unless(is_near(found.centroid.x, std::stod(row["cx"])) && is_near(found.centroid.y, std::stod(row["cy"])),
                "%s: centroid %f %f", what.c_str(), found.centroid.x, found.centroid.y);
    fail_unless(found.box == (Box{std::stoi(row["left"]), std::stoi(row["top"]), std::stoi(row["width"]),
                                  std::stoi(row["height"])}),
                "%s: box", what.c_str());
    fail_unless(crc_of(set, *mask) == std::stoul(row["crc32"]), "%s: pixels", what.c_str());
    const auto scores = set.scores(entry);
    const auto score = scores.empty() ? std::nan("") : scores[static_cast<std::size_t>(mask - masks.begin())];
    fail_unless(is_near(score, std::stod(row["score"])), "%s: score %f", what.c_str(), score);
    fail_unless(mask->object->label == row["label"], "%s: label", what.c_str());
    ++masks_seen[key];
    masks_stored[key] = 0;
    for (std::size_t i = 0; i < set.published_count(); ++i) masks_stored[key] += set.masks(i).size();
  });
  // And none that it did not.
  for (const auto& [key, count] : masks_seen) {
    fail_unless(masks_stored[key] == count, "%s: %zu masks instead of %zu", key.c_str(), masks_stored[key], count);
  }
}
END_TEST

START_TEST(test_masks_of_an_entry_are_in_slot_order) {
  for_each_row("expected_files.csv", [](const std::string& key, Row&, const LoadedMasks& loaded) {
    for (std::size_t entry = 0; entry < loaded.masks->entry_count(); ++entry) {
      const auto masks = loaded.masks->masks(entry);
      for (std::size_t i = 1; i < masks.size(); ++i) {
        fail_unless(masks[i - 1].object->slot < masks[i].object->slot, "%s", key.c_str());
      }
    }
  });
}
END_TEST

START_TEST(test_labels_choose_the_slot) {
  const auto loaded = load(test::data_file("label_maps.npz"));
  const auto objects = loaded.masks->objects();
  fail_unless_equals_uint64(objects.size(), 2);
  fail_unless_equals_int64(objects[0].slot, 0);
  fail_unless_equals_int64(objects[1].slot, 3);
}
END_TEST

START_TEST(test_files_in_memory_read_like_files) {
  for (const std::string name : {"stored.npz", "deflated.npz", "prefixed.npz", "bare.npy", "khw.npz"}) {
    const auto bytes = test::read_file(test::data_file(name));
    const auto from_memory = load_masks_from_memory(std::as_bytes(std::span(bytes)), name, {});
    fail_unless(from_memory.has_value(), "%s", name.c_str());
    const auto from_file = load(test::data_file(name));
    fail_unless_equals_uint64(from_memory->masks->store_bytes(), from_file.masks->store_bytes());
    fail_unless_equals_uint64(crc_of(*from_memory->masks, from_memory->masks->masks(1)[0]),
                              crc_of(*from_file.masks, from_file.masks->masks(1)[0]));
  }
}
END_TEST

/// `columns`: of frame, id, area, x, y, left, top, right, bottom; the box includes its last pixel.
void compare_with_truth(const std::string& masks, const std::string& truth, std::size_t minimum, bool only_first) {
  const auto path = test::shared_file(masks);
  if (path.empty()) return;
  const auto loaded = load(path);
  std::map<std::pair<std::int64_t, std::int32_t>, RegionProps> found;
  for (std::size_t entry = 0; entry < loaded.masks->entry_count(); ++entry) {
    for (const auto& mask : loaded.masks->masks(entry)) {
      found[{loaded.masks->frame_numbers()[entry], mask.object->id}] = mask.props;
    }
  }
  std::size_t compared = 0;
  for (auto& row : read_table(test::shared_file(truth))) {
    const std::pair key(std::stoll(row["frame"]), std::stoi(row["object_id"]));
    if (only_first && key.first != 0) continue;
    if (row["area_px"].empty() || row["area_px"] == "0") {
      fail_if(found.contains(key), "frame %s", row["frame"].c_str());
      continue;
    }
    fail_unless(found.contains(key), "frame %s", row["frame"].c_str());
    const auto& props = found[key];
    fail_unless_equals_uint64(props.area, std::stoul(row["area_px"]));
    fail_unless(std::abs(props.centroid.x - std::stod(row["centroid_x"])) < 1e-4);
    fail_unless(std::abs(props.centroid.y - std::stod(row["centroid_y"])) < 1e-4);
    const auto left = std::stoi(row["box_x0"]);
    const auto top = std::stoi(row["box_y0"]);
    fail_unless(props.box == (Box{left, top, std::stoi(row["box_x1"]) - left + 1, std::stoi(row["box_y1"]) - top + 1}));
    ++compared;
  }
  fail_unless_equals_uint64(compared, found.size());
  fail_unless(compared >= minimum);
}

START_TEST(test_real_masks_equal_their_truth) {
  compare_with_truth("puma-chair/chair_video.npz", "puma-chair/truth.csv", 60, false);
  compare_with_truth("puma-chair/chair_image.npz", "puma-chair/truth.csv", 1, true);
  compare_with_truth("sav-000001-manual/sav_000001_manual.npz", "sav-000001-manual/truth.csv", 400, false);
}
END_TEST

START_TEST(test_real_video_tells_its_axes_ids_and_rate) {
  const auto path = test::shared_file("sav-000001-manual/sav_000001_manual.npz");
  if (path.empty()) return;
  const auto loaded = load(path);
  const auto& set = *loaded.masks;
  fail_unless(set.axes() == "TNHW" && !set.is_still() && loaded.warnings.empty());
  fail_unless(set.fps() == (Fraction{24, 1}));
  fail_unless_equals_int64(set.frame_numbers()[120], 480);
  // Far below the 246 MB of the array.
  fail_unless(set.store_bytes() < 2'000'000, "%zu", static_cast<std::size_t>(set.store_bytes()));
}
END_TEST

Suite* mask_loader_suite() {
  auto* const suite = suite_create("mask_loader");
  auto* const test_case = tcase_create("mask_loader");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_every_fixture_has_the_shape_that_numpy_gave_it);
  tcase_add_test(test_case, test_every_fixture_has_the_masks_that_numpy_put_in);
  tcase_add_test(test_case, test_masks_of_an_entry_are_in_slot_order);
  tcase_add_test(test_case, test_labels_choose_the_slot);
  tcase_add_test(test_case, test_files_in_memory_read_like_files);
  tcase_add_test(test_case, test_real_masks_equal_their_truth);
  tcase_add_test(test_case, test_real_video_tells_its_axes_ids_and_rate);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(mask_loader);
