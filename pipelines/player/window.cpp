// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "window.hpp"

#include <array>
#include <cstdio>

namespace player {
namespace {

bool is_mask_file(const std::string& path) {
  return path.ends_with(".npz") || path.ends_with(".npy");
}

std::string clock_text(GstClockTime time) {
  std::array<char, 32> text{};
  const auto seconds = double(time) / GST_SECOND;
  std::snprintf(text.data(), text.size(), "%d:%06.3f", int(seconds) / 60, seconds - 60 * (int(seconds) / 60));
  return text.data();
}

}  // namespace

Window::Window(GtkApplication* application) : panel_(playback_.overlay()) {
  window_ = gtk_application_window_new(application);
  gtk_window_set_title(GTK_WINDOW(window_), "SAM 2 masks");
  gtk_window_set_default_size(GTK_WINDOW(window_), 1100, 700);
  gtk_window_set_titlebar(GTK_WINDOW(window_), make_header());
  auto* left = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
  message_ = gtk_label_new(nullptr);
  gtk_label_set_wrap(GTK_LABEL(message_), TRUE);
  gtk_label_set_selectable(GTK_LABEL(message_), TRUE);
  gtk_label_set_xalign(GTK_LABEL(message_), 0);
  gtk_widget_set_can_focus(message_, FALSE);
  progress_ = gtk_progress_bar_new();
  gtk_widget_set_visible(progress_, FALSE);
  for (auto* widget : {make_picture(), message_, progress_, lanes_.widget(), make_controls()}) {
    gtk_box_append(GTK_BOX(left), widget);
  }
  auto* all = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
  for (auto* side : {left, panel_.widget()}) gtk_box_append(GTK_BOX(all), side);
  for (const auto set : {gtk_widget_set_margin_top, gtk_widget_set_margin_bottom, gtk_widget_set_margin_start,
                         gtk_widget_set_margin_end}) {
    set(all, 8);
  }
  gtk_window_set_child(GTK_WINDOW(window_), all);
  connect();
  say("Drop a clip and a mask file here, in any order.");
  gtk_window_present(GTK_WINDOW(window_));
}

Window::~Window() {
  g_source_remove(timer_);
  if (redraw_ != 0) g_source_remove(redraw_);
  g_clear_object(&monitor_);
  g_clear_object(&texture_);
}

GtkWidget* Window::add_button(GtkWidget* box, const char* icon, const char* tip, void (Window::*action)()) {
  auto* button = gtk_button_new_from_icon_name(icon);
  gtk_widget_set_tooltip_text(button, tip);
  gtk_widget_set_focusable(button, FALSE);  // the space bar plays and pauses, whatever was clicked last
  using Call = std::pair<Window*, void (Window::*)()>;
  g_signal_connect_data(
      button, "clicked", G_CALLBACK(+[](GtkButton*, gpointer data) {
        (static_cast<Call*>(data)->first->*static_cast<Call*>(data)->second)();
      }),
      new Call(this, action), +[](gpointer data, GClosure*) { delete static_cast<Call*>(data); }, GConnectFlags(0));
  if (box != nullptr) gtk_box_append(GTK_BOX(box), button);
  return button;
}

GtkWidget* Window::make_header() {
  auto* bar = gtk_header_bar_new();
  gtk_header_bar_pack_start(GTK_HEADER_BAR(bar), add_button(nullptr, "document-open-symbolic",
                                                            "Open a clip or masks (O)", &Window::choose_file));
  gtk_header_bar_pack_end(GTK_HEADER_BAR(bar), add_button(nullptr, "document-save-symbolic", "Save the clip as mp4 (E)",
                                                          &Window::export_clip));
  gtk_header_bar_pack_end(GTK_HEADER_BAR(bar), add_button(nullptr, "camera-photo-symbolic", "Save the frame as png (S)",
                                                          &Window::save_picture));
  return bar;
}

GtkWidget* Window::make_picture() {
  picture_ = gtk_picture_new();
  gtk_widget_set_vexpand(picture_, TRUE);
  gtk_widget_set_hexpand(picture_, TRUE);
  gtk_picture_set_can_shrink(GTK_PICTURE(picture_), TRUE);
  auto* click = gtk_gesture_click_new();
  g_signal_connect(click, "pressed", G_CALLBACK(+[](GtkGestureClick*, int, double x, double y, gpointer self) {
                     static_cast<Window*>(self)->select_at(x, y);
                   }),
                   this);
  gtk_widget_add_controller(picture_, GTK_EVENT_CONTROLLER(click));
  return picture_;
}

GtkWidget* Window::make_controls() {
  auto* box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  add_button(box, "media-skip-backward-symbolic", "One frame back (,)", &Window::step_back);
  play_ = add_button(box, "media-playback-start-symbolic", "Play or pause (space)", &Window::toggle_play);
  add_button(box, "media-skip-forward-symbolic", "One frame forward (.)", &Window::step_forward);
  time_ = gtk_label_new("");
  gtk_box_append(GTK_BOX(box), time_);
  return box;
}

void Window::connect() {
  playback_.on_frame = [this](GdkTexture* texture) {
    g_set_object(&texture_, texture);
    gtk_picture_set_paintable(GTK_PICTURE(picture_), GDK_PAINTABLE(texture));
    update_time();
  };
  playback_.on_objects = [this](const FrameObjects& frame) {
    shown_ = frame;
    panel_.set_frame(frame);
  };
  playback_.on_problem = [this](const std::string& text) {
    g_printerr("%s\n", text.c_str());
    say(text);
  };
  playback_.on_ready = [this] {
    lanes_.set_duration(playback_.duration());
    scan();
  };
  scan_.on_done = [this](const std::vector<Lane>& lanes) {
    g_object_set(playback_.overlay(), "colors", lanes.empty() ? nullptr : colors_property(lanes.size()).c_str(),
                 nullptr);
    lanes_.set_lanes(lanes);
    panel_.set_lanes(lanes);
    panel_.set_frame(shown_);
  };
  lanes_.on_seek = [this](GstClockTime time) { playback_.seek(time); };
  panel_.on_change = [this] { draw_again(); };
  exporter_.on_progress = [this](double share) { gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(progress_), share); };
  exporter_.on_done = [this](const std::string& problem) {
    gtk_widget_set_visible(progress_, FALSE);
    say(problem.empty() ? "Saved " + output_name("-masks.mp4") : problem);
  };
  timer_ = g_timeout_add(
      100,
      +[](gpointer self) -> gboolean {
        static_cast<Window*>(self)->update_time();
        return G_SOURCE_CONTINUE;
      },
      this);
  auto* keys = gtk_event_controller_key_new();
  gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
  g_signal_connect(keys, "key-pressed",
                   G_CALLBACK(+[](GtkEventControllerKey*, guint key, guint, GdkModifierType, gpointer self) {
                     return gboolean(static_cast<Window*>(self)->on_key(key));
                   }),
                   this);
  gtk_widget_add_controller(window_, keys);
  auto* drop = gtk_drop_target_new(GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect(drop, "drop",
                   G_CALLBACK(+[](GtkDropTarget*, const GValue* value, double, double, gpointer self) -> gboolean {
                     auto* files = gdk_file_list_get_files(static_cast<GdkFileList*>(g_value_get_boxed(value)));
                     for (auto* file = files; file != nullptr; file = file->next) {
                       auto* path = g_file_get_path(G_FILE(file->data));
                       if (path != nullptr) static_cast<Window*>(self)->open(path);
                       g_free(path);
                     }
                     g_slist_free(files);
                     return TRUE;
                   }),
                   this);
  gtk_widget_add_controller(window_, GTK_EVENT_CONTROLLER(drop));
  g_signal_connect_swapped(window_, "destroy", G_CALLBACK(+[](gpointer self) { delete static_cast<Window*>(self); }),
                           this);
}

void Window::open(const std::string& path) {
  say("");
  if (!g_file_test(path.c_str(), G_FILE_TEST_IS_REGULAR)) {
    say(path + ": no such file");
  } else if (is_mask_file(path)) {
    playback_.set_masks(path);
    watch_masks();
    scan();
  } else {
    playback_.open_clip(path);
    auto* name = g_path_get_basename(path.c_str());
    gtk_window_set_title(GTK_WINDOW(window_), name);
    g_free(name);
  }
}

/// Masks that are written again on disk are shown at once.
void Window::watch_masks() {
  g_clear_object(&monitor_);
  auto* file = g_file_new_for_path(playback_.masks().c_str());
  monitor_ = g_file_monitor_file(file, G_FILE_MONITOR_WATCH_MOVES, nullptr, nullptr);
  g_object_unref(file);
  if (monitor_ == nullptr) return;
  g_signal_connect(monitor_, "changed",
                   G_CALLBACK(+[](GFileMonitor*, GFile*, GFile*, GFileMonitorEvent event, gpointer data) {
                     auto* self = static_cast<Window*>(data);
                     if (event != G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT && event != G_FILE_MONITOR_EVENT_RENAMED &&
                         event != G_FILE_MONITOR_EVENT_MOVED_IN) {
                       return;
                     }
                     self->say("");
                     self->playback_.set_masks(self->playback_.masks());
                     self->scan();
                   }),
                   this);
}

void Window::scan() {
  if (playback_.masks().empty() || playback_.width() == 0 || playback_.duration() == 0) return;
  scan_.start(playback_.masks(), playback_.width(), playback_.height(), playback_.frame_rate(), playback_.duration());
}

void Window::say(const std::string& text) {
  gtk_label_set_text(GTK_LABEL(message_), text.c_str());
  gtk_widget_set_visible(message_, !text.empty());
}

/// Changes while the clip stands still are seen by a seek to where it is. Several changes at once need one.
void Window::draw_again() {
  if (playback_.is_playing() || playback_.clip().empty() || redraw_ != 0) return;
  redraw_ = g_timeout_add(
      40,
      +[](gpointer data) -> gboolean {
        auto* self = static_cast<Window*>(data);
        self->redraw_ = 0;
        self->playback_.seek(self->playback_.position());
        return G_SOURCE_REMOVE;
      },
      this);
}

/// Selects the smallest object whose box has the point of the picture.
void Window::select_at(double x, double y) {
  const double width = gtk_widget_get_width(picture_);
  const double height = gtk_widget_get_height(picture_);
  if (playback_.width() == 0 || width <= 0 || height <= 0) return;
  // The picture keeps its shape in the middle of the widget.
  const auto scale = std::min(width / playback_.width(), height / playback_.height());
  const auto column = (x - (width - scale * playback_.width()) / 2) / scale;
  const auto row = (y - (height - scale * playback_.height()) / 2) / scale;
  const Object* found = nullptr;
  for (const auto& object : shown_.objects) {
    const bool is_inside = column >= object.left && column < object.left + object.width && row >= object.top &&
                           row < object.top + object.height;
    if (is_inside && (found == nullptr || object.area < found->area)) found = &object;
  }
  panel_.select(found == nullptr ? -1 : panel_.index_of(found->id));
}

/// Space plays and pauses, arrows jump, . and , step, + and - change the speed, digits show and hide objects, s and e
/// save.
bool Window::on_key(guint key) {
  constexpr auto kJump = 5 * GST_SECOND;
  const auto now = playback_.position();
  if (key >= GDK_KEY_1 && key <= GDK_KEY_9) {
    panel_.toggle(key - GDK_KEY_1);
    return true;
  }
  switch (key) {
    case GDK_KEY_space:
      toggle_play();
      return true;
    case GDK_KEY_Right:
      playback_.seek(now + kJump);
      return true;
    case GDK_KEY_Left:
      playback_.seek(now > kJump ? now - kJump : 0);
      return true;
    case GDK_KEY_Home:
      playback_.seek(0);
      return true;
    case GDK_KEY_period:
      step_forward();
      return true;
    case GDK_KEY_comma:
      step_back();
      return true;
    case GDK_KEY_plus:
      change_speed(2);
      return true;
    case GDK_KEY_minus:
      change_speed(0.5);
      return true;
    case GDK_KEY_s:
      save_picture();
      return true;
    case GDK_KEY_e:
      export_clip();
      return true;
    case GDK_KEY_o:
      choose_file();
      return true;
    default:
      return false;
  }
}

void Window::choose_file() {
  auto* dialog = gtk_file_chooser_native_new("Open a clip or masks", GTK_WINDOW(window_), GTK_FILE_CHOOSER_ACTION_OPEN,
                                             nullptr, nullptr);
  gtk_file_chooser_set_select_multiple(GTK_FILE_CHOOSER(dialog), TRUE);
  g_signal_connect(dialog, "response", G_CALLBACK(+[](GtkNativeDialog* native, int response, gpointer self) {
                     auto* files = gtk_file_chooser_get_files(GTK_FILE_CHOOSER(native));
                     for (guint i = 0; response == GTK_RESPONSE_ACCEPT && i < g_list_model_get_n_items(files); ++i) {
                       auto* file = G_FILE(g_list_model_get_item(files, i));
                       auto* path = g_file_get_path(file);
                       if (path != nullptr) static_cast<Window*>(self)->open(path);
                       g_free(path);
                       g_object_unref(file);
                     }
                     g_object_unref(files);
                     g_object_unref(native);
                   }),
                   this);
  gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

void Window::toggle_play() {
  if (!playback_.is_playing() && playback_.duration() > 0 &&
      playback_.position() + GST_SECOND / 60 >= playback_.duration())
    playback_.seek(0);
  playback_.set_playing(!playback_.is_playing());
}

void Window::change_speed(double factor) {
  speed_ = std::clamp(speed_ * factor, 0.125, 8.0);
  playback_.set_rate(speed_);
}

/// The clip's name with another ending, such as "-masks.mp4", in the clip's folder.
std::string Window::output_name(const std::string& ending) const {
  const auto& clip = playback_.clip();
  const auto dot = clip.rfind('.');
  return clip.substr(0, dot == std::string::npos || dot < clip.rfind('/') + 1 ? clip.size() : dot) + ending;
}

void Window::save_picture() {
  if (texture_ == nullptr) return;
  const auto name = output_name("-" + std::to_string(playback_.position() / GST_MSECOND) + "ms.png");
  say(gdk_texture_save_to_png(texture_, name.c_str()) ? "Saved " + name : name + " cannot be written");
}

void Window::export_clip() {
  if (playback_.clip().empty() || exporter_.is_running()) return;
  gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(progress_), 0);
  gtk_widget_set_visible(progress_, TRUE);
  exporter_.start(playback_, output_name("-masks.mp4"));
}

void Window::update_time() {
  const auto position = playback_.position();
  lanes_.set_position(position);
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%s of %s, speed %g", clock_text(position).c_str(),
                clock_text(playback_.duration()).c_str(), speed_);
  gtk_label_set_text(GTK_LABEL(time_), text.data());
  gtk_button_set_icon_name(GTK_BUTTON(play_),
                           playback_.is_playing() ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
}

}  // namespace player
