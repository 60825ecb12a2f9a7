// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/sequence_parts.hpp"

#include <cmath>
#include <utility>

namespace sam2::masks {
namespace {

Result<LoadedMasks> load_part(const SequenceFiles& sequence, std::size_t entry) {
  auto options = sequence.options;
  options.is_one_frame = true;
  return load_archive(sequence.files[entry].path, options, nullptr);
}

}  // namespace

Result<void> add_part(MaskSetBuilder& builder, std::size_t entry, const MaskSet& part,
                      const std::function<Result<const ObjectInfo*>(const ObjectInfo&)>& object_of) {
  runs::RunMask runs;
  for (std::size_t i = 0; i < part.entry_count(); ++i) {
    const auto masks = part.masks(i);
    const auto scores = part.scores(i);
    for (std::size_t k = 0; k < masks.size(); ++k) {
      const auto* const object = SAM2_TRY(object_of(*masks[k].object));
      part.unpack(masks[k], runs);
      MaskSetBuilder::Remarks remarks{masks[k].props.centroid, {}};
      if (!scores.empty() && !std::isnan(scores[k])) remarks.score = scores[k];
      SAM2_TRY(builder.add_mask(entry, object, runs, remarks));
    }
  }
  return {};
}

void SequenceRereader::add_begin(std::size_t entry) {
  const std::lock_guard lock(mutex_);
  begins_.push_back(entry);
}

Result<void> SequenceRereader::read(std::size_t stretch, StretchWords& into) {
  const auto [begin, end] = [&] {
    const std::lock_guard lock(mutex_);
    return std::pair(begins_[stretch], begins_[stretch + 1]);
  }();
  for (auto entry = begin; entry < end; ++entry) {
    const auto part = load_part(*sequence_, entry);
    // An archive that could not be read the first time has no masks. If it could, those that are missing now are found
    // missing by whoever asked for them.
    if (!part || part->masks->size() != size_) continue;
    for (std::size_t i = 0; i < part->masks->entry_count(); ++i) {
      for (const auto& mask : part->masks->masks(i)) {
        part->masks->unpack(mask, mask_);
        into.append(mask_, mask.props.box);
      }
    }
  }
  return {};
}

SequenceWindow::SequenceWindow(std::shared_ptr<const SequenceFiles> sequence,
                               std::shared_ptr<const SequenceObjects> objects, const MaskSet& model)
    : sequence_(std::move(sequence)), objects_(std::move(objects)), size_(model.size()), axes_(model.axes()) {}

Result<std::shared_ptr<const MaskSet>> SequenceWindow::read(std::size_t begin, std::size_t end,
                                                            const std::function<bool()>& is_cancelled) {
  MemoryBudget budget(0);
  MaskSetBuilder builder(budget);
  builder.set_kind(size_, false, axes_);
  SAM2_TRY(builder.add_entries(sequence_->frame_numbers));
  const auto known = objects_->copy();
  std::unordered_map<std::int32_t, const ObjectInfo*> added;
  bool are_known = true;
  const auto object_of = [&](const ObjectInfo& object) -> Result<const ObjectInfo*> {
    auto& place = added[object.id];
    if (place != nullptr) return place;
    const auto found = known.find(object.id);
    are_known = are_known && found != known.end();
    place = SAM2_TRY(builder.add_object(found != known.end() ? found->second : object));
    return place;
  };
  for (auto entry = begin; entry < end && are_known; ++entry) {
    if (is_cancelled()) return Error{ErrorCode::Cancelled, "reading was cancelled"};
    const auto part = load_part(*sequence_, entry);
    if (part && part->masks->size() == size_) SAM2_TRY(add_part(builder, entry, *part->masks, object_of));
  }
  if (!are_known) return std::shared_ptr<const MaskSet>();
  builder.cut_out(begin, end);
  return std::shared_ptr<const MaskSet>(builder.set());
}

std::uint64_t SequenceWindow::entry_bytes() const {
  return static_cast<std::uint64_t>(size_.width) * static_cast<std::uint64_t>(size_.height) * 4;
}

}  // namespace sam2::masks
