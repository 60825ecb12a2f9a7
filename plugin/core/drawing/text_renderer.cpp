// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "drawing/text_renderer.hpp"

#include <pango/pangocairo.h>

#include <algorithm>
#include <iterator>
#include <span>

namespace sam2::drawing {
namespace {

/// Texts that are kept: scores of two digits under a few labels. What a hostile file adds to them is dropped.
constexpr std::size_t kMaxImages = 1024;

runs::Span ink_of(std::span<const std::uint8_t> row) {
  const auto is_ink = [](std::uint8_t coverage) { return coverage != 0; };
  const auto first = std::ranges::find_if(row, is_ink);
  const auto last = std::find_if(row.rbegin(), std::make_reverse_iterator(first), is_ink).base();
  return {static_cast<std::int32_t>(first - row.begin()), static_cast<std::int32_t>(last - row.begin())};
}

struct GObjectUnref {
  void operator()(gpointer object) const { g_object_unref(object); }
};
struct SurfaceDestroy {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct CairoDestroy {
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
};
struct FontFree {
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};

}  // namespace

struct TextRenderer::Pango {
  // A font map of its own, as the default one belongs to a thread, and streaming threads change.
  std::unique_ptr<PangoFontMap, GObjectUnref> fonts{pango_cairo_font_map_new()};
  std::unique_ptr<PangoContext, GObjectUnref> context{pango_font_map_create_context(fonts.get())};
  std::unique_ptr<PangoLayout, GObjectUnref> layout{pango_layout_new(context.get())};
};

TextRenderer::TextRenderer() = default;
TextRenderer::TextRenderer(TextRenderer&&) noexcept = default;
TextRenderer& TextRenderer::operator=(TextRenderer&&) noexcept = default;
TextRenderer::~TextRenderer() = default;

const TextImage& TextRenderer::render(std::string_view text, std::int32_t height, std::int32_t max_width) {
  if (height != height_ || max_width != max_width_ || images_.size() > kMaxImages) images_.clear();
  height_ = height;
  max_width_ = max_width;
  const auto found = images_.find(text);
  return found != images_.end() ? found->second : images_.emplace(text, set_text(text)).first->second;
}

TextImage TextRenderer::set_text(std::string_view text) {
  if (!pango_) pango_ = std::make_unique<Pango>();
  auto* const layout = pango_->layout.get();
  const std::unique_ptr<PangoFontDescription, FontFree> font(pango_font_description_from_string("Sans Bold"));
  pango_font_description_set_absolute_size(font.get(), static_cast<double>(height_) * PANGO_SCALE);
  pango_layout_set_font_description(layout, font.get());
  pango_layout_set_single_paragraph_mode(layout, TRUE);
  pango_layout_set_width(layout, max_width_ * PANGO_SCALE);
  pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));

  PangoRectangle extents;
  pango_layout_get_pixel_extents(layout, nullptr, &extents);
  TextImage image{{std::clamp(extents.width, 1, max_width_), std::clamp(extents.height, 1, 4 * height_)}, {}, {}};
  const std::unique_ptr<cairo_surface_t, SurfaceDestroy> surface(
      cairo_image_surface_create(CAIRO_FORMAT_A8, image.size.width, image.size.height));
  const std::unique_ptr<cairo_t, CairoDestroy> cairo(cairo_create(surface.get()));
  cairo_move_to(cairo.get(), -extents.x, -extents.y);
  pango_cairo_show_layout(cairo.get(), layout);
  cairo_surface_flush(surface.get());
  const auto* const pixels = cairo_image_surface_get_data(surface.get());
  if (pixels == nullptr) return {};
  const auto stride = cairo_image_surface_get_stride(surface.get());
  for (std::int32_t y = 0; y < image.size.height; ++y) {
    const auto* const row = pixels + std::ptrdiff_t{y} * stride;
    image.coverages.insert(image.coverages.end(), row, row + image.size.width);
    image.ink.push_back(ink_of({row, static_cast<std::size_t>(image.size.width)}));
  }
  return image;
}

void blit_text(const TextImage& text, std::int32_t left, std::int32_t top, runs::Size frame, runs::CoverageMask& mask) {
  const auto first = std::max(top, 0);
  mask.reset(first);
  for (auto y = first; y < std::min(top + text.size.height, frame.height); ++y) {
    const auto row = static_cast<std::size_t>(y - top);
    const auto begin = std::max(left + text.ink[row].begin, 0);
    const auto end = std::min(left + text.ink[row].end, frame.width);
    if (begin < end) {
      const auto offset = row * static_cast<std::size_t>(text.size.width);
      mask.add_span(
          begin, std::span(text.coverages)
                     .subspan(offset + static_cast<std::size_t>(begin - left), static_cast<std::size_t>(end - begin)));
    }
    mask.end_row();
  }
}

}  // namespace sam2::drawing
