// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/side_arrays.hpp"

#include <cmath>
#include <initializer_list>
#include <string>
#include <utility>

#include "base/frame_rate.hpp"
#include "base/text.hpp"
#include "masks/mask_type.hpp"
#include "masks/time_unit.hpp"
#include "npz/small_array.hpp"

namespace sam2::masks {
namespace {

/// Parsed JSON takes many times its text; real metadata has a few hundred bytes.
constexpr std::size_t kMetadataBytes = std::size_t{1} << 20;

enum class Wanted { NumberList, NumberTable, Text };

/// Errors: WrongType, Format where an array of that header is of no use.
Result<void> check_use(const npz::NpyHeader& header, Wanted wanted) {
  if (header.type.kind == npz::ElementKind::Pickled) {
    return Error{ErrorCode::WrongType, "it is pickled (dtype object)"};
  }
  const bool is_of_type = wanted == Wanted::Text ? npz::is_text(header.type) : npz::is_number(header.type);
  if (is_of_type && (wanted == Wanted::NumberTable || npz::is_list(header))) return {};
  return Error{is_of_type ? ErrorCode::Format : ErrorCode::WrongType, "it has type '" + header.descr + "' and shape " +
                                                                          shape_text(header.shape) + "; expected " +
                                                                          (wanted == Wanted::Text ? "a list of text"
                                                                           : is_of_type           ? "a list of numbers"
                                                                                                  : "numbers")};
}

Result<std::vector<std::int64_t>> to_ids(const npz::SmallArray& array) {
  auto ids = SAM2_TRY(npz::to_integers(array));
  for (const auto id : ids) {
    if (!std::in_range<std::int32_t>(id)) {
      return Error{ErrorCode::Format, "object id " + std::to_string(id) + " does not fit into 32 bits"};
    }
  }
  return ids;
}

class SideArrayReader {
 public:
  SideArrayReader(const npz::NpzFile& file, const std::string& mask_array, const npz::Limits& limits,
                  MemoryBudget& budget)
      : file_(file), mask_array_(mask_array), limits_(limits), budget_(budget) {}

  Result<SideArrays> read() {
    // SAM 2, SAM 3, supervision
    side_.ids =
        SAM2_TRY(read_integers({"object_ids", "obj_ids", "ids", "out_obj_ids", "tracker_id", "track_ids"}, to_ids));
    side_.frame_numbers = SAM2_TRY(read_integers({"frame_indices", "frame_idx", "frames"}, npz::to_integers));
    const auto to_times = [this](const npz::SmallArray& array) { return to_nanoseconds(array); };
    side_.timestamps = SAM2_TRY(read_integers({"timestamps", "pts"}, to_times));
    side_.shape = SAM2_TRY(read_integers({"shape"}, npz::to_integers));
    side_.centroids = SAM2_TRY(read_table("centroids"));
    // SAM 3, ultralytics, supervision
    for (const auto* const name : {"scores", "out_probs", "conf", "confidence"}) {
      if (!side_.scores) side_.scores = SAM2_TRY(read_table(name));
    }
    SAM2_TRY(read_metadata());
    SAM2_TRY(read_fps());
    SAM2_TRY(read_labels());
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

  template <typename Convert>
  Result<std::optional<NamedIntegers>> read_integers(std::initializer_list<const char*> names, Convert convert) {
    const auto found = SAM2_TRY(find(names, Wanted::NumberList));
    if (!found) return std::optional<NamedIntegers>();
    auto values = convert(found->array);
    if (!values) {
      warn(found->name, values.error());
      return std::optional<NamedIntegers>();
    }
    SAM2_TRY(budget_.take(values->size() * sizeof(std::int64_t)));
    return std::optional(NamedIntegers{found->name, std::move(*values)});
  }

  Result<std::optional<NamedTable>> read_table(const char* name) {
    const auto found = SAM2_TRY(find({name}, Wanted::NumberTable));
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
    const auto found = SAM2_TRY(find({"fps"}, Wanted::NumberList));
    if (!found) return {};
    const auto numbers = npz::to_numbers(found->array);
    if (numbers.size() != 1) {
      warn(found->name, {ErrorCode::Format, "it has " + std::to_string(numbers.size()) + " elements; expected one"});
      return {};
    }
    side_.has_fps_array = set_fps(found->name, numbers[0]);
    return {};
  }

  Result<void> read_labels() {
    const auto found = SAM2_TRY(find({"labels", "class_name", "class_names", "label"}, Wanted::Text));
    if (found) side_.labels = {npz::to_texts(found->array), {}};
    return {};
  }

  /// Floats are seconds and integers ns, unless the spacing of the times contradicts that.
  Result<std::vector<std::int64_t>> to_nanoseconds(const npz::SmallArray& array) {
    const auto numbers = npz::to_numbers(array);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      // 2^63 ns are 292 years.
      if (std::isfinite(numbers[i]) && std::abs(numbers[i]) < 0x1p63) continue;
      return Error{ErrorCode::Format,
                   "element " + std::to_string(i) + " is " + std::to_string(numbers[i]) + "; expected finite times"};
    }
    const bool is_float = array.header.type.kind == npz::ElementKind::Float;
    const auto unit = find_time_unit(numbers, is_float);
    const auto from = find_epoch(numbers, unit);
    if (unit.is_guess || from != 0) {
      side_.warnings.push_back(
          {ErrorCode::Format, "the times were taken as " + std::string(unit.name) +
                                  (from != 0 ? " that count from the first one" : "") +
                                  ", by their size and spacing; save seconds as floats, or ns as integers, from the "
                                  "first frame of the clip on"});
    }
    if (!is_float && !unit.is_guess && from == 0) return npz::to_integers(array);
    std::vector<std::int64_t> times;
    for (const auto number : numbers) {
      const auto nanoseconds = (number - from) * unit.nanoseconds;
      if (std::abs(nanoseconds) >= 0x1p63) return Error{ErrorCode::Format, "the times last for more than 292 years"};
      times.push_back(std::llround(nanoseconds));
    }
    return times;
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
  }

  const npz::NpzFile& file_;
  const std::string& mask_array_;
  const npz::Limits& limits_;
  MemoryBudget& budget_;
  SideArrays side_;
};

}  // namespace

Result<SideArrays> read_side_arrays(const npz::NpzFile& file, const std::string& mask_array, const npz::Limits& limits,
                                    MemoryBudget& budget) {
  if (file.is_single_array()) return SideArrays{};
  return SideArrayReader(file, mask_array, limits, budget).read();
}

}  // namespace sam2::masks
