// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/array_finder.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "masks/array_shape.hpp"
#include "masks/key_words.hpp"
#include "masks/mask_type.hpp"

namespace sam2::masks {
namespace {

/// Names that tools give to masks, the most common first. NumPy calls a positional argument arr_0.
constexpr std::array kMaskNames{"masks",        "mask",         "segmentation",     "segmentations",
                                "segs",         "arr_0",        "out_binary_masks", "pred_masks",
                                "binary_masks", "packed_masks", "low_res_masks",    "low_res_logits"};

std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t kListed = 20;
  if (names.empty()) return "no arrays";
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), kListed); ++i) {
    list += (i > 0 ? ", '" : "'") + printable(names[i]) + "'";
  }
  return names.size() > kListed ? list + ", ..." : list;
}

/// An archive without arrays: PyTorch files, pictures and JSON text are zipped as well.
Error no_arrays(const npz::NpzFile& file) {
  const auto found = "no NumPy array is in the archive, but '" + printable(*file.first_member()) + "'";
  const auto has_member = [&](std::initializer_list<std::string_view> endings) {
    return std::ranges::any_of(endings, [&](std::string_view ending) { return file.has_member_like(ending); });
  };
  if (has_member({"data.pkl"})) {
    return {ErrorCode::WrongType, found +
                                      ": this is a PyTorch file; load it with torch.load and save "
                                      "np.savez_compressed('masks.npz', masks=masks.cpu().numpy())"};
  }
  if (has_member({".json"})) {
    return {ErrorCode::WrongType, found +
                                      ", which is JSON text; decode its masks in Python and save them with "
                                      "np.savez_compressed('masks.npz', masks=masks)"};
  }
  if (has_member({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})) {
    return {ErrorCode::WrongType, found +
                                      ", which is a picture; load the pictures in Python and save "
                                      "np.savez_compressed('masks.npz', masks=np.stack(pictures))"};
  }
  if (has_member({".mp4", ".mov", ".avi", ".mkv", ".webm"})) {
    return {ErrorCode::WrongType, found +
                                      ", which is a video; location is the file with the masks, the video comes "
                                      "through the pipeline"};
  }
  if (has_member({".npz"})) {
    return {ErrorCode::WrongType, found +
                                      ": the archives in it hold the masks; unpack it, and set location to one of "
                                      "them, or to masks_%05d.npz for one archive a frame"};
  }
  return {ErrorCode::WrongType, found + "; save the masks with np.savez_compressed('masks.npz', masks=masks)"};
}

Error no_masks(const npz::NpzFile& file) {
  const auto names = file.names();
  if (names.empty() && file.first_member()) return no_arrays(file);
  for (const auto& name : names) {
    const auto reader = file.read(name);
    if (!reader || reader->header().type.kind != npz::ElementKind::Pickled) continue;
    return check_mask_type(reader->header(), name).error().within(quoted(name));
  }
  return {ErrorCode::Format, "no mask array: expected 'masks' or one array of two or more dimensions, found " +
                                 list_of(names) + "; set array to the name of the one with the masks"};
}

/// True for a picture with colours, as people save them beside the masks.
bool is_picture(const npz::NpyHeader& header) {
  constexpr std::uint64_t kImageSide = 16;
  const auto& shape = header.shape;
  const auto count = shape.size();
  const bool is_byte = header.type.kind == npz::ElementKind::Unsigned && header.type.size == 1;
  return is_byte && count >= 3 && (shape.back() == 3 || shape.back() == 4) && shape[count - 2] >= kImageSide &&
         shape[count - 3] >= kImageSide;
}

/// np.savez(file, *masks) calls the masks arr_0, arr_1 and so on. True as well if arr_0 is a picture beside masks.
bool is_one_of_many(const npz::NpzFile& file) {
  const auto first = file.read("arr_0");
  const auto second = file.read("arr_1");
  if (!first || !second || !could_be_masks(second->header())) return false;
  const auto& a = first->header();
  const auto& b = second->header();
  if (is_picture(a) && !is_picture(b)) return true;
  return could_be_masks(a) && a.descr == b.descr && a.shape.size() == b.shape.size() &&
         std::equal(a.shape.end() - 2, a.shape.end(), b.shape.end() - 2);
}

/// A usual name counts unless the array under it cannot hold masks. An empty list says that nothing was found.
Result<std::optional<std::string>> find_by_name(const npz::NpzFile& file) {
  for (const std::string name : kMaskNames) {
    if (!SAM2_TRY(file.has(name)) || (name == "arr_0" && is_one_of_many(file))) continue;
    const auto reader = file.read(name);
    if (!reader) return std::optional(name);
    const auto& header = reader->header();
    const bool is_list = header.shape.size() < 2 && header.element_count > 0 &&
                         header.type.kind != npz::ElementKind::Pickled && header.type.kind != npz::ElementKind::Other;
    if (!is_list || file.names().size() == 1) return std::optional(name);
    // A packed array is a list of bytes.
    if (SAM2_TRY(file.has("shape"))) return std::optional(name);
  }
  return std::optional<std::string>();
}

