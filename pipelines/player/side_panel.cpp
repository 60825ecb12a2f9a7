// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "side_panel.hpp"

namespace player {
namespace {

/// Drawings that have a check button; those of the first group are on at first.
constexpr const char* kDrawings[] = {"fill", "contour", "centroid", "trail", "label", "box"};
constexpr std::size_t kOnAtFirst = 3;

GtkWidget* make_swatch(std::size_t slot) {
  auto* area = gtk_drawing_area_new();
  gtk_widget_set_size_request(area, 16, 16);
  gtk_widget_set_valign(area, GTK_ALIGN_CENTER);
  gtk_drawing_area_set_draw_func(
      GTK_DRAWING_AREA(area),
      +[](GtkDrawingArea*, cairo_t* cairo, int width, int height, gpointer data) {
        const auto color = color_of(GPOINTER_TO_SIZE(data));
        cairo_set_source_rgb(cairo, color.red, color.green, color.blue);
        cairo_rectangle(cairo, 0, 0, width, height);
        cairo_fill(cairo);
      },
      GSIZE_TO_POINTER(slot), nullptr);
  return area;
}

}  // namespace

SidePanel::SidePanel(GstElement* overlay)
    : overlay_(overlay), box_(gtk_box_new(GTK_ORIENTATION_VERTICAL, 6)), list_(gtk_list_box_new()) {
  auto* scroller = gtk_scrolled_window_new();
  gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), list_);
  gtk_widget_set_vexpand(scroller, TRUE);
  gtk_widget_set_size_request(scroller, 250, 120);
  gtk_box_append(GTK_BOX(box_), scroller);
  add_looks();
}

void SidePanel::changed() const {
  if (on_change) on_change();
}

void SidePanel::add_looks() {
  auto* label = gtk_label_new("Opacity of the fill");
  gtk_widget_set_halign(label, GTK_ALIGN_START);
  gtk_box_append(GTK_BOX(box_), label);
  auto* scale = gtk_scale_new_with_range(GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.05);
  gtk_range_set_value(GTK_RANGE(scale), 0.5);
  g_signal_connect(scale, "value-changed", G_CALLBACK(+[](GtkRange* range, gpointer data) {
                     auto* self = static_cast<SidePanel*>(data);
                     g_object_set(self->overlay_, "opacity", gtk_range_get_value(range), nullptr);
                     self->changed();
                   }),
                   this);
  gtk_box_append(GTK_BOX(box_), scale);
  auto* grid = gtk_grid_new();
  for (std::size_t i = 0; i < std::size(kDrawings); ++i) {
    auto* check = gtk_check_button_new_with_label(kDrawings[i]);
    gtk_check_button_set_active(GTK_CHECK_BUTTON(check), i < kOnAtFirst);
    g_signal_connect_swapped(check, "toggled",
                             G_CALLBACK(+[](gpointer self) { static_cast<SidePanel*>(self)->apply_drawings(); }), this);
    gtk_grid_attach(GTK_GRID(grid), check, int(i % 3), int(i / 3), 1, 1);
    drawings_.emplace_back(kDrawings[i], check);
  }
  gtk_box_append(GTK_BOX(box_), grid);
  add_effect("object-effect", "Effect on objects");
  add_effect("background-effect", "Effect on the background");
}

/// A drop-down list of the values of an enum property, if the element has it.
void SidePanel::add_effect(const char* property, const char* title) {
  auto* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(overlay_), property);
  if (spec == nullptr || !G_IS_PARAM_SPEC_ENUM(spec)) return;
  const auto* values = G_PARAM_SPEC_ENUM(spec)->enum_class;
  std::vector<const char*> names;
  for (guint i = 0; i < values->n_values; ++i) names.push_back(values->values[i].value_nick);
  names.push_back(nullptr);
  auto* label = gtk_label_new(title);
  gtk_widget_set_halign(label, GTK_ALIGN_START);
  gtk_box_append(GTK_BOX(box_), label);
  auto* list = gtk_drop_down_new_from_strings(names.data());
  g_object_set_data_full(G_OBJECT(list), "property", g_strdup(property), g_free);
  g_signal_connect(list, "notify::selected-item", G_CALLBACK(+[](GtkDropDown* down, GParamSpec*, gpointer data) {
                     auto* self = static_cast<SidePanel*>(data);
                     auto* item = GTK_STRING_OBJECT(gtk_drop_down_get_selected_item(down));
                     const auto* name = static_cast<const char*>(g_object_get_data(G_OBJECT(down), "property"));
                     gst_util_set_object_arg(G_OBJECT(self->overlay_), name, gtk_string_object_get_string(item));
                     self->changed();
                   }),
                   this);
  gtk_box_append(GTK_BOX(box_), list);
}

