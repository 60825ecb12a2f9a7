// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/side_arrays.hpp"

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/frame_rate.hpp"
#include "base/text.hpp"
#include "masks/key_words.hpp"
#include "masks/mask_type.hpp"
#include "masks/number_text.hpp"
#include "masks/side_values.hpp"
#include "npz/small_array.hpp"

namespace sam2::masks {
namespace {

/// Parsed JSON takes many times its text; real metadata has a few hundred bytes.
constexpr std::size_t kMetadataBytes = std::size_t{1} << 20;

constexpr std::initializer_list<const char*> kFrameNumbers = {"frame_indices", "frame_idx", "frames", "frame_ids",
                                                              "frame_numbers"};
constexpr std::initializer_list<const char*> kTimestamps = {"timestamps", "pts"};

class SideArrayReader {
 public:
  SideArrayReader(const npz::NpzFile& file, const std::string& mask_array, const npz::Limits& limits,
                  MemoryBudget& budget)
      : file_(file), mask_array_(mask_array), limits_(limits), budget_(budget) {}

  Result<SideArrays> read() {
    side_.are_low_resolution = has_word(mask_array_, {"low", "lowres"});
    SAM2_TRY(read_ids());
    side_.frame_numbers = SAM2_TRY(read_integers(kFrameNumbers, Wanted::NumberOrTextList, to_whole_numbers));
    const auto to_times = [this](const npz::SmallArray& array) { return to_nanoseconds(array, side_.warnings); };
    side_.timestamps = SAM2_TRY(read_integers(kTimestamps, Wanted::NumberList, to_times));
    side_.shape = SAM2_TRY(read_integers({"shape"}, Wanted::NumberList, npz::to_integers));
    side_.centroids = SAM2_TRY(read_table({"centroids"}));
    // SAM 3, ultralytics, supervision; the last ones are of SAM's predictors and generators.
    side_.scores = SAM2_TRY(read_table({"scores", "out_probs", "conf", "confidence", "iou_scores", "iou_predictions",
                                        "predicted_iou", "predicted_ious", "ious"}));
    SAM2_TRY(read_metadata());
    SAM2_TRY(read_fps());
    SAM2_TRY(read_labels());
    SAM2_TRY(find_generated_masks());
    number_pairs();
    return std::move(side_);
  }

 private:
  struct Found {
    std::string name;
    npz::SmallArray array;
  };

  /// The first of `names` that is there and of use.
  Result<std::optional<Found>> find(std::initializer_list<const char*> names, Wanted wanted) {
    for (const std::string name : names) {
      if (name == mask_array_ || !SAM2_TRY(file_.has(name))) continue;
      auto found = read_one(name, wanted);
      if (!found) {
        // A member that is no array that can be read, such as an encrypted one, is no reason to refuse the masks.
        const auto code = found.error().code;
        if (code != ErrorCode::WrongType && code != ErrorCode::Format) return found.error().within(quoted(name));
        warn(name, found.error());
        continue;
      }
      return std::optional(std::move(*found));
    }
    return std::optional<Found>();
  }

  Result<Found> read_one(const std::string& name, Wanted wanted) {
    auto reader = SAM2_TRY(file_.read(name));
    SAM2_TRY(check_use(reader.header(), wanted));
    return Found{name, SAM2_TRY(npz::read_small_array(reader, limits_, budget_))};
  }

  /// Ids may be one for each object, or one for each plane of each frame. Text that is no number names the objects.
  Result<void> read_ids() {
    // SAM 2, SAM 3, supervision
    const auto found = SAM2_TRY(
        find({"object_ids", "obj_ids", "ids", "out_obj_ids", "tracker_id", "track_ids"}, Wanted::NumberOrTextTable));
    if (!found) return {};
    auto values = to_ids(found->array);
    const auto& header = found->array.header;
    if (!values && npz::is_text(header.type) && npz::is_list(header)) {
      side_.labels.by_slot = npz::to_texts(found->array);
      return {};
    }
    if (!values) {
      warn(found->name, values.error());
      return {};
    }
    SAM2_TRY(budget_.take(values->size() * sizeof(std::int64_t)));
    auto shape = header.shape;
    std::erase(shape, 1U);
    if (shape.size() > 2) {
      warn(found->name, {ErrorCode::Format, "it has shape " + shape_text(header.shape) +
                                                "; expected a list of numbers, or a row of them for each frame"});
    } else if (shape.size() < 2) {
      side_.ids = NamedIntegers{found->name, std::move(*values)};
    } else {
      set_plane_ids({found->name, shape[0], shape[1], std::move(*values), {}}, side_);
    }
    return {};
  }

