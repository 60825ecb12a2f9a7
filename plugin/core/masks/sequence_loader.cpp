// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/sequence_loader.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/memory_budget.hpp"
#include "base/text.hpp"
#include "masks/mask_set_builder.hpp"

namespace sam2::masks {
namespace {

/// A directory of other archives would fill the bus.
constexpr std::size_t kWarnings = 10;
/// Their heads are read before the first frame is shown; each takes a small part of a millisecond.
constexpr std::size_t kProbedArchives = 32;

std::vector<std::int64_t> frame_numbers_of(const std::vector<NumberedFile>& files) {
  const std::int64_t origin = files.front().number == 1 ? 1 : 0;
  std::vector<std::int64_t> numbers;
  numbers.reserve(files.size());
  for (const auto& file : files) numbers.push_back(file.number - origin);
  return numbers;
}

/// Passes on that the whole is cancelled, and nothing else.
class PartObserver : public LoadObserver {
 public:
  explicit PartObserver(const LoadObserver* whole) : whole_(whole) {}
  void on_open(const std::shared_ptr<const MaskSet>&) override {}
  void on_progress() override {}
  [[nodiscard]] bool is_cancelled() const override { return whole_ != nullptr && whole_->is_cancelled(); }

 private:
  const LoadObserver* whole_;
};

/// Takes what the head of an archive tells of its objects, and no more.
class HeadObserver final : public PartObserver {
 public:
  using PartObserver::PartObserver;
  void on_open(const std::shared_ptr<const MaskSet>& masks) override {
    is_open_ = true;
    has_identity_ = masks->has_identity();
    object_count_ = masks->object_count();
  }
  [[nodiscard]] bool is_cancelled() const override { return is_open_ || PartObserver::is_cancelled(); }

  [[nodiscard]] bool is_open() const { return is_open_; }
  [[nodiscard]] bool has_identity() const { return has_identity_; }
  [[nodiscard]] std::size_t object_count() const { return object_count_; }

 private:
  bool is_open_ = false;
  bool has_identity_ = true;
  std::size_t object_count_ = 0;
};

class SequenceLoader {
 public:
  SequenceLoader(const std::vector<NumberedFile>& files, const LoadOptions& options, LoadObserver* observer)
      : files_(files), options_(options), observer_(observer), budget_(options.max_memory), builder_(budget_) {}

  Result<LoadedMasks> load();

 private:
  Result<LoadedMasks> read(const NumberedFile& file, PartObserver& observer) const;
  [[nodiscard]] bool has_identity() const;
  Result<void> begin(const MaskSet& first);
  Result<void> add_archive(std::size_t entry);
  Result<void> add(std::size_t entry, const MaskSet& part);
  void warn(Error warning);
  Result<const ObjectInfo*> object_like(const ObjectInfo& object);

