// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

// GTypes of the enumerations that appear as properties; each value is that of the core's enumerator.

GType gst_sam2_overlay_values_get_type();
GType gst_sam2_overlay_tracking_get_type();
GType gst_sam2_overlay_timing_get_type();
GType gst_sam2_overlay_time_origin_get_type();
GType gst_sam2_overlay_at_end_get_type();
GType gst_sam2_overlay_palette_get_type();
GType gst_sam2_overlay_draw_get_type();
GType gst_sam2_overlay_fit_get_type();
GType gst_sam2_overlay_edges_get_type();
GType gst_sam2_overlay_interpolation_get_type();
GType gst_sam2_overlay_render_get_type();

namespace sam2::element {

enum class TimeOrigin { Stream, FirstFrame };

/// What is shown between masks that are frames apart.
enum class Interpolation {
  None,    ///< the mask before
  Motion,  ///< that, carried along its track to the next one
};

/// Makes the types known as part of the plugin's interface, for documentation and inspection.
void mark_enums_as_plugin_api();

}  // namespace sam2::element
