// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Loading where there is no more memory, one allocation later in each round: an error or std::bad_alloc, which the
// element catches, and nothing that stays behind.
#include <fcntl.h>

#include <cstdlib>
#include <new>

#include "masks/mask_loader.hpp"
#include "support/gst_check.hpp"

namespace {

/// Allocations until they fail; negative: never.
long allocations_left = -1;
long live_blocks = 0;

void* allocate(std::size_t size) {
  if (allocations_left == 0) throw std::bad_alloc();
  if (allocations_left > 0) --allocations_left;
  auto* const block = std::malloc(size > 0 ? size : 1);
  if (block == nullptr) throw std::bad_alloc();
  ++live_blocks;
  return block;
}

void release(void* block) {
  if (block == nullptr) return;
  --live_blocks;
  std::free(block);
}

}  // namespace

void* operator new(std::size_t size) {
  return allocate(size);
}
void* operator new[](std::size_t size) {
  return allocate(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return allocate(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* block) noexcept {
  release(block);
}
void operator delete[](void* block) noexcept {
  release(block);
}
void operator delete(void* block, std::size_t) noexcept {
  release(block);
}
void operator delete[](void* block, std::size_t) noexcept {
  release(block);
}

namespace {

using namespace sam2;

enum class Outcome { Loaded, Refused, NoMemory };

Outcome try_to_load(const std::string& path, long allocations) {
  allocations_left = allocations;
  try {
    const auto loaded = masks::load_masks(path, {});
    allocations_left = -1;
    return loaded ? Outcome::Loaded : Outcome::Refused;
  } catch (const std::bad_alloc&) {
    allocations_left = -1;
    return Outcome::NoMemory;
  }
}

int open_files() {
  int count = 0;
  for (int descriptor = 0; descriptor < 64; ++descriptor) count += fcntl(descriptor, F_GETFD) >= 0 ? 1 : 0;
  return count;
}

START_TEST(test_every_allocation_may_fail) {
  // None with JSON: nlohmann-json allocates in destructors, from where no exception can come.
  for (const char* const name : {"tnhw.npz", "stored.npz", "keys_pairs.npz", "label_maps_ids.npz", "packed_rows.npz",
                                 "khw.npz", "prefixed.npz", "bare.npy"}) {
    const auto path = test::data_file(name);
    fail_unless(try_to_load(path, -1) == Outcome::Loaded);
    const auto blocks = live_blocks;
    const auto files = open_files();
    long count = 0;
    for (auto outcome = Outcome::NoMemory; outcome != Outcome::Loaded; ++count) {
      outcome = try_to_load(path, count);
      fail_unless_equals_int64(live_blocks, blocks);
      fail_unless_equals_int(open_files(), files);
      fail_unless(count < 100000);
    }
    fail_unless(count > 10, "%s: loaded with %ld allocations", name, count);
  }
}
END_TEST

Suite* failing_allocations_suite() {
  auto* const suite = suite_create("failing_allocations");
  auto* const test_case = tcase_create("failing_allocations");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_every_allocation_may_fail);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(failing_allocations);