  const std::vector<NumberedFile>& files_;
  const LoadOptions& options_;
  LoadObserver* observer_;
  MemoryBudget budget_;
  MaskSetBuilder builder_;
  bool is_begun_ = false;
  std::unordered_map<std::int32_t, const ObjectInfo*> objects_;  ///< by id
  std::set<std::int64_t> slots_;                                 ///< that objects have
  std::shared_ptr<const MaskSet> empty_;
  std::optional<Error> first_error_;
  std::vector<Error> warnings_;
  std::size_t warning_count_ = 0;
  runs::RunMask mask_;
};

Result<LoadedMasks> SequenceLoader::read(const NumberedFile& file, PartObserver& observer) const {
  auto options = options_;
  options.is_one_frame = true;
  // Two sets are there for a moment: the archive's own, and what was made of those before.
  options.max_memory = budget_.limit() != 0 ? std::max<std::uint64_t>(budget_.left(), 1) : 0;
  return load_archive(file.path, options, &observer);
}

/// Colours go by slot, so an object keeps the one of the first archive that has it, unless another took it before.
Result<const ObjectInfo*> SequenceLoader::object_like(const ObjectInfo& object) {
  const auto known = objects_.find(object.id);
  if (known != objects_.end()) return known->second;
  auto copy = object;
  while (slots_.contains(copy.slot)) copy.slot = *slots_.rbegin() + 1;
  const auto* const added = SAM2_TRY(builder_.add_object(copy));
  slots_.insert(copy.slot);
  objects_.emplace(copy.id, added);
  return added;
}

/// By the first archives, as it must be known before an entry is published: false where they have no ids, and not the
/// same number of objects.
bool SequenceLoader::has_identity() const {
  std::optional<std::size_t> count;
  for (const auto& file : std::span(files_).first(std::min(files_.size(), kProbedArchives))) {
    HeadObserver head(observer_);
    (void)read(file, head);
    if (!head.is_open()) continue;
    if (head.has_identity()) return true;
    if (count.value_or(head.object_count()) != head.object_count()) return false;
    count = head.object_count();
  }
  return true;
}

Result<void> SequenceLoader::begin(const MaskSet& first) {
  is_begun_ = true;
  builder_.set_kind(first.size(), false, "T" + first.axes());
  builder_.set_fps(first.fps());
  builder_.set_identity(has_identity());
  SAM2_TRY(builder_.add_entries(frame_numbers_of(files_)));
  if (observer_ != nullptr) observer_->on_open(builder_.set());
  return {};
}

Result<void> SequenceLoader::add(std::size_t entry, const MaskSet& part) {
  for (std::size_t i = 0; i < part.entry_count(); ++i) {
    for (const auto& mask : part.masks(i)) {
      const auto* const object = SAM2_TRY(object_like(*mask.object));
      part.unpack(mask, mask_);
      MaskSetBuilder::Remarks remarks{mask.props.centroid, {}};
      if (!std::isnan(mask.score)) remarks.score = mask.score;
      SAM2_TRY(builder_.add_mask(entry, object, mask_, remarks));
    }
  }
  return {};
}

void SequenceLoader::warn(Error warning) {
  if (warnings_.size() < kWarnings) warnings_.push_back(std::move(warning));
  ++warning_count_;
}

Result<void> SequenceLoader::add_archive(std::size_t entry) {
  PartObserver observer(observer_);
  auto part = read(files_[entry], observer);
  if (!part) {
    const auto code = part.error().code;
    if (code == ErrorCode::NoSpace && budget_.limit() != 0) {
      return Error{code, printable(files_[entry].path) + ": the masks up to this archive need more than max-memory=" +
                             std::to_string(budget_.limit()) +
                             "; raise max-memory (0 is unlimited), or save fewer or smaller masks"};
    }
    if (code == ErrorCode::Cancelled || code == ErrorCode::Settings) return part.error();
    warn(part.error());
    if (!first_error_) first_error_ = std::move(part).error();
    return {};
  }
  for (auto& warning : part->warnings) warn(std::move(warning));
  const auto& masks = *part->masks;
  // Some write a frame without objects as an array without rows.
  if (masks.size().width == 0 || masks.size().height == 0) {
    empty_ = part->masks;
    return {};
  }
  if (!is_begun_) SAM2_TRY(begin(masks));
  const auto size = builder_.set()->size();
  if (masks.size() == size) return add(entry, masks);
  warn({ErrorCode::Format, printable(files_[entry].path) + ": the masks are " + size_text(masks.size()) +
                               ", those before " + size_text(size) + "; they are left out"});
  return {};
}

Result<LoadedMasks> SequenceLoader::load() {
  for (std::size_t entry = 0; entry < files_.size(); ++entry) {
    SAM2_TRY(add_archive(entry));
    if (!is_begun_) continue;
    builder_.publish(entry + 1);
    if (observer_ != nullptr) observer_->on_progress();
  }
  if (!is_begun_ && empty_ != nullptr) SAM2_TRY(begin(*empty_));
  if (!is_begun_) return *first_error_;
  builder_.publish_all();
  if (warning_count_ > warnings_.size()) {
    warnings_.push_back(
        {warnings_.back().code, std::to_string(warning_count_ - warnings_.size()) + " more warnings of this kind"});
  }
  return LoadedMasks{builder_.set(), std::move(warnings_)};
}

}  // namespace

Result<LoadedMasks> load_sequence(const std::vector<NumberedFile>& files, const LoadOptions& options,
                                  LoadObserver* observer) {
  return SequenceLoader(files, options, observer).load();
}

}  // namespace sam2::masks
