// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/reread_planes.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "masks/plane_filter.hpp"

namespace sam2::masks {
namespace {

/// Elements of a plane.
std::uint64_t elements_of(const RereadableArray& array) {
  return array.layout.size_of('H') * array.layout.size_of('W');
}

/// Planes of an array from one of them on, with the stream that they come from.
class ArrayPart final : public PlaneSource {
 public:
  ArrayPart(std::unique_lock<std::mutex> lock, std::unique_ptr<npz::ByteStream> stream,
            std::function<bool(Plane&)> accept)
      : lock_(std::move(lock)), stream_(std::move(stream)), accept_(std::move(accept)) {}

  Result<void> begin(const RereadableArray& array, std::uint64_t begin, std::uint64_t end) {
    if (array.packed) {
      bits_.emplace(*stream_, array.packed->row_bits);
      // The begin of the file decides the order as it did before.
      bits_->begin_at(begin * elements_of(array),
                      begin > 0 ? std::optional(array.packed->order->load()) : std::nullopt);
    }
    npz::ByteStream& elements = bits_ ? static_cast<npz::ByteStream&>(*bits_) : *stream_;
    planes_.emplace(SAM2_TRY(PlaneReader::make(elements, array.layout, array.header.type,
                                               array.header.fortran_order ? MemoryOrder::Fortran : MemoryOrder::C,
                                               npz::kLimits, budget_)));
    planes_->select(begin, end);
    filter_.emplace(*planes_, std::move(accept_));
    return {};
  }

  Result<std::optional<Plane>> next() override { return filter_->next(); }

 private:
  std::unique_lock<std::mutex> lock_;  ///< of the file; first, as the stream ends before it
  std::unique_ptr<npz::ByteStream> stream_;
  std::optional<npz::UnpackedBits> bits_;
  std::function<bool(Plane&)> accept_;
  MemoryBudget budget_{0};
  std::optional<PlaneReader> planes_;
  std::optional<PlaneFilter> filter_;
};

/// A file that one thread reads at a time.
struct LockedFile {
  explicit LockedFile(npz::NpzFile opened) : file(std::move(opened)) {}

  npz::NpzFile file;
  std::mutex mutex;
};

/// Keyed arrays whose headers have been read.
struct KeyedFile {
  KeyedFile(npz::NpzFile opened, const KeyedArrays& all, const std::optional<std::string>& letters,
            const KeyedPlaneReader& model)
      : file(std::move(opened)), arrays(all), axes(letters), reader(model.fork(file, arrays, axes, budget)) {}

  std::mutex mutex;  ///< held while planes are read
  npz::NpzFile file;
  KeyedArrays arrays;
  std::optional<std::string> axes;
  MemoryBudget budget{0};
  KeyedPlaneReader reader;
};

class KeyedPart final : public PlaneSource {
 public:
  KeyedPart(std::shared_ptr<KeyedFile> keyed, std::size_t begin, std::size_t end)
      : keyed_(std::move(keyed)), lock_(keyed_->mutex) {
    keyed_->reader.select(begin, end);
  }
  Result<std::optional<Plane>> next() override { return keyed_->reader.next(); }

 private:
  std::shared_ptr<KeyedFile> keyed_;
  std::unique_lock<std::mutex> lock_;
};

}  // namespace

PlaneRereader::Open open_array_again(const npz::NpzFile& file, RereadableArray array) {
  auto opened = file.reopen();
  if (!opened) return {};
  return [shared = std::make_shared<LockedFile>(std::move(*opened)), array = std::move(array)](
             std::uint64_t begin, std::uint64_t end) -> Result<std::unique_ptr<PlaneSource>> {
    const auto element = begin * elements_of(array);
    const auto byte =
        array.packed ? npz::UnpackedBits::byte_of(element, array.packed->row_bits) : element * array.header.type.size;
    const auto position = array.header.data_offset + byte;
    std::unique_lock lock(shared->mutex);
    auto stream = SAM2_TRY(shared->file.read_from(array.name, position, *array.points));
    auto part = std::make_unique<ArrayPart>(std::move(lock), std::move(stream), array.accept);
    SAM2_TRY(part->begin(array, begin, end));
    return std::unique_ptr<PlaneSource>(std::move(part));
  };
}

PlaneRereader::Open open_keyed_arrays_again(const npz::NpzFile& file, const KeyedArrays& arrays,
                                            const std::optional<std::string>& axes, const KeyedPlaneReader& reader) {
  auto opened = file.reopen();
  if (!opened) return {};
  return [keyed = std::make_shared<KeyedFile>(std::move(*opened), arrays, axes, reader)](
             std::uint64_t begin, std::uint64_t end) -> Result<std::unique_ptr<PlaneSource>> {
    return std::unique_ptr<PlaneSource>(
        std::make_unique<KeyedPart>(keyed, static_cast<std::size_t>(begin), static_cast<std::size_t>(end)));
  };
}

PlanesOfEntries planes_of_entries(const Layout& layout, bool is_fortran) {
  if (!layout.has('T') || layout.has('K')) return {};
  const auto frames = layout.size_of('T');
  const auto objects = layout.size_of('N');
  const bool is_frame_first = layout.letters().find('T') < layout.letters().find('N');
  if (objects == 1 || is_frame_first != is_fortran) {
    return [objects](std::uint64_t begin, std::uint64_t end) {
      return std::vector<PlaneRange>{{begin * objects, end * objects}};
    };
  }
  return [frames, objects](std::uint64_t begin, std::uint64_t end) {
    std::vector<PlaneRange> ranges;
    for (std::uint64_t object = 0; object < objects; ++object) {
      ranges.push_back({object * frames + begin, object * frames + end});
    }
    return ranges;
  };
}

PlanesOfEntries arrays_of_entries(const KeyedArrays& arrays) {
  if (arrays.by == KeyedArrays::By::Object) return {};
  auto frames = std::make_shared<std::vector<std::size_t>>();
  for (const auto& member : arrays.members) frames->push_back(member.frame);
  return [frames](std::uint64_t begin, std::uint64_t end) {
    const auto place_of = [&](std::uint64_t frame) {
      return static_cast<std::uint64_t>(std::ranges::lower_bound(*frames, frame) - frames->begin());
    };
    return std::vector<PlaneRange>{{place_of(begin), place_of(end)}};
  };
}

}  // namespace sam2::masks
