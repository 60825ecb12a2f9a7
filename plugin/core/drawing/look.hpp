// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/id_set.hpp"
#include "base/parsed_text.hpp"
#include "composite/color.hpp"
#include "runs/geometry.hpp"

namespace sam2::drawing {

/// Bits of the property `draw`.
enum Draw : unsigned {
  kDrawFill = 1 << 0,
  kDrawContour = 1 << 1,
  kDrawCentroid = 1 << 2,
  kDrawTrail = 1 << 3,
  kDrawLabel = 1 << 4,
  kDrawBox = 1 << 5,
  kDrawZone = 1 << 6,
};

/// One flag of the property `draw`: its name there, and its description in gst-inspect.
struct DrawFlag {
  Draw value;
  const char* nick;
  const char* description;
};

inline constexpr auto kDrawFlags = std::to_array<DrawFlag>({
    {kDrawFill, "fill", "Area of the mask, with the opacity of the property opacity"},
    {kDrawContour, "contour", "Opaque outline inside the mask"},
    {kDrawCentroid, "centroid", "Disc at the centroid of the mask"},
    {kDrawTrail, "trail", "Line through the latest centroids, fading out"},
    {kDrawLabel, "label", "Label and score of the file, or else the id"},
    {kDrawBox, "box", "Bounding box"},
    {kDrawZone, "zone", "Lines and areas of the property zones, with their names and counts"},
});

/// What happens to the picture in a region.
enum class Effect {
  None,
  Blur,
  Pixelate,
  Desaturate,
  Dim,
  Color,
  Inpaint,      ///< not for the background
  Transparent,  ///< only in formats with alpha
};

/// The property `background-effect`: the effects that need no surroundings. The values are those of Effect.
enum class BackgroundEffect : int {};

/// One value of the properties `object-effect` and `background-effect`.
struct EffectName {
  Effect value;
  const char* nick;
  const char* description;
  bool in_background;
};

inline constexpr auto kEffectNames = std::to_array<EffectName>({
    {Effect::None, "none", "Leave the picture as it is", true},
    {Effect::Blur, "blur", "Blur by effect-strength", true},
    {Effect::Pixelate, "pixelate", "Show blocks, whose size is by effect-strength", true},
    {Effect::Desaturate, "desaturate", "Take colour away by effect-strength", true},
    {Effect::Dim, "dim", "Darken by effect-strength", true},
    {Effect::Color, "color", "Cover with effect-color", true},
    {Effect::Inpaint, "inpaint", "Fill from the surroundings", false},
    {Effect::Transparent, "transparent", "Make transparent, in formats with alpha", true},
});

/// How far masks reach beyond themselves.
struct Reach {
  std::int32_t margin = 0;   ///< frame pixels by which they grow; negative: shrink
  std::uint64_t bridge = 0;  ///< ns; an object that is away for no longer is covered by its masks before and after

  friend bool operator==(const Reach&, const Reach&) = default;
};

/// How objects are drawn. The initialisers are the defaults of the properties.
struct Look {
  std::uint32_t draw = kDrawFill | kDrawContour | kDrawCentroid;  ///< bits of Draw
  double opacity = 0.5;                                           ///< of the fill; 0: invisible, 1: opaque
  composite::Palette palette = composite::Palette::Tab10;         ///< used if `colors` has no meaning
  ParsedText<std::vector<composite::Rgb>> colors;                 ///< of the objects in file order, repeated
  std::uint32_t line_width = 0;                                   ///< frame pixels; 0: by the height of the frame
  std::uint64_t trail_length = 1'000'000'000;                     ///< ns that trails reach back
  ParsedText<IdSet> objects;                                      ///< ids of the objects to draw; no meaning: all
  Effect object_effect = Effect::None;                            ///< inside the masks that are shown
  BackgroundEffect background_effect{};                           ///< outside of them
  double effect_strength = 0.5;                                   ///< 0: no effect, 1: the strongest
  ParsedText<composite::Rgb> effect_color{"#000000", composite::Rgb{}, {}};  ///< of Effect::Color
  std::int32_t margin = 0;                                                   ///< see Reach
  std::uint64_t bridge = 0;                                                  ///< see Reach
  bool silent = false;                                                       ///< draw nothing

  [[nodiscard]] Reach reach() const { return {margin, bridge}; }
  /// Alpha of fills, from 0 to 255; 0 if fills are not drawn.
  [[nodiscard]] std::uint8_t fill_alpha() const;
  /// True if drawing an object changes pixels.
  [[nodiscard]] bool changes_pixels() const;
  /// The effects that change pixels; Effect::None if the strength is 0.
  [[nodiscard]] Effect effect_in_objects() const;
  [[nodiscard]] Effect effect_in_background() const;
  /// True if drawing depends on the picture, so that nothing but this element can draw it.
  [[nodiscard]] bool reads_pixels() const;
};

/// Width of lines in pixels: that of the property line-width, or one pixel for each 360 rows of the frame. Never more
/// than the longer side of the frame.
[[nodiscard]] std::int32_t line_width_of(const Look& look, runs::Size frame);

}  // namespace sam2::drawing
