// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/sequence_loader.hpp"

#include <algorithm>
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
#include "masks/label_colors.hpp"
#include "masks/mask_set_builder.hpp"
#include "masks/sequence_parts.hpp"
#include "masks/stretches.hpp"

namespace sam2::masks {
namespace {

/// Kinds of warnings. A directory of other archives would fill the bus.
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
  void begin_stretch(std::size_t entry);
  struct Warning {
    std::size_t order;        ///< of its first appearance
    std::size_t repetitions;  ///< in other archives
    Error error;
  };

  void warn(Error warning, const NumberedFile& file);
  [[nodiscard]] std::vector<Error> warnings();
  Result<const ObjectInfo*> object_like(const ObjectInfo& object);

  const std::vector<NumberedFile>& files_;
  const LoadOptions& options_;
  LoadObserver* observer_;
  MemoryBudget budget_;
  MaskSetBuilder builder_;
  bool is_begun_ = false;
  std::unordered_map<std::int32_t, const ObjectInfo*> objects_;  ///< by id
  std::set<std::int64_t> slots_;                                 ///< that objects have
  std::shared_ptr<SequenceObjects> known_objects_ = std::make_shared<SequenceObjects>();
  SequenceRereader* rereader_ = nullptr;  ///< of the set; nullptr: masks stay in memory
  LabelColors colors_;
  std::shared_ptr<const MaskSet> empty_;
  std::optional<Error> first_error_;
  bool is_whole_ = true;  ///< no masks were left out so far
  std::unordered_map<std::string, Warning> warning_kinds_;
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
  copy.color = colors_.choose(copy.slot);
  const auto* const added = SAM2_TRY(builder_.add_object(copy));
  slots_.insert(copy.slot);
  known_objects_->add(copy);
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
  auto numbers = frame_numbers_of(files_);
  const auto sequence = std::make_shared<SequenceFiles>(SequenceFiles{files_, options_, numbers});
  SAM2_TRY(builder_.add_entries(std::move(numbers)));
  if (may_drop(options_)) {
    auto rereader = std::make_unique<SequenceRereader>(sequence, first.size());
    rereader_ = rereader.get();
    builder_.set_reader(std::move(rereader), most_cached_bytes(options_));
  }
  if (observer_ == nullptr) return {};
  observer_->on_open(builder_.set());
  observer_->on_windows(std::make_shared<SequenceWindow>(sequence, known_objects_, *builder_.set()));
  return {};
}

/// Masks that are far from the playhead are dropped, an archive as a whole.
void SequenceLoader::begin_stretch(std::size_t entry) {
  if (rereader_ == nullptr || !is_stretch_full(builder_, 0, options_)) return;
  rereader_->add_begin(entry);
  builder_.begin_stretch();
}

/// Warnings of many archives that differ in file names and numbers alone are one warning.
void SequenceLoader::warn(Error warning, const NumberedFile& file) {
  auto kind = warning.message;
  const auto path = printable(file.path);
  if (const auto at = kind.find(path); at != std::string::npos) kind.erase(at, path.size());
  std::erase_if(kind, is_digit);
  const auto known = warning_kinds_.find(kind);
  if (known != warning_kinds_.end()) {
    ++known->second.repetitions;
    return;
  }
  warning_kinds_.emplace(std::move(kind), Warning{warning_kinds_.size(), 0, std::move(warning)});
}

/// One for each kind, in order of appearance.
std::vector<Error> SequenceLoader::warnings() {
  std::vector<const Warning*> sorted;
  for (const auto& [kind, warning] : warning_kinds_) sorted.push_back(&warning);
  std::ranges::sort(sorted, {}, &Warning::order);
  std::vector<Error> warnings;
  for (const auto* const warning : std::span(sorted).first(std::min(sorted.size(), kWarnings))) {
    auto error = warning->error;
    if (warning->repetitions > 0)
      error.message += " (and so in " + std::to_string(warning->repetitions) + " other files)";
    warnings.push_back(std::move(error));
  }
  if (sorted.size() > kWarnings) {
    warnings.push_back(
        {warnings.back().code, std::to_string(sorted.size() - kWarnings) + " other kinds of warnings are left out"});
  }
  return warnings;
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
    warn(part.error(), files_[entry]);
    is_whole_ = false;
    if (!first_error_) first_error_ = std::move(part).error();
    return {};
  }
  for (auto& warning : part->warnings) warn(std::move(warning), files_[entry]);
  is_whole_ &= part->is_whole;
  const auto& masks = *part->masks;
  // Some write a frame without objects as an array without rows.
  if (masks.size().width == 0 || masks.size().height == 0) {
    empty_ = part->masks;
    return {};
  }
  if (!is_begun_) SAM2_TRY(begin(masks));
  const auto size = builder_.set()->size();
  if (masks.size() == size) {
    begin_stretch(entry);
    return add_part(builder_, entry, masks, [this](const ObjectInfo& object) { return object_like(object); });
  }
  is_whole_ = false;
  warn({ErrorCode::Format, printable(files_[entry].path) + ": the masks are " + size_text(masks.size()) +
                               ", those before " + size_text(size) + "; they are left out"},
       files_[entry]);
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
  return LoadedMasks{builder_.set(), warnings(), is_whole_};
}

}  // namespace

Result<LoadedMasks> load_sequence(const std::vector<NumberedFile>& files, const LoadOptions& options,
                                  LoadObserver* observer) {
  return SequenceLoader(files, options, observer).load();
}

}  // namespace sam2::masks
