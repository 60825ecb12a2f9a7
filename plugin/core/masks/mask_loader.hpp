// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "masks/mask_set.hpp"
#include "masks/window_reader.hpp"

namespace sam2::masks {

/// How the values of the mask array are read.
enum class Values {
  Auto,           ///< bool and stacks of objects are binary; one integer plane a frame may be a label map
  Binary,         ///< non-zero is object
  Labels,         ///< value v is object v
  Logits,         ///< above 0 is object
  Probabilities,  ///< above 0.5 is object
};

struct LoadOptions {
  std::optional<std::string> array;  ///< name of the mask array; none: it is found
  std::optional<std::string> axes;   ///< order of the axes in the letters T N H W K 1; none: it is decided
  Values values = Values::Auto;
  std::optional<double> threshold;                      ///< a value strictly above it is object; none: by `values`
  std::uint64_t max_memory = std::uint64_t{256} << 20;  ///< bytes; 0: unlimited
  bool is_one_frame = false;                            ///< the file holds one moment, so planes are those of objects

  friend bool operator==(const LoadOptions&, const LoadOptions&) = default;
};

struct LoadedMasks {
  std::shared_ptr<const MaskSet> masks;
  std::vector<Error> warnings;  ///< what was left out, in words for the user
  /// All masks of the file and their times are in the set: no archive of a sequence was left out, and no array of
  /// times.
  bool is_whole = true;
};

/// Follows a load from inside its thread.
class LoadObserver {
 public:
  virtual ~LoadObserver() = default;
  /// The head of the file is known; from now on others may read `masks`.
  virtual void on_open(const std::shared_ptr<const MaskSet>& masks) = 0;
  /// From now on `windows` can read any entries of `masks`. Called at most once, after on_open().
  virtual void on_windows(const std::shared_ptr<WindowReader>& windows) { static_cast<void>(windows); }
  /// More entries may have been published.
  virtual void on_progress() = 0;
  /// The load is to end as soon as it can, with ErrorCode::Cancelled.
  [[nodiscard]] virtual bool is_cancelled() const = 0;
};

/// Reads a mask file (.npz, or a single array as .npy), front to back. Entries that were published before an error stay
/// good. A path whose name has a conversion ("masks_%05d.npz") is one archive for each frame, unless there is a file of
/// just that name.
/// Errors: NotFound, OpenRead, NoSpace, Decode, WrongType, Format, Settings; the message names the file and the array.
Result<LoadedMasks> load_masks(const std::string& path, const LoadOptions& options, LoadObserver* observer = nullptr);

/// The same of one file, whatever its name.
Result<LoadedMasks> load_archive(const std::string& path, const LoadOptions& options, LoadObserver* observer);

/// The same of a file's bytes, which are called `name` in messages.
Result<LoadedMasks> load_masks_from_memory(std::span<const std::byte> bytes, const std::string& name,
                                           const LoadOptions& options);

}  // namespace sam2::masks
