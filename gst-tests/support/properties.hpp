// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include "support/player.hpp"

namespace sam2::test {

/// Two files that play with any setting of values_of_all_properties(), which names their arrays.
struct ColumnsAndRows {
  ColumnsAndRows() {
    for (const auto& [path, masks] : {std::pair{columns, column_masks()}, std::pair{rows, row_masks()}}) {
      auto other = masks;
      other.name = "segs";
      write_npz(path, {masks, other});
    }
  }

  TemporaryDirectory directory;
  std::string columns = directory.file("columns.npz");
  std::string rows = directory.file("rows.npz");
};

/// Two values of a property as text; the first is not its default.
struct TwoValues {
  const char* property;
  std::string first;
  std::string second;
};

/// For every writable property.
inline std::vector<TwoValues> values_of_all_properties(const std::string& location, const std::string& other_location) {
  return {
      {"location", location, other_location},
      {"array", "masks", "segs"},
      {"axes", "TNHW", "T1HW"},
      {"values", "binary", "labels"},
      {"threshold", "0.25", "-3"},
      {"max-memory", "0", "1000000"},
      {"tracking", "centroid", "ids"},
      {"timing", "framerate", "buffers"},
      {"framerate", "25/1", "30000/1001"},
      {"ts-offset", "-40000000", "9223372036854775807"},
      {"time-origin", "first-frame", "auto"},
      {"max-hold", "0", "1000000000"},
      {"at-end", "hold", "loop"},
      {"interpolation", "motion", "none"},
      {"draw", "fill", "contour+centroid+trail+label+box+zone"},
      {"object-effect", "blur", "pixelate"},
      {"background-effect", "desaturate", "dim"},
      {"effect-strength", "0.25", "1"},
      {"effect-color", "#ff8000", "0x0000ff"},
      {"margin", "3", "-2"},
      {"bridge", "80000000", "0"},
      {"missing", "hide", "show"},
      {"opacity", "0", "1"},
      {"palette", "golden", "sam2"},
      {"colors", "#ffffff", "#ff0000, #00FF00"},
      {"line-width", "1", "2147483647"},
      {"trail-length", "0", "5000000000"},
      {"objects", "1,3-5", "2"},
      {"zones", "gate:0.5,0 0.5,1", "gate:0,0.5 1,0.5; door:0.1,0.2 0.8,0.2 0.8,0.9"},
      {"silent", "true", "false"},
      {"fit", "contain", "cover"},
      {"edges", "smooth", "hard"},
      {"orientation", "180", "90l"},
      {"tracks-location", location + ".csv", other_location + ".jsonl"},
      {"render", "blend", "composition"},
      {"attach-meta", "false", "true"},
      {"post-messages", "true", "false"},
  };
}

}  // namespace sam2::test
