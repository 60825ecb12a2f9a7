// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/sample_rows.hpp"

#include <cstring>

#include "composite/sample_access.hpp"

namespace sam2::composite {

void unpack_samples(const FrameFormat& format, const std::uint8_t* samples, std::size_t count, std::uint16_t* values) {
  if (format.type == SampleType::Byte) {
    for (std::size_t i = 0; i < count; ++i) values[i] = samples[i];
    return;
  }
  const SampleAccess access(format);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<std::uint16_t>(access.load(samples + 2 * i));
}

void pack_samples(const FrameFormat& format, const std::uint16_t* values, std::size_t count, std::uint8_t* samples) {
  if (format.type == SampleType::Byte) {
    for (std::size_t i = 0; i < count; ++i) samples[i] = static_cast<std::uint8_t>(values[i]);
    return;
  }
  const SampleAccess access(format);
  for (std::size_t i = 0; i < count; ++i) access.store(samples + 2 * i, values[i]);
}

}  // namespace sam2::composite
