// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <gst/gst.h>
#include <gtk/gtk.h>

#include "window.hpp"

namespace {

constexpr const char* kId = "io.github.sam2overlay.Player";

void activate(GtkApplication* application, gpointer) {
  new player::Window(application);  // deletes itself when it is closed
}

void open_files(GtkApplication* application, GFile** files, int count, const char*, gpointer) {
  auto* window = new player::Window(application);
  for (int i = 0; i < count; ++i) {
    auto* path = g_file_get_path(files[i]);
    if (path != nullptr) window->open(path);
    g_free(path);
  }
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  auto* factory = gst_element_factory_find("sam2overlay");
  if (factory == nullptr) {
    g_printerr(
        "GStreamer has no element sam2overlay. Install the plugin, or set GST_PLUGIN_PATH to where it is: "
        "build/plugin.\n");
    return 1;
  }
  gst_object_unref(factory);
  auto* application =
      gtk_application_new(kId, GApplicationFlags(G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE));
  g_application_set_option_context_parameter_string(G_APPLICATION(application), "[CLIP] [MASKS.npz]");
  g_application_set_option_context_summary(G_APPLICATION(application), "Plays a clip with its SAM 2 masks.");
  g_signal_connect(application, "activate", G_CALLBACK(activate), nullptr);
  g_signal_connect(application, "open", G_CALLBACK(open_files), nullptr);
  const int status = g_application_run(G_APPLICATION(application), argc, argv);
  g_object_unref(application);
  return status;
}
