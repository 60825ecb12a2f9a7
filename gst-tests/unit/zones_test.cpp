// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "tracking/zones.hpp"

#include <sstream>

#include "support/gst_check.hpp"

using namespace sam2::tracking;
using sam2::runs::Point;

namespace {

/// The zones that `text` stands for, in one way of writing; "error: ..." where it cannot be parsed.
std::string describe(std::string_view text) {
  const auto zones = parse_zones(text);
  if (!zones) return "error: " + zones.error().message;
  std::ostringstream description;
  for (const auto& zone : *zones) {
    description << zone.name << (zone.is_line() ? "|" : "#");
    for (const auto point : zone.points) description << point.x << "," << point.y << " ";
  }
  return description.str();
}

Zone zone_of(std::string_view points) {
  auto zones = parse_zones("z:" + std::string(points));
  fail_unless(zones.has_value());
  return zones->at(0);
}

}  // namespace

START_TEST(test_two_points_are_a_line_and_more_an_area) {
  fail_unless(describe("gate:0.5,0 0.5,1; door:0.1,0.2 0.3,0.2 0.3,0.5") ==
              "gate|0.5,0 0.5,1 door#0.1,0.2 0.3,0.2 0.3,0.5 ");
  fail_unless(describe(" \n front door :\t0,0   1,1\n;; b : 0,1 1e-1,0.25 .5,.75 1,1;\n") ==
              "front door|0,0 1,1 b#0,1 0.1,0.25 0.5,0.75 1,1 ");
  fail_unless(describe("Tür:0,0 1,1") == "Tür|0,0 1,1 ");
  for (const auto* const none : {"", " ", ";", " ;\n; "}) fail_unless(describe(none) == "");
}
END_TEST

START_TEST(test_other_texts_are_settings_errors_that_say_what_to_do) {
  struct Case {
    const char* text;
    std::vector<const char*> says;
  };
  const std::vector<Case> cases{
      {"0.5,0 0.5,1", {"\"0.5,0 0.5,1\" has no name", "expected e.g. \"gate:"}},
      {"a:0,0 1,1; :0,0 1,1", {"\":0,0 1,1\" has no name"}},
      {"a:", {"zone \"a\" has no point;", "two for a line, and three or more for an area"}},
      {"a:0,0 1,1;b:0.5,0", {"zone \"b\" has one point;"}},
      {"a:0.5 0.1,1", {"point \"0.5\" of zone \"a\"", "is not x,y", "two numbers"}},
      {"a:0,0,0 1,1", {"point \"0,0,0\""}},
      {"a:0,0 x,1", {"point \"x,1\""}},
      {"a:0,0 1,", {"point \"1,\""}},
      {"a:0,0 1, 1", {"point \"1,\""}},
      {"a:nan,0 1,1", {"point \"nan,0\"", "is not x,y"}},
      {"a:0,0 inf,1", {"point \"inf,1\""}},
      {"a:0,0 0x1,1", {"point \"0x1,1\""}},
      {"a:320,0 320,360", {"point \"320,0\" of zone \"a\"", "fractions from 0 to 1", "divide pixels by the width"}},
      {"a:0,0 0.5,-0.1", {"point \"0.5,-0.1\"", "is not on the frame"}},
      {"a:0,0 1,1; b:0,1 1,0; a:0,0 1,0", {"two zones are called \"a\"", "a name of its own"}},
      {"a:0.5,0.5 0.5,0.5", {"zone \"a\" is empty", "two different ones"}},
      {"a:0.1,0.1 0.3,0.3 0.2,0.2", {"zone \"a\" is empty", "on one line"}},
      {"a:0.1,0.7 0.1,0.7 0.1,0.7", {"zone \"a\" is empty"}},
      {"a\x01z:0,0", {"zone \"a z\" has one point;"}},
  };
  for (const auto& [text, says] : cases) {
    const auto zones = parse_zones(text);
    fail_unless(!zones.has_value(), "'%s' was accepted", text);
    fail_unless(zones.error().code == sam2::ErrorCode::Settings);
    fail_unless(zones.error().message.starts_with("zones: "));
    for (const auto* const part : says) {
      fail_unless(zones.error().message.find(part) != std::string::npos, "'%s': %s", text,
                  zones.error().message.c_str());
    }
  }
}
END_TEST

START_TEST(test_in_is_the_left_hand_of_who_walks_along_the_line) {
  // Down the middle of the picture, the left hand is on the picture's right.
  fail_unless(side_of(zone_of("0.5,0 0.5,1"), {0.6, 0.5}) == Side::In);
  fail_unless(side_of(zone_of("0.5,0 0.5,1"), {0.4, 0.5}) == Side::Out);
  fail_unless(side_of(zone_of("0.5,1 0.5,0"), {0.6, 0.5}) == Side::Out);
  // To the right, it is up.
  fail_unless(side_of(zone_of("0,0.5 1,0.5"), {0.3, 0.4}) == Side::In);
  fail_unless(side_of(zone_of("0,0.5 1,0.5"), {0.3, 0.6}) == Side::Out);
  // Beyond the ends there are sides too.
  fail_unless(side_of(zone_of("0.2,0.2 0.4,0.3"), {0.8, 0.49}) == Side::In);
  fail_unless(side_of(zone_of("0.2,0.2 0.4,0.3"), {0.8, 0.5}) == Side::On);
  fail_unless(side_of(zone_of("0.2,0.2 0.4,0.3"), {0.8, 0.51}) == Side::Out);
}
END_TEST

