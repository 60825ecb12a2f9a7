// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/mask_loader.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "masks/archive_sequence.hpp"
#include "masks/array_schema.hpp"
#include "masks/keyed_arrays.hpp"
#include "masks/keyed_plane_reader.hpp"
#include "masks/mask_assembler.hpp"
#include "masks/mask_type.hpp"
#include "masks/plane_coder.hpp"
#include "masks/plane_reader.hpp"
#include "masks/sequence_loader.hpp"
#include "masks/side_arrays.hpp"
#include "npz/npz_file.hpp"
#include "npz/packed_bits.hpp"
#include "npz/small_array.hpp"

namespace sam2::masks {
namespace {

using npz::ElementKind;

constexpr std::array<const char*, 6> kMaskNames{"masks", "mask", "segmentation", "segmentations", "segs", "arr_0"};

/// A run while its plane is coded, and once more where it is sorted by label.
constexpr std::uint64_t kRunBytes = 2 * sizeof(ValueSpan);

std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t kListed = 20;
  if (names.empty()) return "no arrays";
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), kListed); ++i) {
    list += (i > 0 ? ", '" : "'") + printable(names[i]) + "'";
  }
  return names.size() > kListed ? list + ", ..." : list;
}

/// The only array of two or more dimensions, if there is exactly one.
Result<std::string> find_only_candidate(const npz::NpzFile& file) {
  const auto names = file.names();
  std::vector<std::string> candidates;
  for (const auto& name : names) {
    if (name == "centroids" || name == "scores") continue;
    const auto reader = file.read(name);
    if (reader && reader->header().shape.size() >= 2) candidates.push_back(name);
    if (candidates.size() > 1) break;
  }
  if (candidates.size() == 1) return candidates[0];
  if (names.empty() && file.first_member()) {
    return Error{ErrorCode::WrongType, "no NumPy array is in the archive, but '" + printable(*file.first_member()) +
                                           "'; save the masks with np.savez_compressed('masks.npz', masks=masks)"};
  }
  return Error{ErrorCode::Format, "no mask array: expected 'masks' or one array of two or more dimensions, found " +
                                      list_of(names) + "; set array to the name of the one with the masks"};
}

Result<std::string> find_mask_array(const npz::NpzFile& file, const LoadOptions& options) {
  if (file.is_single_array()) return std::string();
  if (options.array) {
    if (SAM2_TRY(file.has(*options.array))) return *options.array;
    return Error{ErrorCode::Settings, "array=" + printable(*options.array) + " is not in the file, which has " +
                                          list_of(file.names()) + "; set array to what it has, or to NULL"};
  }
  for (const std::string name : kMaskNames) {
    if (SAM2_TRY(file.has(name))) return name;
  }
  return find_only_candidate(file);
}

/// Only where no array alone is called as masks are.
Result<std::optional<KeyedArrays>> find_keyed(const npz::NpzFile& file, const LoadOptions& options) {
  if (file.is_single_array() || options.array) return std::optional<KeyedArrays>();
  for (const std::string name : kMaskNames) {
    if (SAM2_TRY(file.has(name))) return std::optional<KeyedArrays>();
  }
  auto arrays = find_keyed_arrays(file);
  if (arrays && options.is_one_frame) return std::optional(in_one_frame(std::move(*arrays)));
  return arrays;
}

Error contradiction(const std::string& values, const std::string& reason) {
  return {ErrorCode::Settings, "values=" + values + " does not go with " + reason};
}

/// What goes into the runs; `has_objects`: every plane is that of one object.
Result<Coding> choose_coding(const npz::NpyHeader& header, const LoadOptions& options, bool has_objects) {
  using Kind = Coding::Kind;
  const auto kind = header.type.kind;
  const bool is_float = kind == ElementKind::Float;
  const auto type = "an array of type '" + header.descr + "'";
  const auto above = [&](double threshold) { return Coding{Kind::Above, options.threshold.value_or(threshold)}; };
  // Truth values have no scale that a threshold could cut.
  const bool cuts = options.threshold && kind != ElementKind::Bool;
  if (options.threshold && std::isnan(*options.threshold)) {
    return Error{ErrorCode::Settings, "threshold is not a number"};
  }
  switch (options.values) {
    case Values::Labels:
      if (has_objects) return contradiction("labels", "an axis of objects; set values=binary, or axes");
      return Coding{Kind::Values};
    case Values::Logits:
      if (!is_float) return contradiction("logits", type + ", expected floats; set values=auto");
      return above(0);
    case Values::Probabilities:
      if (!is_float) return contradiction("probabilities", type + ", expected floats; set values=auto");
      return above(0.5);
    case Values::Binary:
      return cuts ? above(0) : Coding{Kind::NonZero};
    case Values::Auto:
      break;
  }
  if (cuts) return above(0);
  if (is_float) return Coding{Kind::Guess};
  return Coding{kind == ElementKind::Bool || has_objects ? Kind::NonZero : Kind::Values};
}

