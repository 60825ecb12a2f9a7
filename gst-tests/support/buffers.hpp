// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/video/video.h>

#include "support/gst_check.hpp"
#include "support/owned.hpp"

namespace sam2::test {

using Bytes = std::vector<std::uint8_t>;
using BufferPtr = Owned<GstBuffer>;
using MessagePtr = Owned<GstMessage>;
using CapsPtr = Owned<GstCaps>;
using StructurePtr = Owned<GstStructure>;

inline std::string caps_text(const std::string& format, int width, int height,
                             const std::string& more = "framerate=30/1") {
  return "video/x-raw,format=" + format + ",width=" + std::to_string(width) + ",height=" + std::to_string(height) +
         (more.empty() ? "" : "," + more);
}

inline CapsPtr caps_of(const char* text) {
  auto* caps = gst_caps_from_string(text);
  fail_unless(caps != nullptr, "caps %s", text);
  return CapsPtr(caps);
}

inline GstVideoInfo video_info(const std::string& caps) {
  const Owned<GstCaps> parsed(gst_caps_from_string(caps.c_str()));
  GstVideoInfo info;
  fail_unless(gst_video_info_from_caps(&info, parsed.get()), "%s", caps.c_str());
  return info;
}

inline GstBuffer* make_buffer(const Bytes& bytes, GstClockTime pts = 0, GstClockTime duration = GST_SECOND / 30) {
  auto* buffer = gst_buffer_new_allocate(nullptr, bytes.size(), nullptr);
  gst_buffer_fill(buffer, 0, bytes.data(), bytes.size());
  GST_BUFFER_PTS(buffer) = pts;
  GST_BUFFER_DURATION(buffer) = duration;
  return buffer;
}

inline Bytes bytes_of(GstBuffer* buffer) {
  Bytes bytes(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

/// In the order in which they were added.
inline std::vector<GstVideoRegionOfInterestMeta*> regions_of(GstBuffer* buffer) {
  std::vector<GstVideoRegionOfInterestMeta*> regions;
  gpointer state = nullptr;
  while (auto* meta = gst_buffer_iterate_meta_filtered(buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE)) {
    regions.push_back(reinterpret_cast<GstVideoRegionOfInterestMeta*>(meta));
  }
  return regions;
}

inline Bytes noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

/// The seed of this run; SAM2_TEST_SEED repeats one.
inline unsigned test_seed() {
  const auto* text = std::getenv("SAM2_TEST_SEED");
  const auto seed = text != nullptr ? static_cast<unsigned>(std::stoul(text)) : std::random_device{}();
  std::cerr << "SAM2_TEST_SEED=" << seed << "\n";
  return seed;
}

/// The whole bytes, row by row, in the message of a failure.
inline void assert_same_bytes(const Bytes& got, const Bytes& expected, std::size_t per_row, const std::string& what) {
  if (got == expected) return;
  std::ostringstream text;
  text << what << ": " << got.size() << " bytes, expected " << expected.size() << "\n";
  for (std::size_t i = 0; i < std::min(got.size(), expected.size()); ++i) {
    text << (i % per_row == 0 ? "\n" : " ") << int{got[i]};
    if (got[i] != expected[i]) text << "(" << int{expected[i]} << ")";
    if (i > 4000) break;
  }
  fail_unless(false, "%s", text.str().c_str());
}

}  // namespace sam2::test