START_TEST(test_rounding_puts_no_point_of_a_line_beside_it) {
  for (const auto* const text : {"0.1,0.2 0.7,0.5", "0.07,0.93 0.71,0.13", "0.3,0.1 0.3,0.9", "1,0.01 0,0.02"}) {
    const auto line = zone_of(text);
    const auto [a, b] = std::pair{line.points[0], line.points[1]};
    for (int i = -300; i <= 600; ++i) {
      const auto part = i / 300.0;
      fail_unless(side_of(line, {a.x + part * (b.x - a.x), a.y + part * (b.y - a.y)}) == Side::On, "%s: %d", text, i);
    }
  }
}
END_TEST

START_TEST(test_a_way_crosses_between_the_ends_of_the_line_only) {
  const auto gate = zone_of("0.5,0.25 0.5,0.75");
  fail_unless(crosses(gate, {0.25, 0.5}, {0.75, 0.5}));
  fail_unless(crosses(gate, {0.75, 0.25}, {0.25, 0.75}));
  // The ends belong to it.
  fail_unless(crosses(gate, {0.25, 0.25}, {0.75, 0.25}) && crosses(gate, {0.25, 1}, {0.75, 0.5}));
  fail_unless(!crosses(gate, {0.25, 0.24}, {0.75, 0.24}) && !crosses(gate, {0.25, 1}, {0.75, 0.51}));
  // From the line itself: where the object leaves it.
  fail_unless(crosses(gate, {0.5, 0.75}, {0.75, 1}));
  fail_unless(!crosses(gate, {0.5, 0.76}, {0.75, 0.5}));
}
END_TEST

START_TEST(test_an_area_has_its_left_and_upper_edges) {
  const auto box = zone_of("0.25,0.25 0.75,0.25 0.75,0.5 0.25,0.5");
  const auto turned = zone_of("0.25,0.5 0.75,0.5 0.75,0.25 0.25,0.25");
  for (const auto& area : {box, turned}) {
    fail_unless(contains(area, {0.5, 0.3}));
    fail_unless(contains(area, {0.25, 0.25}) && contains(area, {0.25, 0.3}) && contains(area, {0.5, 0.25}));
    fail_unless(!contains(area, {0.75, 0.3}) && !contains(area, {0.5, 0.5}) && !contains(area, {0.75, 0.5}));
    fail_unless(!contains(area, {0.75, 0.25}) && !contains(area, {0.25, 0.5}));
    fail_unless(!contains(area, {0.2, 0.3}) && !contains(area, {0.8, 0.3}) && !contains(area, {0.5, 0.1}));
  }
}
END_TEST

START_TEST(test_areas_that_share_edges_share_no_point) {
  // The unit square in five areas, whose edges are slanted.
  const std::vector<Zone> parts{zone_of("0,0 1,0 0.7,0.3 0.2,0.1"), zone_of("1,0 1,1 0.6,0.9 0.7,0.3"),
                                zone_of("1,1 0,1 0.3,0.6 0.6,0.9"), zone_of("0,1 0,0 0.2,0.1 0.3,0.6"),
                                zone_of("0.2,0.1 0.7,0.3 0.6,0.9 0.3,0.6")};
  for (int y = 0; y < 100; ++y) {
    for (int x = 0; x < 100; ++x) {
      int count = 0;
      for (const auto& part : parts) count += contains(part, {x / 100.0, y / 100.0}) ? 1 : 0;
      fail_unless(count == 1, "%d, %d lies in %d areas", x, y, count);
    }
  }
}
END_TEST

START_TEST(test_where_the_outline_of_an_area_crosses_itself_the_even_odd_rule_holds) {
  // A pentagram: its middle is outside.
  const auto star = zone_of("0.5,0.05 0.75,0.85 0.05,0.35 0.95,0.35 0.25,0.85");
  fail_unless(!contains(star, {0.5, 0.5}));
  fail_unless(contains(star, {0.5, 0.2}) && contains(star, {0.15, 0.38}) && contains(star, {0.85, 0.38}));
  fail_unless(!contains(star, {0.5, 0.8}) && !contains(star, {0.1, 0.1}));
}
END_TEST

static Suite* zones_suite() {
  Suite* suite = suite_create("zones");
  TCase* chain = tcase_create("general");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, test_two_points_are_a_line_and_more_an_area);
  tcase_add_test(chain, test_other_texts_are_settings_errors_that_say_what_to_do);
  tcase_add_test(chain, test_in_is_the_left_hand_of_who_walks_along_the_line);
  tcase_add_test(chain, test_rounding_puts_no_point_of_a_line_beside_it);
  tcase_add_test(chain, test_a_way_crosses_between_the_ends_of_the_line_only);
  tcase_add_test(chain, test_an_area_has_its_left_and_upper_edges);
  tcase_add_test(chain, test_areas_that_share_edges_share_no_point);
  tcase_add_test(chain, test_where_the_outline_of_an_area_crosses_itself_the_even_odd_rule_holds);
  return suite;
}

GST_CHECK_MAIN(zones);
