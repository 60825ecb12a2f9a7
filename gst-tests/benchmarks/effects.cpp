// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// What effects cost, on one core, as multiples of a memcpy of the frame in the same process. Ours is what the element
// calls on a mapped frame. The rivals blur the whole frame, as people do today. No time is asserted.
#include "drawing/effects.hpp"

#include <gst/video/video.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "drawing/effect_kinds.hpp"
#include "masks/mask_set_builder.hpp"
#include "rivals.hpp"
#include "stopwatch.hpp"

using namespace sam2;
using namespace sam2::benchmark;
using drawing::Effect;

namespace {

constexpr Size kSize = {1920, 1080};

/// The objects of a benchmark scene, as the element has them before it draws.
class Objects {
 public:
  explicit Objects(const Scene& shapes) {
    static MemoryBudget budget(0);
    masks::MaskSetBuilder builder(budget);
    builder.set_kind({shapes.size.width, shapes.size.height}, true, "NHW");
    bool is_built = builder.add_entries({0}).has_value();
    for (std::uint32_t i = 0; i < shapes.masks.size(); ++i) {
      const auto object = builder.add_object({i, std::int32_t(i + 1), {}, i});
      is_built = is_built && object && builder.add_mask(0, *object, shapes.masks[i]).has_value();
    }
    builder.publish_all();
    masks_ = builder.set();
    tracks_.emplace(masks_, tracking::Tracking::Ids, 0);
    const std::atomic<bool> is_cancelled = false;
    is_built = is_built && tracks_->follow(tracking::Tracks::End::Reached, is_cancelled).has_value();
    timing::ScheduleInput input;
    input.still = true;
    input.frame_numbers = masks_->frame_numbers();
    schedule_ = *timing::Schedule::make(input);
    transform_.emplace(
        runs::Geometry{{shapes.size.width, shapes.size.height}, {shapes.size.width, shapes.size.height}});
    scene.update({*masks_, *tracks_, *schedule_, *transform_}, {0, 0, 0}, drawing::Detail::Runs);
    if (!is_built || scene.objects().size() != shapes.masks.size()) std::abort();
  }

  drawing::Scene scene;

 private:
  std::shared_ptr<const masks::MaskSet> masks_;
  std::optional<tracking::Tracks> tracks_;
  std::optional<timing::Schedule> schedule_;
  std::optional<runs::FrameTransform> transform_;
};

/// A frame with a picture in it.
class Frame {
 public:
  explicit Frame(const std::string& format) : format_(*composite::find_frame_format(format)) {
    gst_video_info_set_format(&info_, gst_video_format_from_string(format.c_str()), guint(kSize.width),
                              guint(kSize.height));
    bytes_.resize(info_.size);
    for (std::size_t i = 0; i < bytes_.size(); ++i) bytes_[i] = std::uint8_t(i * 7 + i / 4096);
    copy_.resize(info_.size);
  }

  Work copy() {
    return [this] {
      std::memcpy(copy_.data(), bytes_.data(), copy_.size());
      // The copy must not be left out because nobody reads it.
      __asm__ volatile("" ::"r"(copy_.data()) : "memory");
    };
  }

  Work draw(const Objects& objects, const drawing::Look& look) {
    return [this, &objects, look, effects = std::make_shared<drawing::Effects>()] {
      composite::FrameView view{info_.width, info_.height, {}, {}};
      for (std::size_t i = 0; i < format_.plane_count; ++i) {
        view.planes[i] = bytes_.data() + info_.offset[i];
        view.strides[i] = info_.stride[i];
      }
      composite::ColorEncoding encoding;
      encoding.depth = format_.depth;
      const composite::Painter painter(format_, encoding);
      drawing::Canvas canvas(view, painter);
      effects->draw(canvas, objects.scene, look);
    };
  }

  [[nodiscard]] bool can_draw(const drawing::Look& look) const { return !drawing::effect_error(look, &format_); }