LabelMaps labels_of(const npz::NpyHeader& header, const LoadOptions& options) {
  if (options.values == Values::Labels) return LabelMaps::Yes;
  const bool is_integer = header.type.kind == ElementKind::Signed || header.type.kind == ElementKind::Unsigned;
  return is_integer && options.values == Values::Auto && !options.threshold ? LabelMaps::Possible : LabelMaps::No;
}

Result<Layout> find_layout(const npz::NpyHeader& header, const SideArrays& side, const LoadOptions& options) {
  if (options.axes) return parse_layout(header.shape, *options.axes);
  // An empty list is how some writers say that nothing was found.
  if (header.shape.size() < 2 && header.element_count == 0) return Layout({0, 0}, "HW");
  if (options.is_one_frame) return choose_frame_layout(header.shape);
  return choose_layout(header.shape, side, labels_of(header, options));
}

/// Tells an observer, if there is one, how a load goes on.
class Progress {
 public:
  explicit Progress(LoadObserver* observer) : observer_(observer) {}

  [[nodiscard]] bool is_cancelled() const { return observer_ != nullptr && observer_->is_cancelled(); }

  void update(const MaskAssembler& assembler) {
    if (observer_ == nullptr) return;
    const auto masks = assembler.set();
    if (masks == nullptr) return;
    if (!is_open_) observer_->on_open(masks);
    is_open_ = true;
    if (masks->published_count() > published_) observer_->on_progress();
    published_ = masks->published_count();
  }

 private:
  LoadObserver* observer_;
  bool is_open_ = false;
  std::size_t published_ = 0;
};

/// What the parts of a load have in common.
struct Context {
  SideArrays& side;
  MemoryBudget& budget;
  Progress progress;
};

/// Streams the planes of `source`, elements as `header` says, into a MaskSet. The end of `archived`, where there is
/// one, vouches for all of them.
Result<LoadedMasks> assemble(PlaneSource& source, npz::ByteStream* archived, Layout layout, Coding coding,
                             const npz::NpyHeader& header, const LoadOptions& options, Context& context) {
  auto& [side, budget, progress] = context;
  const auto labels = coding.kind == Coding::Kind::Values ? labels_of(header, options) : LabelMaps::No;
  auto assembler = SAM2_TRY(MaskAssembler::make(std::move(layout), labels, side, budget));
  progress.update(assembler);
  PlaneCoder coder(header.type, coding);
  PlaneRuns runs;
  while (const auto plane = SAM2_TRY(source.next())) {
    if (progress.is_cancelled()) return Error{ErrorCode::Cancelled, "reading was cancelled"};
    coder.code(plane->view, runs);
    const auto run_bytes = runs.spans.size() * kRunBytes;
    SAM2_TRY(budget.take(run_bytes));
    budget.give_back(run_bytes);
    SAM2_TRY(assembler.add(plane->frame, plane->object, runs));
    progress.update(assembler);
  }
  if (archived != nullptr) SAM2_TRY(npz::read_to_end(*archived));
  SAM2_TRY(assembler.finish());
  progress.update(assembler);
  LoadedMasks loaded{assembler.set(), std::move(side.warnings)};
  loaded.warnings.insert(loaded.warnings.end(), assembler.warnings().begin(), assembler.warnings().end());
  return loaded;
}

