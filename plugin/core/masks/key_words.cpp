// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/key_words.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace sam2::masks {
namespace {

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_letter(char c) {
  return is_upper(c) || (c >= 'a' && c <= 'z');
}

}  // namespace

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words;
  char before = ' ';
  for (const char c : name) {
    const bool begins = !is_letter(before) || (is_upper(c) && !is_upper(before));
    if (is_letter(c)) {
      if (begins) words.emplace_back();
      words.back() += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    }
    before = c;
  }
  return words;
}

bool has_word(std::string_view name, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words_of(name),
                             [&](const std::string& word) { return std::ranges::find(words, word) != words.end(); });
}

bool says_mask(std::string_view name) {
  return has_word(name, {"mask", "masks", "seg", "segs", "segmentation", "segmentations", "segm", "segms"});
}

bool says_frame(std::string_view name) {
  return has_word(name, {"frame", "frames", "time", "timestamp", "t", "f", "img", "image"});
}

bool says_object(std::string_view name) {
  return has_word(name, {"obj", "objs", "object", "objects", "inst", "instance", "instances", "track", "tracks",
                         "tracklet", "id", "ids", "person", "player", "target", "cell", "o", "n"});
}

bool says_ids(std::string_view name) {
  return has_word(name, {"id", "ids"});
}

bool says_scores(std::string_view name) {
  return has_word(name, {"score", "scores", "prob", "probs", "conf", "confidence", "iou", "ious"});
}

bool says_labels(std::string_view name) {
  return has_word(name, {"label", "labels", "class", "classes", "name", "names"});
}

bool says_other(std::string_view name) {
  return has_word(
      name, {"score", "scores", "prob",     "probs",     "conf",     "confidence", "iou",       "ious",   "box",
             "boxes", "bbox",   "bboxes",   "area",      "areas",    "centroid",   "centroids", "center", "centers",
             "point", "points", "keypoint", "keypoints", "coords",   "depth",      "flow",      "image",  "images",
             "img",   "imgs",   "rgb",      "feature",   "features", "embedding",  "embeddings"});
}

bool says_picture(std::string_view name) {
  return has_word(name, {"image", "images", "img", "imgs"});
}

std::optional<NumberedKey> parse_key(const std::string& name) {
  NumberedKey key{name, {""}, {}, {}};
  for (std::size_t i = 0; i < name.size();) {
    if (!is_digit(name[i])) {
      key.texts.back() += name[i++];
      continue;
    }
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(name.data() + i, name.data() + name.size(), number);
    if (code != std::errc{}) return std::nullopt;
    key.numbers.push_back(number);
    key.texts.emplace_back();
    const auto next = static_cast<std::size_t>(end - name.data());
    key.digits.push_back(next - i);
    i = next;
  }
  return key.numbers.empty() ? std::nullopt : std::optional(std::move(key));
}

}  // namespace sam2::masks
