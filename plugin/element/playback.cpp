// SPDX-License-Identifier: LGPL-2.1-or-later
#include "element/playback.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "element/bus_error.hpp"
#include "element/debug.hpp"
#include "element/mapped_frame.hpp"
#include "element/metadata.hpp"

namespace sam2::element {
namespace {

/// Of a frame of a stream of that rate, counted from 0.
std::int64_t frame_number(const FrameTime& time, const Fraction& rate) {
  if (!rate.is_positive()) return static_cast<std::int64_t>(time.number);
  // Whole numbers up to here have a double of their own; no film is as long.
  constexpr double kMost = 9e15;
  const auto seconds = static_cast<double>(time.uncut_time) / timing::kNanosecondsPerSecond;
  return std::llround(std::clamp(seconds * rate.numerator / rate.denominator, -kMost, kMost));
}

}  // namespace

void Playback::reset() {
  auto* element = element_;
  *this = Playback(element);
}

bool Playback::set_caps(GstCaps* caps) {
  frame_ = parse_caps(caps);
  GST_DEBUG_OBJECT(element_, "caps %" GST_PTR_FORMAT, static_cast<void*>(caps));
  timing_.set_stream_rate(frame_ ? frame_->rate : Fraction{});
  return frame_.has_value();
}

void Playback::on_end() {
  if (!track_log_) return;
  const auto flushed = track_log_->flush();
  if (flushed) return;
  track_log_.reset();
  post_warning(element_, flushed.error());
}

void Playback::log_tracks(const FrameTime& time) {
  tracking::TrackRow row;
  row.time = time.stream_time;
  row.frame = 1 + frame_number(time, frame_->rate);
  for (const auto& object : renderer_.objects()) {
    row.id = object.info->id;
    row.label = object.info->label;
    row.props = object.props;
    row.velocity = object.motion.velocity;
    row.age = object.motion.age;
    row.score = object.score;
    if (const auto added = track_log_->add(row); !added) {
      post_warning(element_, added.error());
      track_log_.reset();
      return;
    }
  }
}

void Playback::on_event(GstEvent* event) {
  timing_.on_event(event);
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_STREAM_START:
      orientation_tag_.reset();
      break;
    case GST_EVENT_TAG: {
      GstTagList* tags = nullptr;
      gst_event_parse_tag(event, &tags);
      orientation_tag_.on_tags(tags);
      break;
    }
    case GST_EVENT_EOS:
      on_end();
      break;
    default:
      break;
  }
}

void Playback::set_output_mode(OutputMode mode) {
  attaches_compositions_ = mode == OutputMode::Composition;
  GST_DEBUG_OBJECT(element_,
                   attaches_compositions_ ? "masks are attached as compositions" : "masks are blended into frames");
  if (mode != OutputMode::BlendFallback) return;
  post_warning_once(element_, warned_of_render_,
                    {ErrorCode::Settings,
                     "render=composition, but nothing downstream draws overlay compositions: masks are "
                     "blended into the frames instead"});
}

void Playback::forget_shown() {
  composition_->clear();
  analytics_->forget();
}

PlacementRequest Playback::placement_request(const masks::MaskSet& masks) const {
  const Fraction aspect{GST_VIDEO_INFO_PAR_N(&frame_->video), GST_VIDEO_INFO_PAR_D(&frame_->video)};
  return {masks.size(),   frame_->size,           aspect.is_positive() ? aspect : Fraction{1, 1},
          settings_->fit, settings_->orientation, orientation_tag_.method()};
}

/// New masks that do not fit are no reason to end what plays.
bool Playback::refuses(const SharedClip& clip) const {
  return clip_ && clip && clip != clip_ && frame_ && misfit(placement_request(clip->masks())) &&
         !misfit(placement_request(clip_->masks()));
}

void Playback::update_placement() {
  const auto request = placement_request(clip_->masks());
  if (!placement_.update(request)) return;
  forget_shown();
  renderer_.forget();
  GST_INFO_OBJECT(element_, "%s", placement_.description().c_str());
  if (std::exchange(judged_shapes_, true)) return;
  if (const auto doubt = placement_.doubt()) post_warning(element_, *doubt);
}

