// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Frames of any format with objects on them, for tests of effects.
#pragma once

#include <atomic>
#include <cmath>
#include <memory>
#include <vector>

#include "drawing/effect_kinds.hpp"
#include "drawing/effects.hpp"
#include "masks/mask_set_builder.hpp"
#include "painter_reference.hpp"
#include "support/sanitizers.hpp"

namespace sam2::test {

using drawing::Effect;
using drawing::Look;
using Random = std::mt19937;

constexpr int kWidth = 133;
constexpr int kHeight = 97;

/// True for the pixels of a mask.
using Inside = bool (*)(int, int);

/// One entry with some objects, as a scene of the frame's size. With an `enlargement`, masks have that many pixels of
/// the frame for each of theirs along both axes, and soft edges.
struct Objects {
  explicit Objects(const std::vector<Inside>& insides, int enlargement = 1) {
    static MemoryBudget budget(0);
    const runs::Size size{kWidth / enlargement, kHeight / enlargement};
    masks::MaskSetBuilder builder(budget);
    builder.set_kind(size, true, "NHW");
    fail_unless(builder.add_entries({0}).has_value());
    for (std::uint32_t i = 0; i < insides.size(); ++i) {
      const auto added = builder.add_object({i, std::int32_t(i + 1), {}, i});
      fail_unless(builder.add_mask(0, *added, runs_of(insides[i], size, enlargement)).has_value());
    }
    builder.publish_all();
    masks = builder.set();
    tracks.emplace(masks, tracking::Tracking::Ids, 0);
    const std::atomic<bool> is_cancelled = false;
    fail_unless(tracks->follow(tracking::Tracks::End::Reached, is_cancelled).has_value());
    timing::ScheduleInput input;
    input.still = true;
    input.frame_numbers = masks->frame_numbers();
    schedule = *timing::Schedule::make(input);
    transform.emplace(runs::Geometry{size, {kWidth, kHeight}});
    scene.update({*masks, *tracks, *schedule, *transform}, {0, 0, 0},
                 enlargement > 1 ? drawing::Detail::Coverage : drawing::Detail::Runs);
    fail_unless(scene.objects().size() == insides.size());
  }

  static runs::RunMask runs_of(Inside inside, runs::Size size, int enlargement) {
    runs::RunMask mask;
    mask.reset(0);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        if (inside(x * enlargement, y * enlargement)) mask.add_span(x, x + 1);
      }
      mask.end_row();
    }
    return mask;
  }

  std::shared_ptr<const masks::MaskSet> masks;
  std::optional<tracking::Tracks> tracks;
  std::optional<timing::Schedule> schedule;
  std::optional<runs::FrameTransform> transform;
  drawing::Scene scene;
};

/// One of so many formats is tried: sanitizers make each ten times as slow.
inline const std::size_t kShareOfFormats = has_address_sanitizer() ? 10 : 1;

/// The formats that the running GStreamer has.
inline const std::vector<const composite::FrameFormat*>& known_formats() {
  static const auto known = [] {
    std::vector<const composite::FrameFormat*> formats;
    std::size_t turn = 0;
    for (const auto& format : composite::frame_formats()) {
      const auto found = gst_video_format_from_string(std::string(format.name).c_str());
      if (found != GST_VIDEO_FORMAT_UNKNOWN && turn++ % kShareOfFormats == 0) formats.push_back(&format);
    }
    return formats;
  }();
  return known;
}

/// A frame of a format, and how to go through its samples.
struct Frame : ReferenceFrame {
  explicit Frame(const composite::FrameFormat& frame_format, bool is_interlaced = false) : format(&frame_format) {
    info = gst_video_format_get_info(gst_video_format_from_string(std::string(frame_format.name).c_str()));
    layout.emplace(info);
    has_fields = is_interlaced;
    width = kWidth;
    height = kHeight;
    std::size_t size = 64;
    for (std::size_t plane = 0; plane < frame_format.plane_count; ++plane) {
      strides[plane] = std::ptrdiff_t(row_bytes(frame_format, int(plane), width) + 6);
      offsets[plane] = size;
      size += std::size_t(strides[plane] * row_count(frame_format, int(plane), height, has_fields)) + 64;
    }
    bytes.assign(size, kCanary);
    encoding = {"", 2126, 722, true, depth()};
  }

  int components() const { return int(GST_VIDEO_FORMAT_INFO_N_COMPONENTS(info)); }
  int value(int component, int x, int y) const { return word(component, x, y) >> shift(); }
  void set_value(int component, int x, int y, int value) { set_word(component, x, y, value << shift()); }

  /// Calls visit(component, x, y, n, m) for each sample that covers n luma samples, m of them inside.
  template <typename Visit>
  void for_each(Inside inside, Visit visit) const {
    for (int component = 0; component < components(); ++component) {
      const int sx = 1 << GST_VIDEO_FORMAT_INFO_W_SUB(info, component);
      for (int y = 0; y < rows(component); ++y) {
        const auto lines = luma_rows(component, y);
        // The last row of an interlaced plane may belong to no row of pixels.
        for (int x = 0; x < columns(component) && !lines.empty(); ++x) {
          int n = 0, m = 0;
          for (const int v : lines) {
            for (int u = x * sx; u < std::min((x + 1) * sx, width); ++u) {
              ++n;
              m += inside(u, v) ? 1 : 0;
            }
          }
          visit(component, x, y, n, m);
        }
      }
    }
  }

  /// A soft picture, so that blocks and interpolation have something to show, with noise.
  Frame& paint(Random& random) {
    const auto largest = (1 << depth()) - 1;
    for_each([](int, int) { return true; },
             [&](int component, int x, int y, int, int) {
               const int w = 1 << GST_VIDEO_FORMAT_INFO_W_SUB(info, component);
               const int soft =
                   int(largest * (0.5 + 0.4 * std::sin(w * (x * 0.09 + component)) * std::cos(w * y * 0.07)));
               set_value(component, x, y,
                         std::clamp(soft + int(random() % unsigned(largest / 4)) - largest / 8, 0, largest));
             });
    return *this;
  }

  const composite::FrameFormat* format;
  ExactEncoding encoding;
};

inline Look make_look(Effect in_objects, Effect in_background = Effect::None, double strength = 0.5) {
  Look look;
  look.object_effect = in_objects;
  look.background_effect = static_cast<drawing::BackgroundEffect>(in_background);
  look.effect_strength = strength;
  look.effect_color.meaning = composite::Rgb{200, 30, 90};
  return look;
}

/// The encoding is that of the frame, unless another one is given.
inline Frame drawn(Frame frame, const Objects& objects, const Look& look, drawing::Effects& effects,
                   std::optional<composite::ColorEncoding> encoding = {}) {
  const composite::Painter painter(*frame.format, encoding.value_or(frame.encoding.encoding()));
  drawing::Canvas canvas(frame.view(), painter);
  effects.draw(canvas, objects.scene, look);
  return frame;
}

inline bool is_drawable(const Look& look, const composite::FrameFormat& format) {
  return !drawing::effect_error(look, &format);
}

}  // namespace sam2::test