  /// Several masks of one frame without ids are its objects in the order of the file.
  void number_pairs() {
    if (!side_.frame_numbers || side_.ids || side_.plane_ids) return;
    std::unordered_map<std::int64_t, std::int64_t> counts;
    std::vector<std::int64_t> ids;
    bool has_several = false;
    for (const auto frame : side_.frame_numbers->values) {
      ids.push_back(++counts[frame]);
      has_several |= ids.back() > 1;
    }
    if (!has_several) return;
    side_.ids = NamedIntegers{"positions of the masks in their frames", std::move(ids)};
    side_.has_identity = false;
  }

  /// The generator's arrays have one row for each mask.
  Result<void> find_generated_masks() {
    for (const std::string name : {"predicted_iou", "stability_score", "point_coords", "crop_box"}) {
      if (name == mask_array_ || !SAM2_TRY(file_.has(name))) continue;
      const auto reader = file_.read(name);
      if (!reader || reader->header().shape.empty() || !npz::is_number(reader->header().type)) continue;
      side_.generated_masks = reader->header().shape[0];
      return {};
    }
    return {};
  }

  template <typename Convert>
  Result<std::optional<NamedIntegers>> read_integers(std::initializer_list<const char*> names, Wanted wanted,
                                                     Convert convert) {
    const auto found = SAM2_TRY(find(names, wanted));
    if (!found) return std::optional<NamedIntegers>();
    auto values = convert(found->array);
    if (!values) {
      warn(found->name, values.error());
      return std::optional<NamedIntegers>();
    }
    SAM2_TRY(budget_.take(values->size() * sizeof(std::int64_t)));
    return std::optional(NamedIntegers{found->name, std::move(*values)});
  }

  Result<std::optional<NamedTable>> read_table(std::initializer_list<const char*> names) {
    const auto found = SAM2_TRY(find(names, Wanted::NumberTable));
    if (!found) return std::optional<NamedTable>();
    auto values = npz::to_numbers(found->array);
    SAM2_TRY(budget_.take(values.size() * sizeof(double)));
    return std::optional(NamedTable{found->name, found->array.header.shape, std::move(values)});
  }

  Result<void> read_metadata() {
    const auto found = SAM2_TRY(find({"metadata"}, Wanted::Text));
    if (!found) return {};
    const auto texts = npz::to_texts(found->array);
    const bool is_one_text = texts.size() == 1 && texts[0].size() <= kMetadataBytes;
    auto metadata = is_one_text ? parse_metadata(texts[0]) : std::nullopt;
    if (!metadata) {
      warn(found->name, {ErrorCode::Format, "it is not the text of one JSON object"});
      return {};
    }
    side_.labels = std::move(metadata->labels);
    if (metadata->fps) set_fps(found->name, *metadata->fps);
    return {};
  }

  Result<void> read_fps() {
    const auto found = SAM2_TRY(find({"fps"}, Wanted::NumberOrTextList));
    if (!found) return {};
    if (npz::is_text(found->array.header.type)) {
      const auto texts = npz::to_texts(found->array);
      const auto fps = texts.size() == 1 ? parse_rate(texts[0]) : std::nullopt;
      if (fps) {
        side_.has_fps_array = set_fps(found->name, *fps);
      } else {
        warn(found->name, {ErrorCode::Format, "its text is no number, such as 29.97 or 30000/1001"});
      }
      return {};
    }
    const auto numbers = npz::to_numbers(found->array);
    const bool is_fraction = numbers.size() == 2 && numbers[0] > 0 && numbers[1] >= 1;
    if (numbers.size() != 1 && !is_fraction) {
      warn(found->name, {ErrorCode::Format, "it has " + std::to_string(numbers.size()) + " elements; expected one"});
      return {};
    }
    side_.has_fps_array = set_fps(found->name, is_fraction ? numbers[0] / numbers[1] : numbers[0]);
    return {};
  }

