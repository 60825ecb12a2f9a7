// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <string>
#include <type_traits>
#include <utility>

#include "element/enums.hpp"
#include "element/properties.hpp"
#include "element/settings.hpp"

// Functions that make the rows of the property table. The template argument is the member of Settings or Look that
// holds the value; its initialiser is the default of the property.

namespace sam2::element {

/// When a property may be set.
struct Access {
  int flags;
  const char* note;  ///< appended to the description; tells when the value is used
};

/// One property: its specification, and functions that access its member.
struct PropertyRow {
  GParamSpec* spec;
  Change (*set)(Settings& settings, const GValue* value);  ///< nullptr: read only
  void (*get)(const Settings& settings, GValue* value);    ///< nullptr: the property is not a setting
};

/// The texts of a property: its name, its title, and a sentence for gst-inspect.
struct PropertyText {
  const char* name;
  const char* nick;
  const char* blurb;
};

namespace detail {

inline Settings& owner_of(Settings& settings, const Settings*) {
  return settings;
}
inline drawing::Look& owner_of(Settings& settings, const drawing::Look*) {
  return settings.look;
}

template <typename Value, typename Owner>
auto& member_of(Settings& settings, Value Owner::*member) {
  return owner_of(settings, static_cast<const Owner*>(nullptr)).*member;
}

template <auto kMember>
using ValueOf = std::remove_reference_t<decltype(member_of(std::declval<Settings&>(), kMember))>;

template <auto kMember>
const ValueOf<kMember>& value_of(const Settings& settings) {
  // The settings are only read: a second overload of each function above would differ in `const` alone.
  return member_of(const_cast<Settings&>(settings), kMember);
}

template <auto kMember>
ValueOf<kMember> default_of() {
  return value_of<kMember>(Settings());
}

using Text = std::optional<std::string>;

inline Text text_in(const GValue* value) {
  const auto* const text = g_value_get_string(value);
  return text != nullptr ? Text(text) : std::nullopt;
}

inline void write(GValue* value, const Text& text) {
  g_value_set_string(value, text ? text->c_str() : nullptr);
}

// Each kind of value: how it is read from a GValue, and how it is written to one.
inline void read(const GValue* value, Text& text) {
  text = text_in(value);
}
inline void read(const GValue* value, bool& is_set) {
  is_set = g_value_get_boolean(value) != FALSE;
}
inline void write(GValue* value, bool is_set) {
  g_value_set_boolean(value, is_set ? TRUE : FALSE);
}
inline void read(const GValue* value, double& number) {
  number = g_value_get_double(value);
}
inline void write(GValue* value, double number) {
  g_value_set_double(value, number);
}
inline void read(const GValue* value, gint& number) {
  number = g_value_get_int(value);
}
inline void write(GValue* value, gint number) {
  g_value_set_int(value, number);
}
inline void read(const GValue* value, guint& number) {
  number = G_VALUE_HOLDS_FLAGS(value) ? g_value_get_flags(value) : g_value_get_uint(value);
}
inline void write(GValue* value, guint number) {
  G_VALUE_HOLDS_FLAGS(value) ? g_value_set_flags(value, number) : g_value_set_uint(value, number);
}
inline void read(const GValue* value, guint64& number) {
  number = g_value_get_uint64(value);
}
inline void write(GValue* value, guint64 number) {
  g_value_set_uint64(value, number);
}
inline void read(const GValue* value, gint64& number) {
  number = g_value_get_int64(value);
}
inline void write(GValue* value, gint64 number) {
  g_value_set_int64(value, number);
}
inline void read(const GValue* value, Fraction& fraction) {
  fraction = {gst_value_get_fraction_numerator(value), gst_value_get_fraction_denominator(value)};
}
inline void write(GValue* value, const Fraction& fraction) {
  gst_value_set_fraction(value, fraction.numerator, fraction.denominator);
}
template <typename Enumerator>
requires std::is_enum_v<Enumerator>
void read(const GValue* value, Enumerator& enumerator) {
  enumerator = static_cast<Enumerator>(g_value_get_enum(value));
}
template <typename Enumerator>
requires std::is_enum_v<Enumerator>
void write(GValue* value, Enumerator enumerator) {
  g_value_set_enum(value, static_cast<gint>(enumerator));
}

// Specifications of numbers.
inline GParamSpec* number_spec(const PropertyText& text, double low, double high, double initial, GParamFlags flags) {
  return g_param_spec_double(text.name, text.nick, text.blurb, low, high, initial, flags);
}
inline GParamSpec* number_spec(const PropertyText& text, gint low, gint high, gint initial, GParamFlags flags) {
  return g_param_spec_int(text.name, text.nick, text.blurb, low, high, initial, flags);
}
inline GParamSpec* number_spec(const PropertyText& text, guint low, guint high, guint initial, GParamFlags flags) {
  return g_param_spec_uint(text.name, text.nick, text.blurb, low, high, initial, flags);
}
inline GParamSpec* number_spec(const PropertyText& text, guint64 low, guint64 high, guint64 initial,
                               GParamFlags flags) {
  return g_param_spec_uint64(text.name, text.nick, text.blurb, low, high, initial, flags);
}
inline GParamSpec* number_spec(const PropertyText& text, gint64 low, gint64 high, gint64 initial, GParamFlags flags) {
  return g_param_spec_int64(text.name, text.nick, text.blurb, low, high, initial, flags);
}

inline GParamFlags flags_of(const Access& access) {
  return static_cast<GParamFlags>(access.flags);
}

/// GLib keeps the text for good.
inline PropertyText with_note(PropertyText text, const Access& access) {
  text.blurb = g_intern_string((std::string(text.blurb) + access.note).c_str());
  return text;
}

template <auto kMember>
PropertyRow row(GParamSpec* spec) {
  return {spec,
          [](Settings& settings, const GValue* value) -> Change {
            auto& setting = member_of(settings, kMember);
            ValueOf<kMember> next{};
            read(value, next);
            if (setting == next) return {};
            setting = std::move(next);
            return {true, {}};
          },
          [](const Settings& settings, GValue* value) { write(value, value_of<kMember>(settings)); }};
}

inline GParamSpec* string_spec(const PropertyText& text, const Text& initial, const Access& access) {
  const auto [name, nick, blurb] = with_note(text, access);
  return g_param_spec_string(name, nick, blurb, initial ? initial->c_str() : nullptr, flags_of(access));
}

}  // namespace detail

template <auto kMember>
PropertyRow text(const PropertyText& text, const Access& access) {
  return detail::row<kMember>(detail::string_spec(text, detail::default_of<kMember>(), access));
}

/// A text that `kParse` turns into the meaning of a ParsedText. An invalid text keeps the meaning of the text before,
/// so that a typing error in a running application does not change the picture.
template <auto kMember, auto kParse>
PropertyRow parsed_text(const PropertyText& text, const Access& access) {
  return {
      detail::string_spec(text, detail::default_of<kMember>().text, access),
      [](Settings& settings, const GValue* value) -> Change {
        auto& setting = detail::member_of(settings, kMember);
        auto next = detail::text_in(value);
        if (setting.text == next) return {};
        setting.text = std::move(next);
        setting.error.reset();
        if (!setting.text) {
          setting.meaning.reset();
        } else if (auto parsed = kParse(*setting.text)) {
          setting.meaning = *std::move(parsed);
        } else {
          setting.error = parsed.error();
        }
        return {true, setting.error};
      },
      [](const Settings& settings, GValue* value) { detail::write(value, detail::value_of<kMember>(settings).text); }};
}

/// A double, gint, guint, guint64 or gint64, by the type of the member.
template <auto kMember>
PropertyRow number(const PropertyText& text, detail::ValueOf<kMember> low, detail::ValueOf<kMember> high,
                   const Access& access) {
  return detail::row<kMember>(detail::number_spec(detail::with_note(text, access), low, high,
                                                  detail::default_of<kMember>(), detail::flags_of(access)));
}

template <auto kMember>
PropertyRow fraction(const PropertyText& text, const Access& access) {
  const auto [name, nick, blurb] = detail::with_note(text, access);
  const auto initial = detail::default_of<kMember>();
  return detail::row<kMember>(gst_param_spec_fraction(name, nick, blurb, 0, 1, G_MAXINT, 1, initial.numerator,
                                                      initial.denominator, detail::flags_of(access)));
}

template <auto kMember>
PropertyRow flag(const PropertyText& text, const Access& access) {
  const auto [name, nick, blurb] = detail::with_note(text, access);
  return detail::row<kMember>(
      g_param_spec_boolean(name, nick, blurb, detail::default_of<kMember>() ? TRUE : FALSE, detail::flags_of(access)));
}

/// One value of an enumeration that register_enums() knows.
template <auto kMember>
PropertyRow choice(const PropertyText& text, const Access& access) {
  const auto [name, nick, blurb] = detail::with_note(text, access);
  return detail::row<kMember>(g_param_spec_enum(name, nick, blurb, enum_type<detail::ValueOf<kMember>>(),
                                                static_cast<gint>(detail::default_of<kMember>()),
                                                detail::flags_of(access)));
}

/// Any values of `Flags` together.
template <auto kMember, typename Flags>
PropertyRow flags(const PropertyText& text, const Access& access) {
  const auto [name, nick, blurb] = detail::with_note(text, access);
  return detail::row<kMember>(g_param_spec_flags(name, nick, blurb, enum_type<Flags>(), detail::default_of<kMember>(),
                                                 detail::flags_of(access)));
}

/// A structure that the element makes on demand.
inline PropertyRow computed(const PropertyText& text, const Access& access) {
  const auto [name, nick, blurb] = detail::with_note(text, access);
  return {g_param_spec_boxed(name, nick, blurb, GST_TYPE_STRUCTURE, detail::flags_of(access)), nullptr, nullptr};
}

}  // namespace sam2::element
