// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/read_ahead_stream.hpp"

#include <stdexcept>

#include "support/gst_check.hpp"

namespace {

using namespace sam2;

/// Longer than all blocks together.
constexpr std::size_t kLong = 6'000'000;

/// Bytes that tell where they are.
std::span<const std::byte> content() {
  static const auto bytes = [] {
    std::vector<std::byte> made(kLong);
    for (std::size_t i = 0; i < kLong; ++i) made[i] = static_cast<std::byte>(i * 2654435761U >> 24 ^ i);
    return made;
  }();
  return bytes;
}

enum class Ending { Quiet, Error, Exception };

/// The first `size` bytes of the content.
class Source final : public npz::ByteStream {
 public:
  explicit Source(std::size_t size, Ending ending = Ending::Quiet) : size_(size), ending_(ending) {}

  Result<std::size_t> read(std::span<std::byte> into) override {
    const auto count = std::min(into.size(), size_ - position_);
    std::ranges::copy(content().subspan(position_, count), into.begin());
    position_ += count;
    if (count == into.size() || ending_ == Ending::Quiet) return count;
    if (ending_ == Ending::Exception) throw std::runtime_error("thrown by the source");
    return Error{ErrorCode::Decode, "told by the source"};
  }

 private:
  std::size_t size_;
  Ending ending_;
  std::size_t position_ = 0;
};

struct Outcome {
  std::size_t size = 0;
  std::string error;
};

/// Reads `step` bytes at a time, which must be those of the source.
Outcome read_all(npz::ByteStream& stream, std::size_t step) {
  Outcome outcome;
  std::vector<std::byte> part(step);
  for (;;) {
    const auto count = stream.read(part);
    if (!count) {
      outcome.error = count.error().message;
      return outcome;
    }
    const auto expected = content().subspan(outcome.size, *count);
    fail_unless(std::memcmp(part.data(), expected.data(), *count) == 0, "behind byte %zu, steps of %zu", outcome.size,
                step);
    outcome.size += *count;
    if (*count == 0) return outcome;
  }
}

START_TEST(test_all_bytes_come_in_their_order) {
  for (const std::size_t size : {0, 1, 1048575, 1048576, 1048577, 2097152, 4194304, 4194305, 6000000}) {
    for (const std::size_t step : {997, 1048576, 1500000, 7000000}) {
      npz::ReadAheadStream stream(std::make_unique<Source>(size));
      const auto outcome = read_all(stream, step);
      fail_unless(outcome.size == size && outcome.error.empty(), "%zu bytes in steps of %zu: %zu, %s", size, step,
                  outcome.size, outcome.error.c_str());
      fail_unless(read_all(stream, step).size == 0, "the end remains the end");
    }
  }
}
END_TEST

START_TEST(test_an_error_comes_behind_the_bytes_before_it_and_remains) {
  for (const std::size_t step : {1000, 1500000}) {
    npz::ReadAheadStream stream(std::make_unique<Source>(kLong, Ending::Error));
    const auto outcome = read_all(stream, step);
    fail_unless(outcome.size > kLong / 2, "%zu", outcome.size);
    fail_unless(outcome.error == "told by the source");
    std::byte next;
    const auto again = stream.read({&next, 1});
    fail_unless(!again && again.error().message == "told by the source");
  }
}
END_TEST

START_TEST(test_an_exception_reaches_who_reads) {
  npz::ReadAheadStream stream(std::make_unique<Source>(kLong, Ending::Exception));
  std::string caught;
  try {
    read_all(stream, 1000);
  } catch (const std::runtime_error& error) {
    caught = error.what();
  }
  assert_equals_string(caught.c_str(), "thrown by the source");
}
END_TEST

START_TEST(test_a_read_ahead_stream_can_be_destroyed_at_any_point) {
  for (std::size_t left = 0; left < kLong; left += 200'000) {
    npz::ReadAheadStream stream(std::make_unique<Source>(kLong));
    std::vector<std::byte> part(left);
    const auto count = stream.read(part);
    fail_unless(count && *count == left);
  }
}
END_TEST

Suite* read_ahead_stream_suite() {
  auto* const suite = suite_create("read_ahead_stream");
  auto* const test_case = tcase_create("read_ahead_stream");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_all_bytes_come_in_their_order);
  tcase_add_test(test_case, test_an_error_comes_behind_the_bytes_before_it_and_remains);
  tcase_add_test(test_case, test_an_exception_reaches_who_reads);
  tcase_add_test(test_case, test_a_read_ahead_stream_can_be_destroyed_at_any_point);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(read_ahead_stream);