  /// A name for each object; or names of classes, and the class of each object as supervision and ultralytics have it.
  Result<void> read_labels() {
    const auto found = SAM2_TRY(find({"labels", "class_name", "class_names", "label", "names"}, Wanted::TextTable));
    if (!found) return {};
    auto names = npz::to_texts(found->array);
    // Names of the frames' pictures name no objects.
    if (found->name == "names" &&
        std::ranges::all_of(names, [](const auto& name) { return number_in(name).has_value(); })) {
      return {};
    }
    if (side_.plane_ids && names.size() == side_.plane_ids->values.size()) {
      side_.plane_ids->labels = std::move(names);
      return {};
    }
    if (!npz::is_list(found->array.header)) {
      warn(found->name,
           {ErrorCode::Format, "it has shape " + shape_text(found->array.header.shape) + "; expected a list of text"});
      return {};
    }
    const auto classes = SAM2_TRY(read_integers({"class_id", "cls", "class_ids", "classes", "category_id"},
                                                Wanted::NumberList, npz::to_integers));
    if (!classes || classes->values.size() == names.size()) {
      side_.labels = {std::move(names), {}};
      return {};
    }
    side_.labels = {};
    for (const auto number : classes->values) {
      const bool is_known = number >= 0 && static_cast<std::uint64_t>(number) < names.size();
      side_.labels.by_slot.push_back(is_known ? names[static_cast<std::size_t>(number)] : std::string());
    }
    return {};
  }

  bool set_fps(const std::string& name, double fps) {
    const auto rate = frame_rate_of(fps);
    if (rate) {
      side_.fps = rate;
    } else {
      warn(name, {ErrorCode::Format, "its fps is " + std::to_string(fps) + "; expected a finite number above 0"});
    }
    return rate.has_value();
  }

  void warn(const std::string& name, const Error& reason) {
    side_.warnings.push_back(reason.within(quoted(name) + " is ignored"));
    side_.lacks_times |= std::ranges::count(kFrameNumbers, name) > 0 || std::ranges::count(kTimestamps, name) > 0;
  }

  const npz::NpzFile& file_;
  const std::string& mask_array_;
  const npz::Limits& limits_;
  MemoryBudget& budget_;
  SideArrays side_;
};

}  // namespace

void set_plane_ids(PlaneIds ids, SideArrays& side) {
  if (ids.values.empty()) {
    side.ids = NamedIntegers{ids.name, {}};
    return;
  }
  const auto row = std::span(ids.values).first(static_cast<std::size_t>(ids.planes));
  bool are_same = true;
  for (std::size_t i = 0; i < ids.values.size(); ++i) are_same &= ids.values[i] == row[i % row.size()];
  if (are_same && std::ranges::find(row, -1) == row.end()) {
    // Objects that are away from the first frame may have their label later.
    if (!ids.labels.empty()) side.labels.by_slot.assign(row.size(), {});
    for (std::size_t i = 0; i < ids.labels.size(); ++i) {
      auto& label = side.labels.by_slot[i % row.size()];
      if (label.empty()) label = ids.labels[i];
    }
    side.ids = NamedIntegers{ids.name, {row.begin(), row.end()}};
  } else {
    side.plane_ids = std::move(ids);
  }
}

Result<SideArrays> read_side_arrays(const npz::NpzFile& file, const std::string& mask_array, const npz::Limits& limits,
                                    MemoryBudget& budget) {
  if (file.is_single_array()) return SideArrays{};
  return SideArrayReader(file, mask_array, limits, budget).read();
}

}  // namespace sam2::masks
