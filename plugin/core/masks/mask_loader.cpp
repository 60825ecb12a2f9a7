// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/mask_loader.hpp"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <utility>

#include "base/text.hpp"
#include "masks/archive_sequence.hpp"
#include "masks/array_finder.hpp"
#include "masks/axes_finder.hpp"
#include "masks/keyed_arrays.hpp"
#include "masks/keyed_plane_reader.hpp"
#include "masks/keyed_side_arrays.hpp"
#include "masks/mask_assembler.hpp"
#include "masks/mask_type.hpp"
#include "masks/plane_filter.hpp"
#include "masks/plane_reader.hpp"
#include "masks/plane_rereader.hpp"
#include "masks/reread_planes.hpp"
#include "masks/run_encoder.hpp"
#include "masks/sequence_loader.hpp"
#include "masks/side_arrays.hpp"
#include "masks/stretches.hpp"
#include "masks/value_rule.hpp"
#include "npz/npz_file.hpp"
#include "npz/packed_bits.hpp"
#include "npz/small_array.hpp"

namespace sam2::masks {
namespace {

using npz::ElementKind;

/// A run while its plane is coded, and once more where it is sorted by label.
constexpr std::uint64_t kRunBytes = 2 * sizeof(ValueSpan);

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

  void offer(const std::shared_ptr<WindowReader>& windows) {
    if (observer_ != nullptr) observer_->on_windows(windows);
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
  std::optional<AxesGuess> guess;  ///< of the keys
  /// Opens planes of the file again; empty: masks must stay in memory.
  PlaneRereader::Open open_again = {};
  /// Tells the planes of entries in a settled layout; empty where planes cannot be read before those in front of them.
  std::function<PlanesOfEntries(const Layout& layout)> planes_of = {};
  /// True if the next plane is read as it would be without those before it; empty: always.
  std::function<bool()> is_next_independent = {};
};

/// Offers to read entries out of their order, as soon as their planes do not depend on others any more.
class WindowOffer {
 public:
  WindowOffer(const Context& context, const npz::ElementType& type) : open_(context.open_again), type_(type) {
    if (!context.planes_of) open_ = {};
  }

  void update(const MaskAssembler& assembler, const ValueRule& rule, Context& context) {
    if (!open_ || !assembler.are_planes_independent()) return;
    if (rule.kind == ValueRule::Kind::Auto || rule.may_be_labels) return;
    auto open = std::exchange(open_, {});
    const auto& layout = assembler.layout();
    auto planes_of = context.planes_of(layout);
    if (!planes_of) return;
    context.progress.offer(std::make_shared<PlaneWindow>(
        PlaneWindow::Source{std::move(open), std::move(planes_of), layout, type_, rule, context.side}));
  }