Result<LoadedMasks> load_array(npz::ArrayReader reader, const std::string& name, const LoadOptions& options,
                               Context& context) {
  auto header = reader.header();
  SAM2_TRY(check_mask_type(header, name));
  npz::InterruptibleStream data(reader.data(), [&] { return context.progress.is_cancelled(); });
  const auto packed = find_packed_shape(header, context.side);
  if (packed) {
    if (header.fortran_order && !npz::is_list(header)) {
      return Error{ErrorCode::WrongType,
                   "packed bits in Fortran order cannot be read; save np.ascontiguousarray(bits)"};
    }
    header.fortran_order = false;
    header.shape = packed->shape;
    header.type = {ElementKind::Bool, 1, false};
  }
  npz::UnpackedBits bits(data, packed ? packed->row_bits : 0);
  auto layout = SAM2_TRY(find_layout(header, context.side, options));
  // The next frame's archive may have others in their places.
  if (options.is_one_frame && header.shape.size() > 2 && !context.side.ids) context.side.has_identity = false;
  const auto coding = SAM2_TRY(choose_coding(header, options, layout.has_objects()));
  const auto order = header.fortran_order ? MemoryOrder::Fortran : MemoryOrder::C;
  npz::ByteStream& elements = packed ? static_cast<npz::ByteStream&>(bits) : data;
  auto planes = SAM2_TRY(PlaneReader::make(elements, layout, header.type, order, npz::kLimits, context.budget));
  return assemble(planes, &data, std::move(layout), coding, header, options, context);
}

/// Masks that lie in an array for each frame, object, or both.
Result<LoadedMasks> load_keyed(const npz::NpzFile& file, const KeyedArrays& arrays, const LoadOptions& options,
                               MemoryBudget& budget, LoadObserver* observer) {
  auto side = SAM2_TRY(read_side_arrays(file, std::string(), npz::kLimits, budget));
  take_numbers(arrays, side);
  auto planes = SAM2_TRY(KeyedPlaneReader::make(file, arrays, options.axes, budget));
  side.has_identity = !planes.is_anonymous() || side.ids;
  const bool has_objects = planes.layout().has_objects() || arrays.by != KeyedArrays::By::Frame;
  const auto coding = SAM2_TRY(choose_coding(planes.header(), options, has_objects));
  Context context{side, budget, Progress(observer)};
  return assemble(planes, nullptr, planes.layout(), coding, planes.header(), options, context);
}

Result<LoadedMasks> load(const npz::NpzFile& file, const LoadOptions& options, LoadObserver* observer) {
  MemoryBudget budget(options.max_memory);
  if (const auto arrays = SAM2_TRY(find_keyed(file, options))) {
    return load_keyed(file, *arrays, options, budget, observer);
  }
  const auto name = SAM2_TRY(find_mask_array(file, options));
  auto side = SAM2_TRY(read_side_arrays(file, name, npz::kLimits, budget));
  auto reader = file.read(name, npz::Access::Alone);
  if (!reader) return reader.error().within(quoted(name));
  Context context{side, budget, Progress(observer)};
  auto loaded = load_array(std::move(*reader), name, options, context);
  if (!loaded) return loaded.error().within(quoted(name));
  return loaded;
}

/// What to do about an error of a file, where its own text does not say that.
std::string advice(ErrorCode code) {
  switch (code) {
    case ErrorCode::NotFound:
      return "; set location to a file that exists";
    case ErrorCode::OpenRead:
      return "; set location to a file that can be read";
    case ErrorCode::Decode:
      return "; save or copy the file again";
    default:
      return "";
  }
}

Error of_file(Error error, const std::string& name) {
  error.message += advice(error.code);
  return error.within(printable(name));
}

/// Opens by `source` and loads; errors and warnings name the file.
template <typename Source>
Result<LoadedMasks> load_from(const Source& source, const std::string& name, const LoadOptions& options,
                              LoadObserver* observer) {
  const auto file = npz::NpzFile::open(source, npz::kLimits);
  if (!file) return of_file(file.error(), name);
  auto loaded = load(*file, options, observer);
  if (!loaded) return of_file(loaded.error(), name);
  for (auto& warning : loaded->warnings) warning = warning.within(printable(name));
  return loaded;
}

}  // namespace

Result<LoadedMasks> load_masks(const std::string& path, const LoadOptions& options, LoadObserver* observer) {
  const auto name = NumberedName::parse(path);
  if (!name || ::access(path.c_str(), F_OK) == 0) return load_archive(path, options, observer);
  const auto files = find_numbered_files(*name);
  if (!files) return of_file(files.error(), path);
  return load_sequence(*files, options, observer);
}

Result<LoadedMasks> load_archive(const std::string& path, const LoadOptions& options, LoadObserver* observer) {
  return load_from(path, path, options, observer);
}

Result<LoadedMasks> load_masks_from_memory(std::span<const std::byte> bytes, const std::string& name,
                                           const LoadOptions& options) {
  return load_from(bytes, name, options, nullptr);
}

}  // namespace sam2::masks