FramePlan Playback::plan(const GstSegment& segment, const GstBuffer* buffer, const SharedClip& clip,
                         const SharedSettings& settings) {
  if (settings != settings_ || clip != clip_) forget_shown();
  settings_ = settings;
  if (refuses(clip)) {
    GST_LOG_OBJECT(element_, "the new masks do not fit the frame: the old ones stay in use");
    if (clip != refused_clip_) post_warning(element_, *misfit(placement_request(clip->masks())));
    refused_clip_ = clip;
  } else {
    if (clip != clip_) {
      GST_DEBUG_OBJECT(element_, "other masks are in use from this frame on");
      timing_.forget_masks();
      judged_shapes_ = false;
      renderer_.forget();
    }
    clip_ = clip;
    refused_clip_.reset();
  }
  renderer_.clear();

  FramePlan plan;
  // Trails are drawn by the schedule.
  if (clip_ && timing_.update(clip_->masks(), *settings_)) forget_shown();
  plan.time = timing_.next(segment, buffer);
  plan.post_message = settings_->post_messages;
  if (!clip_ || timing_.schedule() == nullptr || !frame_) return plan;
  plan.error = misfit(placement_request(clip_->masks()));
  if (plan.error) return plan;
  update_placement();
  plan.moment = timing_.moment_at(plan.time, clip_->tracks(), *settings_);
  if (!plan.moment) return plan;

  plan.awaits_masks = clip == clip_;
  plan.wants_pixels = !settings_->look.silent && gst_buffer_get_size(const_cast<GstBuffer*>(buffer)) > 0;
  plan.wants_objects = settings_->attach_meta || settings_->post_messages || track_log_.has_value();
  return plan;
}

void Playback::select(FramePlan& plan, bool are_there) {
  // Masks that stay because others were refused are no longer read: some may be missing for good.
  if ((plan.awaits_masks && !are_there) || !clip_->is_ready(plan.moment->entry)) {
    GST_LOG_OBJECT(element_, "entry %" G_GSIZE_FORMAT " is lost", plan.moment->entry);
    plan.moment.reset();
    return;
  }
  using Detail = drawing::OverlayRenderer::Detail;
  const auto drawn = settings_->edges == runs::Edges::Smooth ? Detail::Coverage : Detail::Runs;
  const bool tells_masks = settings_->attach_meta && AnalyticsMetadata::kNeedsRuns;
  const auto told = tells_masks ? Detail::Runs : Detail::Moments;
  renderer_.select(clip_->masks(), clip_->tracks(), *plan.moment, placement_.placement(),
                   plan.wants_pixels ? drawn : told);
  drawing::describe_tracks(renderer_.objects(), clip_->tracks(), *timing_.schedule(), placement_.placement());
  const bool draws = plan.wants_pixels && renderer_.would_draw(settings_->look);
  plan.draw = draws && !attaches_compositions_;
  plan.compose = draws && attaches_compositions_;
  if (shown_moment_ != plan.moment) forget_shown();
  shown_moment_ = *plan.moment;
  plan.attach_meta = settings_->attach_meta && !renderer_.objects().empty();
}

bool Playback::carry_out(const FramePlan& plan, const GstSegment& segment, GstBuffer* buffer) {
  const bool drawn = plan.compose || (plan.draw && draw(buffer));
  if (plan.compose) compose(buffer);
  if (drawn) GST_BUFFER_FLAG_UNSET(buffer, GST_BUFFER_FLAG_GAP);
  if (plan.attach_meta) {
    attach_region_metas(buffer, renderer_.objects());
    analytics_->attach(buffer, renderer_.objects(),
                       {frame_->size, plan.time.stream_time, timing_.mask_origin(*settings_)});
  }
  if (track_log_ && plan.moment) log_tracks(plan.time);
  if (plan.post_message) {
    gst_element_post_message(
        element_, make_frame_message(element_, segment, buffer, plan.time, plan.mask_index(), renderer_.objects()));
    object_events_.post(element_, segment, buffer, plan.time, renderer_.objects());
  }
  return drawn;
}

void Playback::compose(GstBuffer* buffer) {
  if (!composition_->is_drawn()) {
    composition_->draw(frame_->size, [this](const drawing::Brush& brush, const composite::FrameView& frame) {
      draw_objects(brush, frame);
    });
  }
  composition_->attach(buffer);
}

void Playback::draw_objects(const drawing::Brush& brush, const composite::FrameView& frame) {
  const auto& look = settings_->look;
  const auto objects = std::as_const(renderer_).objects();
  renderer_.draw_masks(brush, frame, look);
  track_drawing_.draw_trails(brush, frame, look, objects, clip_->tracks(), *timing_.schedule(), placement_.placement());
  track_drawing_.draw_boxes(brush, frame, look, objects);
  renderer_.draw_markers(brush, frame, look);
  track_drawing_.draw_labels(brush, frame, look, objects);
}

bool Playback::draw(GstBuffer* buffer) {
  if (frame_->format == nullptr) {
    post_warning_once(element_, warned_of_frame_,
                      {ErrorCode::Format,
                       "Frames were left undrawn: they are not in system memory, and nothing downstream draws "
                       "overlay compositions"});
    return false;
  }
  auto mapped = MappedFrame::map(buffer, *frame_);
  if (!mapped) {
    post_warning_once(element_, warned_of_frame_, mapped.error());
    return false;
  }
  const composite::Painter painter(*frame_->format, frame_->encoding);
  draw_objects(drawing::Brush(painter), mapped->view());
  return true;
}

}  // namespace sam2::element
