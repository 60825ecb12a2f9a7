// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "fuzz/fuzz.hpp"
#include "support/npz_builder.hpp"

namespace {

constexpr const char* kNames[] = {
    "masks",     "object_ids", "frame_indices", "timestamps",    "fps",          "centroids",    "scores",
    "labels",    "shape",      "metadata",      "arr_0",         "mask",         "frame_2",      "frame_10",
    "2_1",       "10_2",       "object_1",      "arr_1",         "person",       "dog",          "predicted_iou",
    "names",     "class_id",   "obj_ids_2",     "obj_ids_10",    "masks_2",      "masks_10",     "scores_2",
    "scores_10", "0.0333",     "0.5",           "low_res_masks", "segmentation", "2/object_ids", "2/masks",
    "10/masks",  "1_obj_2",    "2_obj_2",       "__MACOSX/._a",  "segment_1",    "segment_2",    "image7"};

}  // namespace

/// Any arrays in an archive whose checksums are right, which mutation alone never finds: each is one byte for its name,
/// two for the length of its npy file, and that file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sam2;
  std::vector<test::ZipMemberBytes> members;
  std::string left(reinterpret_cast<const char*>(data), size);
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(left[i])); };
  while (left.size() >= 3 && members.size() < 8) {
    const auto length = std::min(left.size() - 3, byte(1) | byte(2) << 8);
    members.push_back({std::string(kNames[byte(0) % std::size(kNames)]) + ".npy", left.substr(3, length)});
    left.erase(0, 3 + length);
  }
  const auto zip = test::raw_zip(members);
  const std::vector<std::byte> bytes(test::as_bytes(zip).begin(), test::as_bytes(zip).end());
  fuzz::load(bytes, fuzz::options_of(size));
  return 0;
}
