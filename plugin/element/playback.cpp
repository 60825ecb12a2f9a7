// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/playback.hpp"

#include <utility>

#include "base/checked_math.hpp"
#include "drawing/drawings.hpp"
#include "drawing/effect_kinds.hpp"
#include "element/bus_error.hpp"
#include "element/caps.hpp"
#include "element/debug.hpp"
#include "element/metadata.hpp"
#include "timing/frame_counter.hpp"

namespace sam2::element {
namespace {

/// The masks of the frame could not be read again.
void lose(FramePlan& plan) {
  plan.mask_time.reset();
  if (plan.must_know) plan.unknown = Unknown::Lost;
}

}  // namespace

void Playback::reset() {
  auto* element = element_;
  *this = Playback(element);
}

bool Playback::set_caps(GstCaps* caps) {
  writer_.reset();
  if (const auto info = parse_caps(caps)) writer_.emplace(*info);
  GST_DEBUG_OBJECT(element_, "caps %" GST_PTR_FORMAT, static_cast<void*>(caps));
  timing_.set_stream_rate(writer_ ? writer_->info().rate : Fraction{});
  return has_caps();
}

std::int64_t Playback::frame_number(const FrameTime& time) const {
  if (time.frame_number) return 1 + *time.frame_number;
  const auto& rate = writer_->info().rate;
  if (!rate.is_positive()) return 1 + static_cast<std::int64_t>(time.number);
  return 1 + timing::number_by_rate(saturated_difference(time.uncut_time, time.first_frame), rate);
}

void Playback::update_zones(const FramePlan& plan) {
  const auto& tracks = clip_->tracks();
  // A frame whose masks were refused or cannot be read may be ahead of the tracks.
  if (plan.entry && !tracks.is_ready(*plan.entry)) return;
  zone_events_.update({tracks, placement_.placement()}, *settings_->zones.meaning,
                      {plan.entry, plan.mask_time.has_value(), plan.is_backward});
  scene_.set_zones(zone_events_.zones());
}

void Playback::report_zone_events(const FramePlan& plan, const GstSegment& segment, const GstBuffer* buffer) {
  // No zones: update_zones() had no tracks.
  if (scene_.zones().empty()) return;
  const auto report = [&](tracking::ZoneRow row) {
    row.frame = frame_number(plan.time);
    row.time = plan.time.stream_time;
    tracks_.add(row);
    gst_element_post_message(element_, make_zone_message(element_, segment, buffer, plan.time, row));
  };
  zone_events_.for_each_event({clip_->tracks(), placement_.placement()}, *timing_.schedule(), report);
}

void Playback::on_event(GstEvent* event) {
  timing_.on_event(event);
  zone_events_.on_event(event);
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
  const auto& frame = writer_->info();
  const Fraction aspect{GST_VIDEO_INFO_PAR_N(&frame.video), GST_VIDEO_INFO_PAR_D(&frame.video)};
  return {masks.size(),
          frame.size,
          aspect.is_positive() ? aspect : Fraction{1, 1},
          settings_->fit,
          settings_->orientation,
          orientation_tag_.method(),
          masks.are_low_resolution()};
}

/// New masks that do not fit are no reason to end what plays.
bool Playback::refuses(const SharedClip& clip) const {
  return clip_ && clip && clip != clip_ && writer_ && fit_error(placement_request(clip->masks())) &&
         !fit_error(placement_request(clip_->masks()));
}

void Playback::update_placement() {
  const auto request = placement_request(clip_->masks());
  if (!placement_.update(request)) return;
  forget_shown();
  scene_.forget();
  zone_events_.forget_counts();
  GST_INFO_OBJECT(element_, "%s", placement_.description().c_str());
  if (std::exchange(has_compared_shapes_, true)) return;
  if (const auto warning = placement_.shape_warning()) post_warning(element_, *warning);
}

FramePlan Playback::plan(const GstSegment& segment, const GstBuffer* buffer, const MaskSource::Taken& taken,
                         const SharedSettings& settings) {
  const auto& clip = taken.clip;
  if (settings != settings_ || clip != clip_) forget_shown();
  settings_ = settings;
  if (refuses(clip)) {
    GST_LOG_OBJECT(element_, "the new masks do not fit the frame: the old ones stay in use");
    if (clip != refused_clip_) post_warning(element_, *fit_error(placement_request(clip->masks())));
    refused_clip_ = clip;
  } else {
    if (clip != clip_) {
      GST_DEBUG_OBJECT(element_, "other masks are in use from this frame on");
      timing_.forget_masks();
      has_compared_shapes_ = false;
      scene_.forget();
      zone_events_.reset();
      shown_clip_.reset();
    }
    clip_ = clip;
    refused_clip_.reset();
  }
  scene_.clear();

  FramePlan plan;
  // Motion and trails follow the schedule.
  if (clip_ && timing_.update(clip_->masks(), *settings_)) {
    forget_shown();
    scene_.forget();
  }
  plan.time = timing_.next(segment, buffer, *settings_);
  plan.post_message = settings_->post_messages;
  plan.must_know = settings_->fails_closed() && gst_buffer_get_size(const_cast<GstBuffer*>(buffer)) > 0;
  plan.ends_stream = settings_->missing == Missing::Error;
  if (plan.must_know && writer_ && !writer_->info().is_drawable) {
    plan.error = Error{ErrorCode::Format,
                       "missing is not show, and frames that are not in system memory cannot be hidden; put an element "
                       "that downloads them, such as gldownload or vapostproc, before this one"};
    return plan;
  }
  plan.is_backward = segment.rate < 0;
  choose_masks(plan, buffer, clip);
  if (!plan.must_know || plan.error) return plan;
  if (taken.unknown || clip != clip_) {
    plan.unknown = taken.unknown.value_or(Unknown::NewFile);
  } else if (!plan.mask_time) {
    plan.unknown = Unknown::Outside;
  } else if (timing_.is_guess()) {
    plan.unknown = Unknown::Guessed;
  }
  if (plan.unknown) plan.mask_time.reset();
  if (plan.unknown && *plan.unknown != Unknown::Outside) plan.counts_zones = false;
  return plan;
}

void Playback::choose_masks(FramePlan& plan, const GstBuffer* buffer, const SharedClip& clip) {
  if (!clip_ || timing_.schedule() == nullptr || !writer_) return;
  plan.error = fit_error(placement_request(clip_->masks()));
  if (!plan.error && !settings_->look.silent) plan.error = drawing::effect_error(settings_->look, writer_->format());
  if (plan.error) return;
  update_placement();
  plan.mask_time = timing_.mask_time_at(plan.time, clip_->tracks(), *settings_);
  plan.counts_zones = settings_->has_zones();
  if (plan.mask_time) {
    plan.entry = plan.mask_time->entry;
    plan.last_entry =
        drawing::Scene::last_bridged_entry(clip_->tracks(), *timing_.schedule(), *plan.entry, settings_->look.bridge);
  } else if (plan.counts_zones) {
    plan.entry = timing_.entry_begun_at(plan.time, *settings_);
    plan.last_entry = plan.entry.value_or(0);
  } else {
    return;
  }
  plan.waits_for_masks = clip == clip_ && plan.entry;
  plan.changes_pixels = !settings_->look.silent && gst_buffer_get_size(const_cast<GstBuffer*>(buffer)) > 0;
  plan.describes_objects = settings_->attach_meta || settings_->post_messages || tracks_.is_open() || plan.counts_zones;
  const auto& look = settings_->look;
  const bool draws_trails = plan.changes_pixels && (look.draw & drawing::kDrawTrail) != 0;
  // Messages tell ages. What hides must be known from a file whose checksums hold.
  plan.needs_past = draws_trails || look.bridge > 0 || plan.counts_zones || tracks_.is_open() ||
                    settings_->post_messages || settings_->fails_closed();
}

void Playback::update_scene(FramePlan& plan) {
  using drawing::Detail;
  const auto drawn = settings_->edges == runs::Edges::Smooth ? Detail::Coverage : Detail::Runs;
  const bool tells_masks = settings_->attach_meta && AnalyticsMetadata::kNeedsRuns;
  const auto told = tells_masks ? Detail::Runs : Detail::Regions;
  const auto& clip = *shown_clip_;
  scene_.update({clip.masks(), clip.tracks(), *timing_.schedule(), placement_.placement()}, *plan.mask_time,
                plan.changes_pixels ? drawn : told, settings_->look.reach());
  if (!plan.must_know || scene_.is_complete()) return;
  scene_.clear();
  lose(plan);
}

void Playback::select(FramePlan& plan, bool are_there, const SharedClip& holder) {
  const auto& source = plan.waits_for_masks ? holder : clip_;
  if (shown_clip_ != source) {
    forget_shown();
    scene_.forget();
    shown_clip_ = source;
  }
  // Masks that stay because others were refused are no longer read: some may be missing for good.
  if (plan.mask_time && ((plan.waits_for_masks && !are_there) || !source->is_ready(plan.mask_time->entry))) {
    GST_LOG_OBJECT(element_, "entry %" G_GSIZE_FORMAT " is lost", plan.mask_time->entry);
    lose(plan);
  }
  if (plan.counts_zones) update_zones(plan);
  if (plan.mask_time) update_scene(plan);
  const bool draws = plan.changes_pixels && scene_.would_draw(settings_->look);
  // A composition cannot change the picture below it, and would leave it in the stream.
  const bool composes = attaches_compositions_ && !settings_->look.reads_pixels() && !settings_->fails_closed();
  plan.draw = draws && !composes;
  plan.compose = draws && composes;
  const Shown shown{plan.mask_time, plan.entry};
  if (shown_ != shown) forget_shown();
  shown_ = shown;
  plan.attach_meta = settings_->attach_meta && !scene_.objects().empty();
}

void Playback::describe(const FramePlan& plan, const GstSegment& segment, GstBuffer* buffer) {
  if (plan.compose) compose(buffer);
  if (plan.shows_masks()) GST_BUFFER_FLAG_UNSET(buffer, GST_BUFFER_FLAG_GAP);
  if (plan.attach_meta) {
    attach_region_metas(buffer, scene_.objects());
    analytics_->attach(buffer, scene_.objects(),
                       {writer_->info().size, plan.time.stream_time, timing_.mask_origin(*settings_)});
  }
  if (plan.mask_time) tracks_.add_objects(frame_number(plan.time), plan.time.stream_time, scene_.objects());
  if (plan.post_message) {
    gst_element_post_message(
        element_, make_frame_message(element_, segment, buffer, plan.time, plan.mask_index(), scene_.objects()));
    object_events_.post(element_, segment, buffer, plan.time, scene_.objects());
  }
  if (plan.counts_zones) report_zone_events(plan, segment, buffer);
}

void Playback::compose(GstBuffer* buffer) {
  if (!composition_->is_drawn()) {
    composition_->draw(writer_->info().size, [this](drawing::Canvas& canvas) {
      drawing::draw_scene(canvas, scene_, settings_->look, tools_);
    });
  }
  composition_->attach(buffer);
}

GstBuffer* Playback::hide(FramePlan& plan, GstBuffer* buffer) {
  if (!std::exchange(warned_of_hiding_[static_cast<std::size_t>(*plan.unknown)], true)) {
    auto error = error_of(*plan.unknown, plan.time.stream_time);
    error.message += "; the frame is hidden, and so are others for the same reason";
    post_warning(element_, error);
  }
  plan.draw = plan.compose = false;
  const auto color = settings_->look.effect_color.meaning.value_or(composite::Rgb{});
  return writer_->make_hidden(buffer, color);
}

bool Playback::draw(FramePlan& plan, GstBuffer* buffer) {
  if (!writer_->info().is_drawable) {
    const auto* const reason = settings_->look.reads_pixels()
                                   ? "Frames were left undrawn: they are not in system memory, and effects need their "
                                     "pixels; put an element that downloads them, such as gldownload or "
                                     "vapostproc, before this one"
                                   : "Frames were left undrawn: they are not in system memory, and nothing downstream "
                                     "draws overlay compositions";
    post_warning_once(element_, warned_of_frame_, {ErrorCode::Format, reason});
    return false;
  }
  const auto drawn = writer_->draw(
      buffer, [this](drawing::Canvas& canvas) { drawing::draw_scene(canvas, scene_, settings_->look, tools_); });
  plan.is_drawn = drawn.has_value();
  if (plan.is_drawn) return true;
  GST_DEBUG_OBJECT(element_, "%s", drawn.error().message.c_str());
  if (!plan.must_know) post_warning_once(element_, warned_of_frame_, drawn.error());
  return false;
}

}  // namespace sam2::element