 private:
  const composite::FrameFormat& format_;
  GstVideoInfo info_;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::uint8_t> copy_;
};

drawing::Look look_of(Effect in_objects, Effect in_background, double strength) {
  drawing::Look look;
  look.object_effect = in_objects;
  look.background_effect = static_cast<drawing::BackgroundEffect>(in_background);
  look.effect_strength = strength;
  return look;
}

/// Multiples of a copy of the frame; nothing if the format cannot be drawn with this look.
std::optional<double> ratio_of(Frame& frame, const Objects& objects, const drawing::Look& look) {
  if (!frame.can_draw(look)) return std::nullopt;
  const auto [copy, draw] = best_in_turn<2>({frame.copy(), frame.draw(objects, look)});
  return draw / copy;
}

void print_ratio(std::optional<double> ratio) {
  if (ratio) {
    std::printf(" %8.2f", *ratio);
  } else {
    std::printf(" %8s", "-");
  }
  std::fflush(stdout);
}

struct Covers {
  Scene scenes[3] = {{kSize, 1, 3}, {kSize, 14, 3}, {kSize, 100, 1}};
  Objects objects[3] = {Objects(scenes[0]), Objects(scenes[1]), Objects(scenes[2])};
};

void compare_effects(const Covers& covers) {
  std::printf(
      "Effects at strength 0.5, 1080p, as multiples of memcpy of the frame. \"1 %%\" and \"14 %%\" are three objects, "
      "\"100 %%\" is one\nover the whole frame. The last column draws the effect on everything but the 14 %%.\n\n"
      "format     effect            1 %%     14 %%    100 %%   background\n");
  for (const auto* const format : {"NV12", "I420", "BGRA", "P010_10LE"}) {
    Frame frame(format);
    for (const auto& [effect, name, description, in_background] : drawing::kEffectNames) {
      if (effect == Effect::None) continue;
      std::printf("%-10s %-12s", format, name);
      for (const auto& objects : covers.objects) {
        print_ratio(ratio_of(frame, objects, look_of(effect, Effect::None, 0.5)));
      }
      if (in_background) print_ratio(ratio_of(frame, covers.objects[1], look_of(Effect::None, effect, 0.5)));
      std::printf("\n");
    }
  }
}

void compare_strengths(const Covers& covers) {
  std::printf("\nThe same by strength: NV12, three objects, 14 %%\n\neffect      ");
  constexpr std::array kStrengths = {0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0};
  for (const auto strength : kStrengths) std::printf(" %8.2f", strength);
  std::printf("\n");
  Frame frame("NV12");
  for (const auto& [effect, name] : {std::pair{Effect::Blur, "blur"}, std::pair{Effect::Pixelate, "pixelate"}}) {
    std::printf("%-12s", name);
    for (const auto strength : kStrengths) {
      print_ratio(ratio_of(frame, covers.objects[1], look_of(effect, Effect::None, strength)));
    }
    std::printf("\n");
  }
}

/// Blurs the whole frame; the mask would be one more element.
void compare_gaussianblur() {
  constexpr int kFrames = 5;
  const std::string still =
      "videotestsrc num-buffers=1 ! video/x-raw,format=AYUV,width=1920,height=1080 ! imagefreeze num-buffers=" +
      std::to_string(kFrames) + " ! ";
  const auto identity = time_pipeline(still + "identity ! fakesink sync=false", kFrames);
  const auto blurred = time_pipeline(still + "gaussianblur sigma=10 ! fakesink sync=false", kFrames);
  if (identity && blurred) {
    std::printf("\ngaussianblur of GStreamer on a whole AYUV frame: %.1f ms a frame\n", *blurred - *identity);
  } else {
    std::printf("\ngaussianblur of GStreamer was left out: gst-plugins-bad is not installed\n");
  }
}

/// Reads lines of a name and milliseconds from a program.
std::map<std::string, double> read_times(const std::string& command) {
  std::map<std::string, double> times;
  auto* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return times;
  std::array<char, 64> name{};
  double time = 0;
  while (std::fscanf(pipe, "%63s %lf", name.data(), &time) == 2) times[name.data()] = time;
  pclose(pipe);
  return times;
}

/// `command` runs opencv_effects.py.
void compare_opencv(const Covers& covers, const std::string& command) {
  const auto theirs = read_times(command);
  if (theirs.empty()) {
    std::printf("\nOpenCV was left out: Python has no module cv2\n");
    return;
  }
  std::printf(
      "\nBeside OpenCV in Python: milliseconds, three objects on 14 %%, 1080p, NV12 here and BGR there\n\n"
      "effect            memcpy     ours   OpenCV    ratio\n");
  Frame frame("NV12");
  for (const auto& [name, time] : theirs) {
    const bool in_background = name.starts_with("background-");
    const auto nick = in_background ? name.substr(name.find('-') + 1) : name;
    const auto& known =
        *std::ranges::find_if(drawing::kEffectNames, [&](const auto& each) { return nick == each.nick; });
    const auto look = in_background ? look_of(Effect::None, known.value, 0.5) : look_of(known.value, Effect::None, 0.5);
    const auto [copy, draw] = best_in_turn<2>({frame.copy(), frame.draw(covers.objects[1], look)});
    std::printf("%-16s %8.3f %8.3f %8.3f %7.0fx\n", name.c_str(), copy, draw, time, time / draw);
  }
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  stay_on_one_core();

  // All parts, or the one that is named; then the command of a rival.
  const std::string_view part = argc > 1 ? argv[1] : "";
  const Covers covers;
  if (part.empty() || part == "effects") compare_effects(covers);
  if (part.empty() || part == "strengths") compare_strengths(covers);
  if (argc > 2) compare_opencv(covers, argv[2]);
  if (part.empty() || part == "rivals") compare_gaussianblur();
}
