// SPDX-License-Identifier: LGPL-2.1-or-later
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
constexpr std::array kMaskNames{"masks",        "mask",        "segmentation",     "segmentations",
                                "segs",         "arr_0",       "out_binary_masks", "pred_masks",
                                "binary_masks", "packed_masks"};

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
  const auto has_member = [&](std::string_view ending) { return file.has_member_like(ending); };
  if (has_member("data.pkl")) {
    return {ErrorCode::WrongType, found +
                                      ": this is a PyTorch file; load it with torch.load and save "
                                      "np.savez_compressed('masks.npz', masks=masks.cpu().numpy())"};
  }
  if (has_member(".json")) {
    return {ErrorCode::WrongType, found +
                                      ", which is JSON text; decode its masks in Python and save them with "
                                      "np.savez_compressed('masks.npz', masks=masks)"};
  }
  if (has_member(".png") || has_member(".jpg") || has_member(".jpeg")) {
    return {ErrorCode::WrongType, found +
                                      ", which is a picture; load the pictures in Python and save "
                                      "np.savez_compressed('masks.npz', masks=np.stack(pictures))"};
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

/// A usual name counts unless the array under it cannot hold masks. An empty list says that nothing was found.
Result<std::optional<std::string>> find_by_name(const npz::NpzFile& file) {
  for (const std::string name : kMaskNames) {
    if (!SAM2_TRY(file.has(name))) continue;
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

/// All arrays that could be masks; those with a name that says otherwise only if there are no others.
std::vector<std::string> find_candidates(const npz::NpzFile& file) {
  std::vector<std::string> candidates;
  std::vector<std::string> unlikely;
  for (const auto& name : file.names()) {
    const auto reader = file.read(name);
    if (!reader || !could_be_masks(reader->header())) continue;
    (says_other(name) && !says_mask(name) ? unlikely : candidates).push_back(name);
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
    return other && other->header().shape == first->header().shape && other->header().descr == first->header().descr &&
           first->header().type.kind != npz::ElementKind::Float;
  });
}

/// The property `axes` may name just the axis of a family of keys.
char wanted_key_axis(const LoadOptions& options) {
  return options.axes == "T" ? 'T' : options.axes == "N" ? 'N' : '\0';
}

std::optional<FoundMasks> find_keyed(const npz::NpzFile& file, const LoadOptions& options) {
  auto arrays = find_keyed_arrays(file, wanted_key_axis(options));
  if (!arrays) return std::nullopt;
  FoundMasks found;
  if (arrays->is_guess && !options.is_one_frame) {
    found.warning =
        Error{ErrorCode::Settings, "the keys from '" + printable(arrays->members.front().name) +
                                       "' on were taken as objects of one image, since their masks do not cover each "
                                       "other; set axes=T if they are frames, or axes=N to confirm"};
  }
  found.keyed = options.is_one_frame ? in_one_frame(std::move(*arrays)) : std::move(arrays);
  return found;
}

}  // namespace

Result<FoundMasks> find_masks(const npz::NpzFile& file, const LoadOptions& options) {
  if (file.is_single_array()) return FoundMasks{};
  if (options.array) {
    if (SAM2_TRY(file.has(*options.array))) return FoundMasks{*options.array, {}, {}};
    return Error{ErrorCode::Settings, "array=" + printable(*options.array) + " is not in the file, which has " +
                                          list_of(file.names()) + "; set array to what it has, or to NULL"};
  }
  if (auto name = SAM2_TRY(find_by_name(file))) return FoundMasks{std::move(*name), {}, {}};
  if (auto keyed = find_keyed(file, options)) return std::move(*keyed);
  auto candidates = find_candidates(file);
  if (candidates.size() == 1) return FoundMasks{std::move(candidates[0]), {}, {}};
  std::vector<std::string> named;
  for (const auto& name : candidates) {
    if (says_mask(name)) named.push_back(name);
  }
  if (named.size() == 1) return FoundMasks{std::move(named[0]), {}, {}};
  if (candidates.size() > 1 && are_alike(file, candidates)) {
    return FoundMasks{{}, name_objects(candidates), {}};
  }
  return no_masks(file);
}

}  // namespace sam2::masks
