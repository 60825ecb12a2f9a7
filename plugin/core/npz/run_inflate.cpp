// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/run_inflate.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sam2::npz {
namespace {

/// Input buffer size. Masks deflate several hundred times, so this input makes many planes.
constexpr std::size_t kInputBytes = 65536;
/// More than the longest header of a block.
constexpr std::ptrdiff_t kMargin = 1024;
/// Zero bytes behind the input, for the bit reader.
constexpr std::size_t kPadding = 64;

// A run costs about as much time as so many bytes.
constexpr std::uint64_t kShortRun = 8;
constexpr std::uint64_t kLongRun = 16;
/// Fewer runs say nothing.
constexpr std::size_t kFewRuns = 1024;

constexpr std::uint64_t kLongestMatch = 258;

/// The order in which a header gives the lengths of the codes for lengths.
constexpr std::array<std::uint8_t, 19> kOrder{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

constexpr std::array<CodeEntry, kOrder.size()> make_length_meanings() {
  std::array<CodeEntry, kOrder.size()> meanings{};
  for (unsigned i = 0; i < meanings.size(); ++i) meanings[i] = CodeEntry::number(i, 0);
  return meanings;
}

constexpr auto kLengthMeanings = make_length_meanings();

std::uint32_t number_of(CodeEntry entry, std::uint64_t bits) {
  const auto extra = bits & ((std::uint64_t{1} << entry.all_bits()) - 1);
  return entry.value() + static_cast<std::uint32_t>(extra >> entry.code_bits());
}

}  // namespace

void InflatePoints::add(InflatePoint point) {
  const std::lock_guard lock(mutex_);
  if (points_.size() == kMostPoints) {
    for (std::size_t i = 0; i < kMostPoints / 2; ++i) points_[i] = std::move(points_[2 * i]);
    points_.resize(kMostPoints / 2);
    spacing_ *= 2;
  }
  next_output_ = point.output + spacing_;
  points_.push_back(std::make_shared<const InflatePoint>(std::move(point)));
}

std::shared_ptr<const InflatePoint> InflatePoints::find(std::uint64_t output) const {
  const std::lock_guard lock(mutex_);
  const auto after = std::ranges::upper_bound(points_, output, {}, [](const auto& point) { return point->output; });
  return after == points_.begin() ? nullptr : *std::prev(after);
}

// The input is zeroed so that broken data cannot reveal old memory.
RunInflate::RunInflate(std::unique_ptr<ByteStream> deflated)
    : deflated_(std::move(deflated)), input_(kInputBytes + kPadding), reader_(input_.data(), input_.data()) {}

RunInflate::RunInflate(std::unique_ptr<ByteStream> deflated, const InflatePoint& point)
    : RunInflate(std::move(deflated)) {
  input_begin_ = point.input;
  odd_bits_ = point.odd_bits;
  is_last_block_ = point.is_last_block;
  stored_left_ = point.stored_left;
  literal_count_ = point.literal_count;
  switch (point.block) {
    case InflatePoint::Block::Header:
      break;
    case InflatePoint::Block::Stored:
      state_ = State::Stored;
      break;
    case InflatePoint::Block::Codes:
      state_ = State::Codes;
      std::ranges::copy(point.lengths, lengths_.begin());
      distance_count_ = point.lengths.size() - literal_count_;
      if (literal_count_ == 0) {
        codes_.build_fixed();
      } else {
        const auto lengths = std::span<const std::uint8_t>(point.lengths);
        static_cast<void>(codes_.build(lengths.first(literal_count_), lengths.subspan(literal_count_)));
      }
  }
  restore_window(point);
}

void RunInflate::restore_window(const InflatePoint& point) {
  is_writing_bytes_ = are_bytes_better_ = !point.bytes.empty();
  if (is_writing_bytes_) {
    bytes_.reset(point.output, point.bytes);
  } else if (!point.runs.empty()) {
    runs_.reset(point.output - std::min(point.output, kDeflateWindow), point.runs);
  }
}

InflatePoint RunInflate::point() const {
  using Block = InflatePoint::Block;
  InflatePoint point;
  point.input = input_begin_ + static_cast<std::uint64_t>(reader_.byte_position() - input_.data());
  point.odd_bits = reader_.odd_bits();
  point.output = end();
  point.block = state_ == State::Codes ? Block::Codes : state_ == State::Stored ? Block::Stored : Block::Header;
  point.is_last_block = is_last_block_;
  point.stored_left = stored_left_;
  if (point.block == Block::Codes && literal_count_ > 0) {
    point.literal_count = literal_count_;
    point.lengths.assign(lengths_.begin(),
                         lengths_.begin() + static_cast<std::ptrdiff_t>(literal_count_ + distance_count_));
  }
  constexpr std::size_t kManyRuns = kDeflateWindow / sizeof(ByteRun);
  const auto take = [&](const RunHistory& history) {
    const auto window = history.window();
    if (window.size() < kManyRuns) {
      point.runs.assign(window.begin(), window.end());
    } else {
      point.bytes.resize(static_cast<std::size_t>(std::min(history.end(), kDeflateWindow)));
      history.expand(point.bytes);
    }
  };
  if (!is_writing_bytes_) {
    take(runs_);
  } else {
    RunHistory history;
    history.reset(bytes_.end(), bytes_.window());
    take(history);
  }
  return point;
}

Result<RunBatch> RunInflate::next_runs() {
  for (;;) {
    if (error_) return *error_;
    if (has_ended_) return RunBatch{end(), {}, {}};
    SAM2_TRY(fill_input());
    const auto batch = decode_batch();
    if (points_ && !has_ended_ && !error_ && end() >= points_->next_output()) points_->add(point());
    if (batch.end() > batch.begin) return batch;
  }
}

/// Moves what is left to the beginning, and reads more behind it.
Result<void> RunInflate::fill_input() {
  if (input_has_ended_ || reader_.has_unread(kMargin)) return {};
  const auto left = reader_.end() - reader_.byte_position();
  const auto odd_bits = std::exchange(odd_bits_, 0U) + reader_.odd_bits();
  const auto kept = static_cast<std::size_t>(std::max<std::ptrdiff_t>(left, 0));
  input_begin_ += static_cast<std::uint64_t>(reader_.byte_position() - input_.data());
  std::copy_n(reader_.byte_position(), kept, input_.begin());
  const auto count = SAM2_TRY(deflated_->read(std::span(input_).subspan(kept, kInputBytes - kept)));
  input_has_ended_ = kept + count < kInputBytes;
  std::fill_n(input_.begin() + static_cast<std::ptrdiff_t>(kept + count), kPadding, std::byte{0});
  reader_ = BitReader(input_.data(), input_.data() + kept + count, odd_bits);
  return {};
}

RunBatch RunInflate::decode_batch() {
  if (are_bytes_better_ != is_writing_bytes_) {
    if (are_bytes_better_) {
      bytes_.reset(runs_);
    } else {
      runs_.reset(bytes_.end(), bytes_.window());
    }
    is_writing_bytes_ = are_bytes_better_;
  }
  RunBatch batch;
  Outcome outcome;
  if (is_writing_bytes_) {
    bytes_.begin_batch();
    outcome = decode(ByteHistory::Writer(bytes_));
    batch = bytes_.batch();
  } else {
    runs_.begin_batch();
    outcome = decode(RunHistory::Writer(runs_));
    batch = runs_.batch();
  }
  switch (outcome) {
    case Outcome::InvalidBlock:
      error_ = Error{ErrorCode::Decode, "invalid block in the deflate data"};
      break;
    case Outcome::InvalidSymbol:
      error_ = Error{ErrorCode::Decode, "invalid symbol in the deflate data"};
      break;
    case Outcome::InvalidDistance:
      error_ = Error{ErrorCode::Decode, "invalid distance in the deflate data"};
      break;
    case Outcome::InputEnded:
      has_ended_ = true;
      break;
    default:
      has_ended_ = state_ == State::Done;
      break;
  }
  choose_way(batch);
  return batch;
}

void RunInflate::choose_way(const RunBatch& batch) {
  const auto bytes = batch.end() - batch.begin;
  if (is_writing_bytes_) {
    if (bytes > kLongRun * batch.runs.size()) are_bytes_better_ = false;
  } else if (batch.runs.size() > kFewRuns) {
    are_bytes_better_ = bytes < kShortRun * batch.runs.size();
  }
}

template <typename Writer>
RunInflate::Outcome RunInflate::decode(Writer writer) {
  while (!writer.is_full() && state_ != State::Done) {
    if (!input_has_ended_ && !reader_.has_unread(kMargin)) return Outcome::Paused;
    if (state_ == State::Header) {
      if (const auto outcome = read_header(); outcome != Outcome::Paused) return outcome;
    }
    const auto outcome = state_ == State::Stored ? copy_stored(writer) : decode_block(writer);
    if (outcome == Outcome::Paused) continue;
    if (outcome != Outcome::EndOfBlock) return outcome;
    state_ = is_last_block_ ? State::Done : State::Header;
  }
  return Outcome::Paused;
}

/// Returns Paused once the block can be decoded.
RunInflate::Outcome RunInflate::read_header() {
  reader_.refill();
  is_last_block_ = reader_.take(1) != 0;
  const auto type = reader_.take(2);
  if (reader_.is_beyond_end()) return Outcome::InputEnded;
  switch (type) {
    case 0:
      return read_stored_header();
    case 1:
      codes_.build_fixed();
      literal_count_ = 0;
      state_ = State::Codes;
      return Outcome::Paused;
    case 2:
      return read_codes();
    default:
      return Outcome::InvalidBlock;
  }
}

RunInflate::Outcome RunInflate::read_stored_header() {
  reader_.skip_to_byte();
  reader_.refill();
  const auto length = reader_.take(16);
  const auto complement = reader_.take(16);
  if (reader_.is_beyond_end()) return Outcome::InputEnded;
  if (length != (~complement & 0xffff)) return Outcome::InvalidBlock;
  stored_left_ = length;
  state_ = State::Stored;
  return Outcome::Paused;
}

/// RFC 1951, 3.2.7.
RunInflate::Outcome RunInflate::read_codes() {
  constexpr std::size_t kMostLiterals = 286;
  constexpr std::size_t kMostDistances = 30;
  const auto invalid = [this] { return reader_.is_beyond_end() ? Outcome::InputEnded : Outcome::InvalidBlock; };
  const std::size_t literals = reader_.take(5) + 257;
  const std::size_t distances = reader_.take(5) + 1;
  const std::size_t count = reader_.take(4) + 4;
  if (literals > kMostLiterals || distances > kMostDistances) return invalid();
  std::array<std::uint8_t, kOrder.size()> code_lengths{};
  for (std::size_t i = 0; i < count; ++i) {
    reader_.refill();
    code_lengths[kOrder[i]] = static_cast<std::uint8_t>(reader_.take(3));
  }
  LengthCodeTable table;
  if (!build_code_table(code_lengths, kLengthMeanings, Incomplete::Refused, table)) return invalid();
  if (const auto outcome = read_code_lengths(table, literals + distances); outcome != Outcome::Paused) return outcome;
  const auto lengths = std::span<const std::uint8_t>(lengths_);
  if (reader_.is_beyond_end()) return Outcome::InputEnded;
  if (!codes_.build(lengths.first(literals), lengths.subspan(literals, distances))) return Outcome::InvalidBlock;
  literal_count_ = literals;
  distance_count_ = distances;
  state_ = State::Codes;
  return Outcome::Paused;
}

/// Fills the first `count` of lengths_. Returns Paused if all is well.
RunInflate::Outcome RunInflate::read_code_lengths(const LengthCodeTable& table, std::size_t count) {
  constexpr unsigned kRepeatLast = 16;
  constexpr unsigned kZeros = 17;
  const auto invalid = [this] { return reader_.is_beyond_end() ? Outcome::InputEnded : Outcome::InvalidBlock; };
  for (std::size_t i = 0; i < count;) {
    reader_.refill();
    const auto entry = table.find(reader_.bits());
    reader_.skip(entry.all_bits());
    const auto symbol = entry.value();
    if (symbol < kRepeatLast) {
      lengths_[i++] = static_cast<std::uint8_t>(symbol);
      continue;
    }
    if (symbol == kRepeatLast && i == 0) return invalid();
    const auto value = symbol == kRepeatLast ? lengths_[i - 1] : std::uint8_t{0};
    const std::size_t repeats = symbol == kRepeatLast ? 3 + reader_.take(2)
                                : symbol == kZeros    ? 3 + reader_.take(3)
                                                      : 11 + reader_.take(7);
    if (repeats > count - i) return invalid();
    std::fill_n(lengths_.begin() + static_cast<std::ptrdiff_t>(i), repeats, value);
    i += repeats;
  }
  return Outcome::Paused;
}

template <typename Writer>
RunInflate::Outcome RunInflate::copy_stored(Writer& writer) {
  const auto* const position = reader_.byte_position();
  const auto available = static_cast<std::size_t>(std::max<std::ptrdiff_t>(reader_.end() - position, 0));
  const auto done = writer.append(std::span(position, std::min<std::size_t>(available, stored_left_)));
  stored_left_ -= static_cast<std::uint32_t>(done);
  reader_ = BitReader(position + done, reader_.end());
  if (stored_left_ == 0) return Outcome::EndOfBlock;
  return available == 0 ? Outcome::InputEnded : Outcome::Paused;
}

template <typename Writer>
RunInflate::Outcome RunInflate::decode_block(Writer& writer) {
  const auto outcome = decode_symbols<false>(writer);
  if (outcome != Outcome::Paused || !input_has_ended_ || writer.is_full()) return outcome;
  return decode_symbols<true>(writer);
}

/// Decodes until the batch is full or the input nearly used up. The tail is where the input may end at each symbol.
template <bool kIsTail, typename Writer>
RunInflate::Outcome RunInflate::decode_symbols(Writer& writer) {
  constexpr std::ptrdiff_t kStep = 16;
  auto reader = reader_;
  const auto& codes = codes_;
  auto outcome = Outcome::Paused;
  while (!writer.is_full() && (kIsTail || reader.has_unread(kStep))) {
    reader.refill();
    auto bits = reader.bits();
    const auto entry = codes.literals().find(bits);
    reader.skip(entry.all_bits());
    if (kIsTail && reader.is_beyond_end()) {
      outcome = Outcome::InputEnded;
      break;
    }
    if (entry.is_literal()) {
      writer.append(static_cast<std::uint8_t>(entry.value()));
      continue;
    }
    if (entry.is_special()) {
      outcome = entry.is_end() ? Outcome::EndOfBlock : Outcome::InvalidSymbol;
      break;
    }
    const auto length = number_of(entry, bits);
    bits = reader.bits();
    const auto code = codes.distances().find(bits);
    reader.skip(code.all_bits());
    if (kIsTail && reader.is_beyond_end()) {
      outcome = Outcome::InputEnded;
      break;
    }
    if (code.is_special()) {
      outcome = Outcome::InvalidSymbol;
      break;
    }
    const auto distance = number_of(code, bits);
    if (distance > writer.end()) {
      outcome = Outcome::InvalidDistance;
      break;
    }
    writer.repeat(length, distance);
    if (kIsTail || length != kLongestMatch || distance != 1) continue;
    while (!writer.is_full() && reader.has_unread(kStep)) {
      reader.refill();
      const auto repeats = codes.count_long_repeats(reader.bits());
      if (repeats == 0) break;
      reader.skip(repeats * codes.repeat_bits());
      writer.prolong(kLongestMatch * repeats);
    }
  }
  reader_ = reader;
  return outcome;
}

}  // namespace sam2::npz
