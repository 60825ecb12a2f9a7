// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <vector>

#include "base/result.hpp"
#include "masks/archive_sequence.hpp"
#include "masks/mask_loader.hpp"

namespace sam2::masks {

/// Reads one archive after the other, each with the masks of one frame, into one MaskSet. The numbers are those of the
/// frames; where the first is 1, they count from 1. Objects of several archives are the same if their ids are.
/// An archive that cannot be read is a frame without masks, and a warning.
/// Errors: that of the first archive where none can be read; NoSpace, Settings, Cancelled.
Result<LoadedMasks> load_sequence(const std::vector<NumberedFile>& files, const LoadOptions& options,
                                  LoadObserver* observer);

}  // namespace sam2::masks
