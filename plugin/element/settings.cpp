// SPDX-License-Identifier: LGPL-2.1-or-later
#include "element/settings.hpp"

#include <utility>

namespace sam2::element {
namespace {

std::optional<std::string> string_of(const GValue* value) {
  const auto* text = g_value_get_string(value);
  return text != nullptr ? std::optional<std::string>(text) : std::nullopt;
}

void put_string(GValue* value, const std::optional<std::string>& text) {
  g_value_set_string(value, text ? text->c_str() : nullptr);
}

template <typename Value>
Change assign(Value& setting, Value value) {
  if (setting == value) return {};
  setting = std::move(value);
  return {true, {}};
}

template <typename Enumerator>
Change assign_enum(Enumerator& setting, const GValue* value) {
  return assign(setting, static_cast<Enumerator>(g_value_get_enum(value)));
}

template <typename Enumerator>
void put_enum(GValue* value, Enumerator setting) {
  g_value_set_enum(value, static_cast<gint>(setting));
}

/// An invalid text keeps the meaning of the one before, so that a typing error in a running application does not change
/// the picture.
template <typename Meaning, typename Parse>
Change assign_parsed(ParsedText<Meaning>& setting, std::optional<std::string> text, Parse parse) {
  if (setting.text == text) return {};
  setting.text = std::move(text);
  setting.error.reset();
  if (!setting.text) {
    setting.meaning.reset();
  } else if (Result<Meaning> parsed = parse(*setting.text)) {
    setting.meaning = *std::move(parsed);
  } else {
    setting.error = parsed.error();
  }
  return {true, setting.error};
}

Change set_look(drawing::Look& look, guint id, const GValue* value) {
  switch (id) {
    case kPropDraw:
      return assign(look.draw, g_value_get_flags(value));
    case kPropOpacity:
      return assign(look.opacity, g_value_get_double(value));
    case kPropPalette:
      return assign_enum(look.palette, value);
    case kPropColors:
      return assign_parsed(look.colors, string_of(value), composite::parse_colors);
    case kPropLineWidth:
      return assign(look.line_width, g_value_get_uint(value));
    case kPropTrailLength:
      return assign(look.trail_length, g_value_get_uint64(value));
    case kPropObjects:
      return assign_parsed(look.objects, string_of(value), IdSet::parse);
    case kPropSilent:
      return assign(look.silent, g_value_get_boolean(value) != FALSE);
    default:
      return {};
  }
}

}  // namespace

Change set_setting(Settings& settings, guint id, const GValue* value) {
  switch (id) {
    case kPropLocation:
      return assign(settings.location, string_of(value));
    case kPropArray:
      return assign(settings.array, string_of(value));
    case kPropAxes:
      return assign(settings.axes, string_of(value));
    case kPropValues:
      return assign_enum(settings.values, value);
    case kPropThreshold:
      return assign(settings.threshold, g_value_get_double(value));
    case kPropMaxMemory:
      return assign(settings.max_memory, g_value_get_uint64(value));
    case kPropTracking:
      return assign_enum(settings.tracking, value);
    case kPropTiming:
      return assign_enum(settings.timing, value);
    case kPropFramerate:
      return assign(settings.framerate,
                    Fraction{gst_value_get_fraction_numerator(value), gst_value_get_fraction_denominator(value)});
    case kPropTsOffset:
      return assign(settings.ts_offset, g_value_get_int64(value));
    case kPropTimeOrigin:
      return assign_enum(settings.time_origin, value);
    case kPropMaxHold:
      return assign(settings.max_hold, g_value_get_uint64(value));
    case kPropAtEnd:
      return assign_enum(settings.at_end, value);
    case kPropInterpolation:
      return assign_enum(settings.interpolation, value);
    case kPropFit:
      return assign_enum(settings.fit, value);
    case kPropEdges:
      return assign_enum(settings.edges, value);
    case kPropOrientation:
      return assign_enum(settings.orientation, value);
    case kPropTracksLocation:
      return assign(settings.tracks_location, string_of(value));
    case kPropRender:
      return assign_enum(settings.render, value);
    case kPropAttachMeta:
      return assign(settings.attach_meta, g_value_get_boolean(value) != FALSE);
    case kPropPostMessages:
      return assign(settings.post_messages, g_value_get_boolean(value) != FALSE);
    default:
      return set_look(settings.look, id, value);
  }
}

void get_setting(const Settings& settings, guint id, GValue* value) {
  switch (id) {
    case kPropLocation:
      return put_string(value, settings.location);
    case kPropArray:
      return put_string(value, settings.array);
    case kPropAxes:
      return put_string(value, settings.axes);
    case kPropValues:
      return put_enum(value, settings.values);
    case kPropThreshold:
      return g_value_set_double(value, settings.threshold);
    case kPropMaxMemory:
      return g_value_set_uint64(value, settings.max_memory);
    case kPropTracking:
      return put_enum(value, settings.tracking);
    case kPropTiming:
      return put_enum(value, settings.timing);
    case kPropFramerate:
      return gst_value_set_fraction(value, settings.framerate.numerator, settings.framerate.denominator);
    case kPropTsOffset:
      return g_value_set_int64(value, settings.ts_offset);
    case kPropTimeOrigin:
      return put_enum(value, settings.time_origin);
    case kPropMaxHold:
      return g_value_set_uint64(value, settings.max_hold);
    case kPropAtEnd:
      return put_enum(value, settings.at_end);
    case kPropInterpolation:
      return put_enum(value, settings.interpolation);
    case kPropDraw:
      return g_value_set_flags(value, settings.look.draw);
    case kPropOpacity:
      return g_value_set_double(value, settings.look.opacity);
    case kPropPalette:
      return put_enum(value, settings.look.palette);
    case kPropColors:
      return put_string(value, settings.look.colors.text);
    case kPropLineWidth:
      return g_value_set_uint(value, settings.look.line_width);
    case kPropTrailLength:
      return g_value_set_uint64(value, settings.look.trail_length);
    case kPropObjects:
      return put_string(value, settings.look.objects.text);
    case kPropSilent:
      return g_value_set_boolean(value, settings.look.silent);
    case kPropFit:
      return put_enum(value, settings.fit);
    case kPropEdges:
      return put_enum(value, settings.edges);
    case kPropOrientation:
      return put_enum(value, settings.orientation);
    case kPropTracksLocation:
      return put_string(value, settings.tracks_location);
    case kPropRender:
      return put_enum(value, settings.render);
    case kPropAttachMeta:
      return g_value_set_boolean(value, settings.attach_meta);
    case kPropPostMessages:
      return g_value_set_boolean(value, settings.post_messages);
    default:
      return;
  }
}

clip::ClipOptions Settings::clip_options() const {
  clip::ClipOptions options;
  options.load.array = array;
  options.load.axes = axes;
  options.load.values = values;
  if (threshold != kAutoThreshold) options.load.threshold = threshold;
  options.load.max_memory = max_memory;
  options.tracking = tracking;
  return options;
}

timing::TimelineOptions Settings::timeline_options() const {
  timing::TimelineOptions options;
  if (max_hold <= G_MAXINT64) options.max_hold = static_cast<gint64>(max_hold);
  options.at_end = at_end;
  return options;
}

std::optional<Error> Settings::first_error() const {
  return look.colors.error ? look.colors.error : look.objects.error;
}

}  // namespace sam2::element
