// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Any test may include any headers of support together, so no two things there have one name.
#include "support/buffers.hpp"
#include "support/deflate_writer.hpp"
#include "support/files.hpp"
#include "support/gst_check.hpp"
#include "support/mask_clock.hpp"
#include "support/mask_file.hpp"
#include "support/mask_scene.hpp"
#include "support/npz_builder.hpp"
#include "support/numbered_clip.hpp"
#include "support/overlay.hpp"
#include "support/owned.hpp"
#include "support/pictures.hpp"
#include "support/pipeline.hpp"
#include "support/player.hpp"
#include "support/program.hpp"
#include "support/properties.hpp"
#include "support/run_text.hpp"
#include "support/sample_layout.hpp"
#include "support/sample_source.hpp"
#include "support/sanitizers.hpp"

namespace {

using namespace sam2::test;

START_TEST(test_every_support_header_is_included_beside_all_others) {
  const auto text = read_file(source_file("gst-tests/unit/support_headers_test.cpp"));
  int headers = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source_file("gst-tests/support"))) {
    if (entry.path().extension() != ".hpp") continue;
    const auto line = "#include \"support/" + entry.path().filename().string() + "\"\n";
    fail_unless(text.find(line) != std::string::npos, "missing: %s", line.c_str());
    ++headers;
  }
  fail_unless(headers > 10);
}
END_TEST

Suite* support_headers_suite() {
  auto* const suite = suite_create("support_headers");
  auto* const test_case = tcase_create("support_headers");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_every_support_header_is_included_beside_all_others);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(support_headers);
