// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "masks/archive_sequence.hpp"
#include "masks/mask_loader.hpp"
#include "masks/mask_set_builder.hpp"
#include "masks/window_reader.hpp"
#include "masks/word_store.hpp"

namespace sam2::masks {

/// The archives of a sequence, and how they are read. Any thread may read it.
struct SequenceFiles {
  std::vector<NumberedFile> files;
  LoadOptions options;
  std::vector<std::int64_t> frame_numbers;
};

/// Adds the masks of an archive as an entry. `object_of` gives the object of the sequence for one of the archive.
Result<void> add_part(MaskSetBuilder& builder, std::size_t entry, const MaskSet& part,
                      const std::function<Result<const ObjectInfo*>(const ObjectInfo&)>& object_of);

/// Reads archives again.
class SequenceRereader final : public StretchReader {
 public:
  /// `size` is that of all masks.
  SequenceRereader(std::shared_ptr<const SequenceFiles> sequence, runs::Size size)
      : sequence_(std::move(sequence)), size_(size), begins_{0} {}

  /// The next stretch begins with that entry. Any thread may call it.
  void add_begin(std::size_t entry);

  Result<void> read(std::size_t stretch, StretchWords& into) override;

 private:
  std::shared_ptr<const SequenceFiles> sequence_;
  runs::Size size_;
  std::mutex mutex_;
  std::vector<std::size_t> begins_;
  runs::RunMask mask_;
};

/// The objects that were met so far. Those that follow get slots and colours by those before.
class SequenceObjects {
 public:
  void add(const ObjectInfo& object) {
    const std::lock_guard lock(mutex_);
    by_id_.emplace(object.id, object);
  }
  [[nodiscard]] std::unordered_map<std::int32_t, ObjectInfo> copy() const {
    const std::lock_guard lock(mutex_);
    return by_id_;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::int32_t, ObjectInfo> by_id_;
};

/// Reads archives before those in front of them, as far as all of their objects have been met.
class SequenceWindow final : public WindowReader {
 public:
  /// `model` has the size and the kind of all masks.
  SequenceWindow(std::shared_ptr<const SequenceFiles> sequence, std::shared_ptr<const SequenceObjects> objects,
                 const MaskSet& model);

  Result<std::shared_ptr<const MaskSet>> read(std::size_t begin, std::size_t end,
                                              const std::function<bool()>& is_cancelled) override;
  [[nodiscard]] std::uint64_t entry_bytes() const override;

 private:
  std::shared_ptr<const SequenceFiles> sequence_;
  std::shared_ptr<const SequenceObjects> objects_;
  runs::Size size_;
  std::string axes_;
};

}  // namespace sam2::masks