void SidePanel::set_lanes(const std::vector<Lane>& lanes) {
  while (auto* child = gtk_widget_get_first_child(list_)) gtk_list_box_remove(GTK_LIST_BOX(list_), child);
  rows_.clear();
  for (std::size_t slot = 0; slot < lanes.size(); ++slot) add_row(lanes[slot], slot);
  apply_objects();
}

void SidePanel::add_row(const Lane& lane, std::size_t slot) {
  auto* row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  auto* shown = gtk_check_button_new();
  gtk_widget_set_tooltip_text(shown, "Show");
  gtk_check_button_set_active(GTK_CHECK_BUTTON(shown), TRUE);
  const auto name = lane.label.empty() ? "object " + std::to_string(lane.id) : lane.label;
  auto* label = gtk_label_new(name.c_str());
  gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_widget_set_hexpand(label, TRUE);
  auto* area = gtk_label_new("");
  auto* solo = gtk_toggle_button_new_with_label("solo");
  for (auto* widget : {shown, make_swatch(slot), label, area, solo}) gtk_box_append(GTK_BOX(row), widget);
  const auto apply = G_CALLBACK(+[](gpointer self) { static_cast<SidePanel*>(self)->apply_objects(); });
  g_signal_connect_swapped(shown, "toggled", apply, this);
  g_signal_connect_swapped(solo, "toggled", apply, this);
  gtk_list_box_append(GTK_LIST_BOX(list_), row);
  rows_.push_back({lane.id, shown, solo, area});
}

void SidePanel::apply_objects() {
  bool is_solo = false;
  for (const auto& row : rows_) is_solo |= bool(gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(row.solo)));
  std::string ids;
  bool are_all = true;
  for (const auto& row : rows_) {
    const bool is_shown = is_solo ? gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(row.solo))
                                  : gtk_check_button_get_active(GTK_CHECK_BUTTON(row.shown));
    are_all &= is_shown;
    if (is_shown) ids.append(ids.empty() ? "" : ",").append(std::to_string(row.id));
  }
  // No list of ids means none, so an element that shows no object is silent.
  g_object_set(overlay_, "objects", are_all || ids.empty() ? nullptr : ids.c_str(), "silent",
               gboolean(ids.empty() && !rows_.empty()), nullptr);
  changed();
}

void SidePanel::apply_drawings() {
  std::string flags;
  for (const auto& [name, check] : drawings_) {
    if (gtk_check_button_get_active(GTK_CHECK_BUTTON(check))) flags += (flags.empty() ? "" : "+") + name;
  }
  gst_util_set_object_arg(G_OBJECT(overlay_), "draw", flags.empty() ? "0" : flags.c_str());
  changed();
}

void SidePanel::set_frame(const FrameObjects& frame) {
  for (const auto& row : rows_) {
    std::string text;
    for (const auto& object : frame.objects) {
      if (object.id == row.id) text = std::to_string(object.area) + " px";
    }
    gtk_label_set_text(GTK_LABEL(row.area), text.c_str());
  }
}

void SidePanel::toggle(std::size_t index) {
  if (index >= rows_.size()) return;
  auto* check = GTK_CHECK_BUTTON(rows_[index].shown);
  gtk_check_button_set_active(check, !gtk_check_button_get_active(check));
}

void SidePanel::select(int index) {
  auto* row = index < 0 ? nullptr : gtk_list_box_get_row_at_index(GTK_LIST_BOX(list_), index);
  gtk_list_box_select_row(GTK_LIST_BOX(list_), row);
}

int SidePanel::index_of(int id) const {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].id == id) return int(i);
  }
  return -1;
}

}  // namespace player