 private:
  PlaneRereader::Open open_;
  npz::ElementType type_;
};

/// Streams the planes of `source`, elements as `header` says, into a MaskSet. The end of `archived`, where there is
/// one, vouches for all of them.
Result<LoadedMasks> assemble(PlaneSource& source, npz::ByteStream* archived, Layout layout, const ValueRule& rule,
                             const npz::NpyHeader& header, const LoadOptions& options, Context& context) {
  auto& side = context.side;
  auto& budget = context.budget;
  auto& progress = context.progress;
  const bool can_be_labels = rule.kind == ValueRule::Kind::Labels || rule.kind == ValueRule::Kind::Auto;
  const auto labels = can_be_labels ? label_maps_of(header, options) : LabelMaps::No;
  auto assembler = SAM2_TRY(MaskAssembler::make(std::move(layout), labels, side, budget));
  if (context.guess) assembler.set_axes_guess(*context.guess);
  WindowOffer windows(context, header.type);
  Stretches stretches(may_drop(options) ? std::move(context.open_again) : PlaneRereader::Open(), header, options, rule);
  stretches.begin(assembler.builder());
  progress.update(assembler);
  RunEncoder encoder(header.type, rule);
  windows.update(assembler, rule, context);
  PlaneRuns runs;
  bool is_independent = true;
  while (const auto plane = SAM2_TRY(source.next())) {
    if (progress.is_cancelled()) return Error{ErrorCode::Cancelled, "reading was cancelled"};
    stretches.add(*plane, is_independent, encoder, assembler);
    encoder.encode(plane->view, runs);
    const auto run_bytes = runs.spans.size() * kRunBytes;
    SAM2_TRY(budget.take(run_bytes));
    budget.give_back(run_bytes);
    SAM2_TRY(assembler.add(plane->frame, plane->object, runs));
    progress.update(assembler);
    windows.update(assembler, encoder.rule(), context);
    is_independent = !context.is_next_independent || context.is_next_independent();
  }
  if (archived != nullptr) SAM2_TRY(npz::read_to_end(*archived));
  SAM2_TRY(assembler.finish());
  progress.update(assembler);
  LoadedMasks loaded{assembler.set(), std::move(side.warnings), !side.lacks_times};
  loaded.warnings.insert(loaded.warnings.end(), encoder.warnings().begin(), encoder.warnings().end());
  loaded.warnings.insert(loaded.warnings.end(), assembler.warnings().begin(), assembler.warnings().end());
  return loaded;
}

/// Gives the planes that count their places in the layout of those alone.
bool select(const FoundAxes& axes, Plane& plane) {
  if (axes.planes == FoundAxes::Planes::FirstOfObjects) {
    if (plane.object != 0) return false;
  } else if (plane.object != axes.best[static_cast<std::size_t>(plane.frame)]) {
    return false;
  }
  const auto& selected = axes.selected;
  const auto index = plane.frame;
  const bool has_frames = selected.has('T') || selected.has(Layout::kOpenAxis);
  const auto objects = selected.size_of('N');
  plane.frame = has_frames ? index / objects : 0;
  plane.object = has_frames ? index % objects : index;
  return true;
}

/// Where an array comes from.
struct ArraySource {
  const npz::NpzFile& file;
  std::shared_ptr<npz::InflatePoints> points = std::make_shared<npz::InflatePoints>();
};

Result<LoadedMasks> load_array(npz::ArrayReader reader, const ArraySource& source, const SeenAxes& seen,
                               const std::string& name, const LoadOptions& options, Context& context) {
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
  const auto axes = SAM2_TRY(find_axes(header, seen, context.side, options));
  // The next frame's archive may have others in their places.
  if (options.is_one_frame && header.shape.size() > 2 && !context.side.ids) context.side.has_identity = false;
  const auto rule = SAM2_TRY(choose_value_rule(header, options, axes.selected.has_objects()));
  const auto order = header.fortran_order ? MemoryOrder::Fortran : MemoryOrder::C;
  npz::ByteStream& elements = packed ? static_cast<npz::ByteStream&>(bits) : data;
  auto planes = SAM2_TRY(PlaneReader::make(elements, axes.stored, header.type, order, npz::kLimits, context.budget));
  std::function<bool(Plane&)> accept;
  if (axes.planes != FoundAxes::Planes::All) accept = [axes](Plane& plane) { return select(axes, plane); };
  if (planes.is_streaming() && header.element_count > 0 && !options.is_one_frame) {
    RereadableArray array{name, header, axes.stored, accept, source.points};
    if (packed) {
      const auto bit_order = std::make_shared<std::atomic<npz::UnpackedBits::BitOrder>>();
      array.packed = PackedArray{packed->row_bits, bit_order};
      context.is_next_independent = [&bits, bit_order] {
        const auto decided = bits.order();
        if (decided) bit_order->store(*decided);
        return decided.has_value();
      };
    }
    context.open_again = open_array_again(source.file, std::move(array));
    if (!accept && !packed && source.file.is_stored(name)) {
      context.planes_of = [is_fortran = header.fortran_order](const Layout& layout) {
        return planes_of_entries(layout, is_fortran);
      };
    }
  }
  PlaneFilter selected(planes, accept);
  return assemble(selected, &data, axes.selected, rule, header, options, context);
}

/// Masks that lie in an array for each frame, object, or both.
Result<LoadedMasks> load_keyed(const npz::NpzFile& file, const FoundMasks& found, const LoadOptions& options,
                               MemoryBudget& budget, LoadObserver* observer) {
  const auto& arrays = *found.keyed;
  auto side = SAM2_TRY(read_side_arrays(file, std::string(), npz::kLimits, budget));
  take_numbers(arrays, side);
  // The axis of the keys alone says nothing of the axes of each array.
  const bool names_key_axis =
      options.axes == "T" || options.axes == "N" || options.axes == "TN" || options.axes == "NT";
  const auto member_axes = names_key_axis ? std::nullopt : options.axes;
  auto planes = SAM2_TRY(KeyedPlaneReader::make(file, arrays, member_axes, budget));
  SAM2_TRY(read_keyed_side_arrays(file, arrays, planes.layout().size_of('N'), side, budget));
  side.has_identity = !planes.is_anonymous() || side.ids || side.plane_ids;
  const bool has_objects = planes.layout().has_objects() || arrays.by != KeyedArrays::By::Frame;
  const auto rule = SAM2_TRY(choose_value_rule(planes.header(), options, has_objects));
  Context context{side, budget, Progress(observer), found.guess};
  if (!options.is_one_frame) context.open_again = open_keyed_arrays_again(file, arrays, member_axes, planes);
  context.planes_of = [of_arrays = arrays_of_entries(arrays)](const Layout& layout) {
    return layout.has('T') ? of_arrays : PlanesOfEntries();
  };
  return assemble(planes, nullptr, planes.layout(), rule, planes.header(), options, context);
}

/// Elements of one byte come as runs where they are deflated. Others are inflated faster as bytes, but only runs can be
/// read again from their middle.
Result<npz::ArrayReader> open_masks(const ArraySource& source, const std::string& name) {
  constexpr std::uint64_t kLong = std::uint64_t{1} << 30;
  auto reader = source.file.read(name, npz::Access::Runs, source.points);
  if (!reader || reader->header().type.size == 1 || reader->header().byte_count >= kLong) return reader;
  return source.file.read(name, npz::Access::Alone);
}

Result<LoadedMasks> load(const npz::NpzFile& file, const LoadOptions& options, LoadObserver* observer) {
  MemoryBudget budget(options.max_memory);
  const auto found = SAM2_TRY(find_masks(file, options));
  if (found.keyed) {
    auto loaded = load_keyed(file, found, options, budget, observer);
    if (loaded && found.warning) loaded->warnings.push_back(*found.warning);
    return loaded;
  }
  const auto& name = found.name;
  auto side = SAM2_TRY(read_side_arrays(file, name, npz::kLimits, budget));
  const auto seen = look_at_axes(file, name, side, options, budget);
  const ArraySource source{file};
  auto reader = open_masks(source, name);
  if (!reader) return reader.error().within(quoted(name));
  Context context{side, budget, Progress(observer), {}};
  auto loaded = load_array(std::move(*reader), source, seen, name, options, context);
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
