// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Other ways to draw the same fills, each as its users would.
#pragma once

#include <gst/video/video.h>

#include <optional>
#include <string>

#include "scene.hpp"

namespace sam2::benchmark {

/// Milliseconds to blend a scene into a frame; nothing where it does not do that.
std::optional<double> time_overlay_composition(const Scene& scene, GstVideoFrame* frame);
std::optional<double> time_compositor(const Scene& scene, const std::string& format);
std::optional<double> time_add_weighted(const Scene& scene, GstVideoFrame* frame);

/// Milliseconds a frame of a pipeline that is given as for gst-launch-1.0; nothing where it fails.
std::optional<double> time_pipeline(const std::string& description, int frames);

}  // namespace sam2::benchmark
