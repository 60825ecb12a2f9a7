// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "npz/bit_reader.hpp"
#include "npz/byte_history.hpp"
#include "npz/byte_run.hpp"
#include "npz/byte_stream.hpp"
#include "npz/deflate_codes.hpp"
#include "npz/run_history.hpp"

namespace sam2::npz {

/// A place in deflate data where a decoder can begin. Masks make it a few kilobytes.
struct InflatePoint {
  enum class Block { Header, Codes, Stored };

  std::uint64_t input = 0;   ///< byte of the deflate data that the next bit is in
  unsigned odd_bits = 0;     ///< number of bits of that byte which are used up
  std::uint64_t output = 0;  ///< position in the output
  Block block = Block::Header;
  bool is_last_block = false;
  std::uint32_t stored_left = 0;
  std::vector<std::uint8_t> lengths;  ///< of the codes of a dynamic block
  std::size_t literal_count = 0;      ///< of the lengths, those of literals; 0: the fixed codes
  std::vector<ByteRun> runs;          ///< the output before; the first run begins 32 KiB before `output` at most
  std::vector<std::byte> bytes;       ///< the output before, if its runs are short
};

/// Points in the order of the output. One thread adds while others look.
class InflatePoints {
 public:
  void add(InflatePoint point);
  /// Where the next point is due.
  [[nodiscard]] std::uint64_t next_output() const { return next_output_; }
  /// The last point at or before `output`; nullptr: begin at the beginning.
  [[nodiscard]] std::shared_ptr<const InflatePoint> find(std::uint64_t output) const;

 private:
  /// They take up to a hundred megabytes. Of longer files, every second one goes.
  static constexpr std::size_t kMostPoints = 32768;

  /// A decoder makes that much in a few milliseconds.
  std::uint64_t spacing_ = std::uint64_t{128} << 20;
  std::uint64_t next_output_ = spacing_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<const InflatePoint>> points_;
};

/// Inflates raw deflate data (RFC 1951) into runs of equal bytes, without ever writing the bytes: masks are long runs,
/// and deflate describes a run by few symbols. Data with short runs are inflated into bytes and then into runs, so that
/// the time is bounded for any data.
class RunInflate final : public RunStream {
 public:
  explicit RunInflate(std::unique_ptr<ByteStream> deflated);
  /// Begins at a point. `deflated` begins at the byte `point.input`.
  RunInflate(std::unique_ptr<ByteStream> deflated, const InflatePoint& point);

  /// From now on adds points as they are due.
  void record(std::shared_ptr<InflatePoints> points) { points_ = std::move(points); }
  /// Where the next batch begins. Only before the end of the data.
  [[nodiscard]] InflatePoint point() const;

  /// The stream ends with the deflate data or with the input. It ignores bytes behind the deflate data. What comes
  /// before broken data is given first. Does not check more than deflate itself does.
  /// Errors: Decode, those of the deflated stream.
  Result<RunBatch> next_runs() override;

  /// True once the deflate data have ended, false if the input ended before that.
  [[nodiscard]] bool is_complete() const { return state_ == State::Done; }
  /// Position in the output.
  [[nodiscard]] std::uint64_t end() const { return is_writing_bytes_ ? bytes_.end() : runs_.end(); }

 private:
  enum class State { Header, Codes, Stored, Done };
  enum class Outcome { Paused, EndOfBlock, InputEnded, InvalidBlock, InvalidSymbol, InvalidDistance };

  void restore_window(const InflatePoint& point);
  Result<void> fill_input();
  RunBatch decode_batch();
  void choose_way(const RunBatch& batch);
  template <typename Writer>
  Outcome decode(Writer writer);
  template <typename Writer>
  Outcome decode_block(Writer& writer);
  template <bool kIsTail, typename Writer>
  Outcome decode_symbols(Writer& writer);
  template <typename Writer>
  Outcome copy_stored(Writer& writer);
  Outcome read_header();
  Outcome read_stored_header();
  Outcome read_codes();
  Outcome read_code_lengths(const LengthCodeTable& table, std::size_t count);

  std::unique_ptr<ByteStream> deflated_;
  std::vector<std::byte> input_;
  bool input_has_ended_ = false;
  std::uint64_t input_begin_ = 0;  ///< position of the first byte of input_
  unsigned odd_bits_ = 0;          ///< of the first byte, before anything was read
  BitReader reader_;

  State state_ = State::Header;
  bool has_ended_ = false;
  bool is_last_block_ = false;
  std::uint32_t stored_left_ = 0;
  std::array<std::uint8_t, BlockCodes::kLiteralCodes + BlockCodes::kDistanceCodes> lengths_{};
  std::size_t literal_count_ = 0;  ///< of the lengths of a dynamic block; 0: the fixed codes
  std::size_t distance_count_ = 0;
  BlockCodes codes_;

  bool are_bytes_better_ = false;
  bool is_writing_bytes_ = false;
  RunHistory runs_;
  ByteHistory bytes_;
  std::optional<Error> error_;
  std::shared_ptr<InflatePoints> points_;
};

}  // namespace sam2::npz