/// All arrays that could be masks. Pictures, and arrays with a name that says otherwise, count only if there are no
/// others.
std::vector<std::string> find_candidates(const npz::NpzFile& file) {
  std::vector<std::string> candidates;
  std::vector<std::string> unlikely;
  for (const auto& name : file.names()) {
    const auto reader = file.read(name);
    if (!reader || !could_be_masks(reader->header())) continue;
    const bool is_unlikely = is_picture(reader->header()) || (says_other(name) && !says_mask(name));
    (is_unlikely ? unlikely : candidates).push_back(name);
  }
  return candidates.empty() ? unlikely : candidates;
}

/// True if the arrays have one type and one shape, as masks of classes have.
bool are_alike(const npz::NpzFile& file, const std::vector<std::string>& names) {
  const auto first = file.read(names.front());
  // One object each: rows and columns, and frames at most.
  if (!first || first->header().shape.size() > 3) return false;
  return std::ranges::all_of(names, [&](const std::string& name) {
    const auto other = file.read(name);
    return other && other->header().shape == first->header().shape && other->header().descr == first->header().descr;
  });
}

/// One array for each class. Floats may be something else than masks.
FoundMasks take_classes(const npz::NpzFile& file, const std::vector<std::string>& names) {
  FoundMasks found;
  found.keyed = name_objects(names);
  const auto first = file.read(names.front());
  if (first && first->header().type.kind == npz::ElementKind::Float) {
    found.warning = Error{ErrorCode::Settings, "the arrays " + list_of(names) +
                                                   " were taken as the masks of one object each; set array to the name "
                                                   "of the masks if only one of them holds masks"};
  }
  return found;
}

/// The property `axes` may name just the axes of a family of keys.
std::string wanted_key_axes(const LoadOptions& options) {
  const auto axes = options.axes.value_or("");
  const bool is_of_keys = axes == "T" || axes == "N" || axes == "TN" || axes == "NT";
  return is_of_keys ? axes : std::string();
}

std::optional<FoundMasks> find_keyed(const npz::NpzFile& file, const LoadOptions& options) {
  auto arrays = find_keyed_arrays(file, wanted_key_axes(options));
  if (!arrays) return std::nullopt;
  FoundMasks found;
  const bool are_pairs = arrays->by == KeyedArrays::By::Pair;
  if (arrays->is_guess && are_pairs) {
    found.warning =
        Error{ErrorCode::Settings, "the first number of the keys from '" + printable(arrays->members.front().name) +
                                       "' on was taken as that of the object and the second as that of the frame, by "
                                       "how the masks cover each other; set axes=TN if it is the other way round, or "
                                       "axes=NT to confirm"};
  } else if (arrays->is_guess && !options.is_one_frame) {
    found.guess = AxesGuess{
        'N',
        arrays->members.size(),
        "T",
        {ErrorCode::Settings, "the keys from '" + printable(arrays->members.front().name) +
                                  "' on were taken as objects of one image, since their masks do not cover each other; "
                                  "set axes=T if they are frames, or axes=N to confirm"}};
  }
  found.keyed = options.is_one_frame ? in_one_frame(std::move(*arrays)) : std::move(arrays);
  return found;
}

}  // namespace

Result<FoundMasks> find_masks(const npz::NpzFile& file, const LoadOptions& options) {
  if (file.is_single_array()) return FoundMasks{};
  if (options.array) {
    if (SAM2_TRY(file.has(*options.array))) return FoundMasks{*options.array, {}, {}, {}};
    return Error{ErrorCode::Settings, "array=" + printable(*options.array) + " is not in the file, which has " +
                                          list_of(file.names()) + "; set array to what it has, or to NULL"};
  }
  if (auto name = SAM2_TRY(find_by_name(file))) return FoundMasks{std::move(*name), {}, {}, {}};
  if (auto keyed = find_keyed(file, options)) return std::move(*keyed);
  auto candidates = find_candidates(file);
  if (candidates.size() == 1) return FoundMasks{std::move(candidates[0]), {}, {}, {}};
  std::vector<std::string> named;
  for (const auto& name : candidates) {
    if (says_mask(name)) named.push_back(name);
  }
  if (named.size() == 1) return FoundMasks{std::move(named[0]), {}, {}, {}};
  if (candidates.size() > 1 && are_alike(file, candidates)) {
    return take_classes(file, candidates);
  }
  return no_masks(file);
}

}  // namespace sam2::masks
