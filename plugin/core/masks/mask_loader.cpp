// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/mask_loader.hpp"

#include <unistd.h>

#include <algorithm>
#include <span>
#include <utility>

#include "base/text.hpp"
#include "masks/archive_sequence.hpp"
#include "masks/array_finder.hpp"
#include "masks/array_schema.hpp"
#include "masks/keyed_arrays.hpp"
#include "masks/keyed_plane_reader.hpp"
#include "masks/last_axis.hpp"
#include "masks/mask_assembler.hpp"
#include "masks/mask_type.hpp"
#include "masks/plane_coder.hpp"
#include "masks/plane_filter.hpp"
#include "masks/plane_reader.hpp"
#include "masks/sequence_loader.hpp"
#include "masks/side_arrays.hpp"
#include "masks/value_rule.hpp"
#include "npz/npz_file.hpp"
#include "npz/packed_bits.hpp"
#include "npz/small_array.hpp"

namespace sam2::masks {
namespace {

using npz::ElementKind;

/// A run while its plane is coded, and once more where it is sorted by label.
constexpr std::uint64_t kRunBytes = 2 * sizeof(ValueSpan);

Result<Layout> find_layout(const npz::NpyHeader& header, const SideArrays& side, const LoadOptions& options) {
  if (options.axes) return parse_layout(header.shape, *options.axes);
  // An empty list is how some writers say that nothing was found.
  if (header.shape.size() < 2 && header.element_count == 0) return Layout({0, 0}, "HW");
  if (options.is_one_frame) return choose_frame_layout(header.shape);
  return choose_layout(header.shape, side, label_maps_of(header, options));
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
  const bool can_be_labels = coding.kind == Coding::Kind::Values || coding.kind == Coding::Kind::Guess;
  const auto labels = can_be_labels ? label_maps_of(header, options) : LabelMaps::No;
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

/// A layout whose last axis is behind the image.
Result<Layout> layout_of_image(const npz::NpyHeader& header, SideArrays& side, LastAxis seen,
                               const LoadOptions& options) {
  if (seen == LastAxis::Columns) return find_layout(header, side, options);
  auto shape = header.shape;
  shape.pop_back();
  auto layout =
      SAM2_TRY(options.is_one_frame ? choose_frame_layout(shape) : choose_layout(shape, SideArrays{}, LabelMaps::No));
  layout.settle('T');
  if (layout.has('N') || layout.has('K')) {
    return Error{ErrorCode::Format, "shape " + shape_text(header.shape) +
                                        " has axes of objects before and behind the image; set axes, e.g. axes=TNHW"};
  }
  return Layout(header.shape, layout.letters() + 'N');
}

/// The layout of pictures with equal channels, of which one is read.
Layout without_channels(const Layout& layout) {
  auto letters = layout.letters();
  letters.back() = '1';
  return Layout(layout.shape(), letters);
}

/// SAM gives three masks for a prompt, (N, 3, H, W), with scores (N, 3). Returns the index of the best one for each
/// prompt, and keeps its score; empty if the array is none of these.
std::vector<std::uint64_t> find_best_alternatives(const Layout& layout, SideArrays& side, const LoadOptions& options) {
  constexpr std::uint64_t kAlternatives = 3;
  if (options.axes || !side.scores || side.frame_numbers || side.timestamps || side.has_fps_array) return {};
  const auto prompts = layout.size_of('T');
  const std::vector<std::uint64_t> expected{prompts, kAlternatives};
  if (layout.axes() != "TNHW" || layout.size_of('N') != kAlternatives || side.scores->shape != expected) return {};
  std::vector<std::uint64_t> best;
  std::vector<double> scores;
  for (std::size_t prompt = 0; prompt < prompts; ++prompt) {
    const auto row = std::span(side.scores->values).subspan(prompt * kAlternatives, kAlternatives);
    const auto highest = std::ranges::max_element(row);
    best.push_back(static_cast<std::uint64_t>(highest - row.begin()));
    scores.push_back(*highest);
  }
  side.scores->shape = {prompts};
  side.scores->values = std::move(scores);
  side.warnings.push_back(
      {ErrorCode::Settings, "the masks were taken as " + std::to_string(prompts) +
                                " objects with three alternatives each, of which the one with the best score is shown; "
                                "set axes=TNHW if they are frames with three objects"});
  return best;
}

Result<LoadedMasks> load_array(npz::ArrayReader reader, LastAxis seen, const std::string& name,
                               const LoadOptions& options, Context& context) {
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
  if (seen == LastAxis::Colors) {
    return Error{ErrorCode::WrongType,
                 "shape " + shape_text(header.shape) +
                     " holds colour pictures, not masks; save one number for each pixel, e.g. masks=np.unique("
                     "pictures.reshape(-1, pictures.shape[-1]), axis=0, return_inverse=True)[1].reshape("
                     "pictures.shape[:-1])"};
  }
  auto layout = SAM2_TRY(seen == LastAxis::Unknown ? find_layout(header, context.side, options)
                                                   : layout_of_image(header, context.side, seen, options));
  // The next frame's archive may have others in their places.
  if (options.is_one_frame && header.shape.size() > 2 && !context.side.ids) context.side.has_identity = false;
  const auto coding = SAM2_TRY(choose_coding(header, options, layout.has_objects()));
  const auto order = header.fortran_order ? MemoryOrder::Fortran : MemoryOrder::C;
  npz::ByteStream& elements = packed ? static_cast<npz::ByteStream&>(bits) : data;
  auto planes = SAM2_TRY(PlaneReader::make(elements, layout, header.type, order, npz::kLimits, context.budget));
  if (seen == LastAxis::EqualChannels) {
    PlaneFilter first_channel(planes, [](Plane& plane) { return plane.object == 0; });
    return assemble(first_channel, &data, without_channels(layout), coding, header, options, context);
  }
  const auto best = find_best_alternatives(layout, context.side, options);
  if (!best.empty()) {
    PlaneFilter best_masks(planes, [&](Plane& plane) {
      if (plane.object != best[static_cast<std::size_t>(plane.frame)]) return false;
      plane.object = std::exchange(plane.frame, 0);
      return true;
    });
    auto chosen = Layout({layout.size_of('T'), layout.size_of('H'), layout.size_of('W')}, "NHW");
    return assemble(best_masks, &data, std::move(chosen), coding, header, options, context);
  }
  return assemble(planes, &data, std::move(layout), coding, header, options, context);
}

/// Masks that lie in an array for each frame, object, or both.
Result<LoadedMasks> load_keyed(const npz::NpzFile& file, const KeyedArrays& arrays, const LoadOptions& options,
                               MemoryBudget& budget, LoadObserver* observer) {
  auto side = SAM2_TRY(read_side_arrays(file, std::string(), npz::kLimits, budget));
  take_numbers(arrays, side);
  // The axis of the keys alone says nothing of the axes of each array.
  const bool names_key_axis = options.axes == "T" || options.axes == "N";
  const auto member_axes = names_key_axis ? std::nullopt : options.axes;
  auto planes = SAM2_TRY(KeyedPlaneReader::make(file, arrays, member_axes, budget));
  side.has_identity = !planes.is_anonymous() || side.ids;
  const bool has_objects = planes.layout().has_objects() || arrays.by != KeyedArrays::By::Frame;
  const auto coding = SAM2_TRY(choose_coding(planes.header(), options, has_objects));
  Context context{side, budget, Progress(observer)};
  return assemble(planes, nullptr, planes.layout(), coding, planes.header(), options, context);
}

Result<LoadedMasks> load(const npz::NpzFile& file, const LoadOptions& options, LoadObserver* observer) {
  MemoryBudget budget(options.max_memory);
  const auto found = SAM2_TRY(find_masks(file, options));
  if (found.keyed) {
    auto loaded = load_keyed(file, *found.keyed, options, budget, observer);
    if (loaded && found.warning) loaded->warnings.push_back(*found.warning);
    return loaded;
  }
  const auto& name = found.name;
  auto side = SAM2_TRY(read_side_arrays(file, name, npz::kLimits, budget));
  auto seen = LastAxis::Unknown;
  if (auto probed = file.read(name);
      probed && !options.axes && may_be_behind_image(probed->header()) && npz::is_number(probed->header().type)) {
    seen = look_at_last_axis(*probed);
  }
  auto reader = file.read(name, npz::Access::Alone);
  if (!reader) return reader.error().within(quoted(name));
  Context context{side, budget, Progress(observer)};
  auto loaded = load_array(std::move(*reader), seen, name, options, context);
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
