// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/frame_handler.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "element/bus_error.hpp"
#include "element/debug.hpp"
#include "element/owned.hpp"
#include "element/unknown_masks.hpp"

namespace sam2::element {

void FrameHandler::on_qos(GstEvent* event) {
  GstClockTimeDiff lateness = 0;
  GstClockTime running_time = 0;
  gst_event_parse_qos(event, nullptr, nullptr, &lateness, &running_time);
  if (lateness <= 0 || !GST_CLOCK_TIME_IS_VALID(running_time)) return;
  // Decoders may drop the frames before this running time, as GstVideoDecoder computes it. They decide so when a frame
  // comes in, and hand out the ones before it much later: when downstream has long been in time again. libav's decide
  // by the packet before, which with B-frames may be a picture some frames earlier.
  constexpr GstClockTime kMostReordered = 500 * GST_MSECOND;
  const auto earliest = running_time + 2 * static_cast<GstClockTime>(lateness) + kMostReordered;
  earliest_time_ = std::max(earliest_time_.load(), earliest);
}

void FrameHandler::stop() {
  opened_log_.set({});
  playback_.on_end();
  playback_.reset();
  frame_pool_.release();
  rendered_ = 0;
  passed_through_ = 0;
  zone_bytes_ = 0;
}

/// The first event or buffer of a new stream drops the state of the stream before.
void FrameHandler::begin_if_new() {
  if (is_new_.exchange(false)) {
    GST_DEBUG_OBJECT(base_, "a new stream begins");
    playback_.reset();
    earliest_time_ = 0;
    has_posted_error_ = false;
  }
  auto log = opened_log_.with([](auto& opened) { return std::exchange(opened, {}); });
  if (log) playback_.set_track_log(*std::move(log));
}

bool FrameHandler::set_caps(GstCaps* caps) {
  frame_pool_.release();
  return playback_.set_caps(caps);
}

void FrameHandler::on_event(GstEvent* event) {
  begin_if_new();
  // Running time begins again.
  if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP) earliest_time_ = 0;
  playback_.on_event(event);
}

/// Posts the error, once for all frames that fail one after another: some sources go on after an error.
GstFlowReturn FrameHandler::end_stream(const Error& error) {
  if (!std::exchange(has_posted_error_, true)) post_error(element(), error);
  return GST_FLOW_ERROR;
}

/// The masks of the frame are not known.
GstFlowReturn FrameHandler::check_missing() {
  if (!plan_.ends_stream) return GST_FLOW_OK;
  return end_stream(error_of(*plan_.unknown, plan_.time.stream_time));
}

GstFlowReturn FrameHandler::plan_buffer(const GstSegment& segment, const GstBuffer* input,
                                        const SharedSettings& settings) {
  begin_if_new();
  // A change to READY takes the caps away while a frame is on its way. Without them, nothing can be hidden.
  if (settings->fails_closed() && !playback_.has_caps()) return GST_FLOW_NOT_NEGOTIATED;
  MaskSource::Taken taken;
  if (const auto flow = source_.take(settings->missing, taken); flow != GST_FLOW_OK) return flow;
  playback_.set_earliest_time(earliest_time_);
  plan_ = playback_.plan(segment, input, taken, settings);
  if (plan_.error) return end_stream(*plan_.error);
  if ((plan_.mask_time || plan_.counts_zones) && plan_.needs_masks()) {
    bool is_there = false;
    auto holder = taken.clip;
    if (plan_.waits_for_masks) {
      const auto flow = source_.wait_for(plan_.wanted_masks(), holder, is_there);
      if (flow != GST_FLOW_OK) return flow;
    }
    playback_.select(plan_, is_there, holder);
  }
  return plan_.unknown ? check_missing() : GST_FLOW_OK;
}

/// A frame that passes as it is, or with masks in it.
GstBuffer* FrameHandler::make_output(GstBuffer* input) {
  const bool writes_pixels = plan_.draw && !is_exclusive(input);
  auto* const copy = writes_pixels ? frame_pool_.copy(input, GST_BASE_TRANSFORM_SRC_PAD(base_)) : nullptr;
  if (copy != nullptr) {
    GST_LOG_OBJECT(base_, "the frame is shared: masks are drawn into a copy from the pool");
    return copy;
  }
  // gst_buffer_copy() shares the memory.
  const bool reuse = !plan_.modifies() || gst_buffer_is_writable(input);
  if (!reuse) GST_LOG_OBJECT(base_, "the buffer is shared: metadata goes to a copy of it");
  return reuse ? input : gst_buffer_copy(input);
}

GstFlowReturn FrameHandler::hide_frame(GstBuffer* input, GstBuffer** output) {
  *output = playback_.hide(plan_, input);
  if (*output != nullptr) return GST_FLOW_OK;
  return end_stream({ErrorCode::NoSpace, "There is no memory for a frame that is to be hidden"});
}

GstFlowReturn FrameHandler::pass_frame(GstBuffer* input, GstBuffer** output) {
  auto* const passed = make_output(input);
  Owned<GstBuffer> copy(passed != input ? passed : nullptr);
  if (plan_.draw && !playback_.draw(plan_, passed) && plan_.must_know) {
    plan_.unknown = Unknown::Undrawable;
    const auto flow = check_missing();
    return flow == GST_FLOW_OK ? hide_frame(input, output) : flow;
  }
  *output = passed;
  std::ignore = copy.release();
  return GST_FLOW_OK;
}

GstFlowReturn FrameHandler::prepare(const GstSegment& segment, GstBuffer* input, const SharedSettings& settings,
                                    GstBuffer** output) {
  auto flow = plan_buffer(segment, input, settings);
  zone_bytes_ = playback_.zone_bytes();
  if (flow != GST_FLOW_OK) return flow;
  flow = plan_.unknown ? hide_frame(input, output) : pass_frame(input, output);
  if (flow == GST_FLOW_OK) has_posted_error_ = false;
  return flow;
}

void FrameHandler::describe(const GstSegment& segment, GstBuffer* buffer) {
  playback_.describe(plan_, segment, buffer);
  ++(plan_.shows_masks() ? rendered_ : passed_through_);
  GST_LOG_OBJECT(base_, "%" GST_TIME_FORMAT ": mask %d, %s", GST_TIME_ARGS(GST_BUFFER_PTS(buffer)), plan_.mask_index(),
                 plan_.shows_masks() ? "drawn" : "passed through");
}

}  // namespace sam2::element
