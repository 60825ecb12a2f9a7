// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

/**
 * SECTION:element-sam2overlay
 * @title: sam2overlay
 *
 * Plays segmentation masks on top of video. The masks come from an .npz file, as SAM 2 makes them and NumPy saves them.
 * The element finds the mask of each frame by stream time, draws it into the frame in the pixel format of the frame,
 * and describes its objects in metadata and messages.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 filesrc location=clip.mp4 ! decodebin ! sam2overlay location=clip.npz ! videoconvert ! autovideosink
 * ]| Shows the clip with its masks as coloured areas with an outline, and a disc at the centroid of each object.
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=99 ! sam2overlay location=clip.npz draw=box ! videoconvert ! autovideosink
 * ]| Draws bounding boxes on a test picture.
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=100 ! sam2overlay location=clip.npz tracks-location=tracks.csv ! fakesink
 * ]| Also writes the position of each object in each frame to a file.
 *
 * ## Messages
 *
 * With #GstSam2Overlay:post-messages, the element posts an element message `sam2overlay` for each frame:
 *
 * * #guint64 `timestamp`, `stream-time`, `running-time`, `duration`: times of the frame in nanoseconds.
 * * #gint `mask-index`: row of the mask array, or -1 if the frame has no mask.
 * * #GstValueList `objects`: a #GstStructure `object` for each object of the frame, with these fields:
 *   * #gint `id`: id of the object.
 *   * #gchararray `label`: label of the object, or empty.
 *   * #gdouble `x`, `y`: centroid in frame pixels.
 *   * #gdouble `vx`, `vy`: velocity of the centroid in frame pixels per second.
 *   * #guint64 `area`: area in frame pixels.
 *   * #gint `left`, `top`, `width`, `height`: bounding box in frame pixels.
 *   * #gdouble `score`: score of the file, or NaN.
 *   * #guint64 `age`: nanoseconds since the object was first seen.
 *
 * After it, the element posts a message `sam2overlay-object` for each object that appears or is lost:
 *
 * * #gchararray `event`: `appeared` or `lost`.
 * * #gint `id`, #gchararray `label`: as above.
 * * #guint64 `timestamp`, `stream-time`, `running-time`, `duration`: times of the frame in nanoseconds.
 *
 * With #GstSam2Overlay:zones, the element posts a message `sam2overlay-zone` for each object that enters or leaves an
 * area or crosses a line:
 *
 * * #gchararray `zone`: name of the zone.
 * * #gchararray `event`: `entered` or `left` for areas, `crossed` for lines.
 * * #gchararray `direction`: `in` or `out`.
 * * #gint `id`, #gchararray `label`: as above.
 * * #guint64 `count-in`, `count-out`: events of the zone in each direction, from the begin of the file to this one.
 * * #guint64 `inside`: objects in the area.
 * * #guint64 `dwell`: nanoseconds that the object was in the area, for `left`.
 * * #guint64 `timestamp`, `stream-time`, `running-time`, `duration`: times of the frame in nanoseconds.
 *
 * When a whole file has been read, the element posts a message `sam2overlay-loaded`:
 *
 * * #gchararray `location`: the file.
 * * #guint64 `frames`, `objects`: number of frames with masks, and of different objects.
 * * #guint64 `bytes`: memory of the masks in bytes.
 * * #gdouble `seconds`: how long the load took.
 *
 * ## Metadata
 *
 * With #GstSam2Overlay:attach-meta, each object of the frame is a #GstVideoRegionOfInterestMeta. Its type is the label
 * of the object or `sam2`, and its parameter structure `sam2overlay` has the fields of the structure `object` above. If
 * built with GStreamer 1.26 or newer, a #GstAnalyticsRelationMeta describes the objects too: a detection, a tracking
 * and a segmentation for each.
 *
 * Since: 0.1
 */

#include <gst/base/gstbasetransform.h>
#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_SAM2_OVERLAY (gst_sam2_overlay_get_type())
G_DECLARE_FINAL_TYPE(GstSam2Overlay, gst_sam2_overlay, GST, SAM2_OVERLAY, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE(sam2overlay)

G_END_DECLS
