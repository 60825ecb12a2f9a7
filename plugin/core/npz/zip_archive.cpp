// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/zip_archive.hpp"

#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <optional>

#include "base/text.hpp"
#include "npz/read_ahead_stream.hpp"
#include "npz/run_member.hpp"
#if SAM2_HAVE_ISAL
#include "npz/inflate_stream.hpp"
#endif

namespace sam2::npz {
namespace {

/// How far into a file its archive may begin when offsets do not count what lies before it.
constexpr std::size_t kPrefixBytes = std::size_t{1} << 20;

/// The most that deflate can make of one byte (258 bytes for two bits), and what its first block may add to that.
constexpr std::uint64_t kDeflateRatio = 1032;

/// Inflated below, a member is read before a thread has done much.
constexpr std::uint64_t kWorthAThread = std::uint64_t{16} << 20;

#if SAM2_HAVE_ISAL
/// Members come as they lie in the file; inflating and checking is ISA-L's.
constexpr zip_flags_t kOpenFlags = ZIP_FL_COMPRESSED;
#else
constexpr zip_flags_t kOpenFlags = 0;
#endif

class ErrorText {
 public:
  ErrorText() { zip_error_init(&error_); }
  ~ErrorText() { zip_error_fini(&error_); }
  ErrorText(const ErrorText&) = delete;
  ErrorText& operator=(const ErrorText&) = delete;

  zip_error_t* get() { return &error_; }
  Error as_open_error() {
    const bool reading = zip_error_code_zip(&error_) == ZIP_ER_READ;
    return {reading ? ErrorCode::OpenRead : ErrorCode::Decode,
            std::string("broken or truncated zip archive: ") + zip_error_strerror(&error_)};
  }

 private:
  zip_error_t error_;
};

std::string method_text(zip_uint16_t method) {
  const auto number = std::to_string(method);
  switch (method) {
    case ZIP_CM_DEFLATE64:
      return number + " (deflate64)";
    case ZIP_CM_BZIP2:
      return number + " (bzip2)";
    case ZIP_CM_LZMA:
      return number + " (LZMA)";
    case ZIP_CM_XZ:
      return number + " (xz)";
    case 93:
      return number + " (zstd)";
    default:
      return number;
  }
}

std::optional<std::size_t> find_first_member(std::span<const std::byte> bytes) {
  constexpr std::array<unsigned char, 4> kLocalHeader{'P', 'K', 3, 4};
  const auto same = [](std::byte a, unsigned char b) { return std::to_integer<unsigned char>(a) == b; };
  const auto found = std::search(bytes.begin(), bytes.end(), kLocalHeader.begin(), kLocalHeader.end(), same);
  if (found == bytes.begin() || found == bytes.end()) return std::nullopt;
  return static_cast<std::size_t>(found - bytes.begin());
}

struct ZipCloser {
  void operator()(zip_t* zip) const { zip_discard(zip); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using ZipPointer = std::unique_ptr<zip_t, ZipCloser>;
using ZipFilePointer = std::unique_ptr<zip_file_t, ZipCloser>;

Error overlap() {
  return {ErrorCode::Decode, "broken zip archive: its members overlap"};
}

using SourceMaker = std::function<zip_source_t*(std::size_t start, zip_error_t* error)>;

ZipPointer open_at(const SourceMaker& make_source, std::size_t start, ErrorText& error) {
  auto* const source = make_source(start, error.get());
  if (source == nullptr) return nullptr;
  auto* const zip = zip_open_from_source(source, ZIP_RDONLY, error.get());
  if (zip == nullptr) zip_source_free(source);
  return ZipPointer(zip);
}

/// `begin` is the beginning of the file. A self-extracting or otherwise prefixed archive whose offsets do not count the
/// prefix does not open from there, but from its first member.
Result<ZipPointer> open_anywhere(const SourceMaker& make_source, std::span<const std::byte> begin) {
  ErrorText error;
  if (auto zip = open_at(make_source, 0, error)) return zip;
  if (const auto start = find_first_member(begin)) {
    ErrorText second_error;
    if (auto zip = open_at(make_source, *start, second_error)) return zip;
  }
  return error.as_open_error();
}

}  // namespace

struct ZipArchive::Handle {
  // clang 14 cannot make a shared aggregate.
  explicit Handle(ZipPointer archive) : zip(std::move(archive)) {}

  ZipPointer zip;
};

/// A member as libzip reads it.
class ZipFileStream final : public ByteStream {
 public:
  ZipFileStream(std::shared_ptr<ZipArchive::Handle> handle, ZipFilePointer file)
      : handle_(std::move(handle)), file_(std::move(file)) {}

  Result<std::size_t> read(std::span<std::byte> into) override {
    std::size_t filled = 0;
    while (filled < into.size()) {
      const auto count = zip_fread(file_.get(), into.data() + filled, into.size() - filled);
      if (count < 0) return Error{ErrorCode::Decode, zip_error_strerror(zip_file_get_error(file_.get()))};
      if (count == 0) break;
      filled += static_cast<std::size_t>(count);
    }
    return filled;
  }

 private:
  std::shared_ptr<ZipArchive::Handle> handle_;
  ZipFilePointer file_;
};

namespace {

/// Holds a stream to the size that the archive says; errors name the member.
class SizedStream final : public ByteStream {
 public:
  SizedStream(std::unique_ptr<ByteStream> stream, std::uint64_t size, std::string name)
      : stream_(std::move(stream)), size_(size), name_(std::move(name)) {}

  Result<std::size_t> read(std::span<std::byte> into) override {
    auto count = stream_->read(into);
    if (!count) return count.error().within(name_);
    position_ += *count;
    if (position_ > size_) return Error{ErrorCode::Decode, name_ + ": it is longer than its archive says"};
    if (*count < into.size() && position_ != size_) {
      return Error{ErrorCode::Decode,
                   name_ + ": it ends after " + std::to_string(position_) + " bytes of " + std::to_string(size_)};
    }
    return count;
  }

 private:
  std::unique_ptr<ByteStream> stream_;
  std::uint64_t size_;
  std::string name_;
  std::uint64_t position_ = 0;
};

}  // namespace

Result<ZipArchive> ZipArchive::open(InputFile file, const Limits& limits) {
  std::vector<std::byte> begin(static_cast<std::size_t>(std::min<std::uint64_t>(file.size, kPrefixBytes)));
  begin.resize(std::fread(begin.data(), 1, begin.size(), file.file.get()));
  const auto make_source = [&](std::size_t start, zip_error_t* error) -> zip_source_t* {
    auto copy = duplicate(file.file.get());
    if (!copy) {
      zip_error_set(error, ZIP_ER_READ, errno);
      return nullptr;
    }
    auto* const source = zip_source_filep_create(copy->get(), start, 0, error);
    if (source != nullptr) static_cast<void>(copy->release());
    return source;
  };
  auto zip = SAM2_TRY(open_anywhere(make_source, begin));
  // Which leaves the position alone: libzip's copies of the file have the same one.
  const auto read_at = [&](std::uint64_t offset, std::span<std::byte> into) {
    const auto count = pread(fileno(file.file.get()), into.data(), into.size(), static_cast<off_t>(offset));
    return count >= 0 && static_cast<std::size_t>(count) == into.size();
  };
  return from_handle(std::make_shared<Handle>(std::move(zip)), read_at, file.size, limits);
}

Result<ZipArchive> ZipArchive::open(std::span<const std::byte> bytes, const Limits& limits) {
  const auto make_source = [&](std::size_t start, zip_error_t* error) {
    const auto part = bytes.subspan(start);
    return zip_source_buffer_create(part.data(), part.size(), 0, error);
  };
  auto zip = SAM2_TRY(open_anywhere(make_source, bytes.first(std::min(bytes.size(), kPrefixBytes))));
  const auto read_at = [&](std::uint64_t offset, std::span<std::byte> into) {
    if (offset > bytes.size() || into.size() > bytes.size() - offset) return false;
    std::ranges::copy(bytes.subspan(static_cast<std::size_t>(offset), into.size()), into.begin());
    return true;
  };
  return from_handle(std::make_shared<Handle>(std::move(zip)), read_at, bytes.size(), limits);
}

Result<ZipArchive> ZipArchive::from_handle(std::shared_ptr<Handle> handle, const ReadAt& read_at,
                                           std::uint64_t file_size, const Limits& limits) {
  if (do_members_overlap(read_at, file_size)) return overlap();
  ZipArchive archive;
  archive.handle_ = std::move(handle);
  archive.file_size_ = file_size;
  auto* const zip = archive.handle_->zip.get();
  const auto count = static_cast<std::uint64_t>(std::max<zip_int64_t>(0, zip_get_num_entries(zip, 0)));
  if (count > limits.entries) {
    return Error{ErrorCode::NoSpace, "the archive has " + std::to_string(count) + " members; the limit is " +
                                         std::to_string(limits.entries)};
  }
  std::uint64_t compressed_bytes = 0;
  for (std::uint64_t index = 0; index < count; ++index) {
    const auto* const name = zip_get_name(zip, index, 0);
    zip_stat_t status;
    if (name == nullptr || zip_stat_index(zip, index, 0, &status) != 0) continue;
    if (std::strlen(name) > limits.name_bytes) {
      return Error{ErrorCode::NoSpace, "the name of member " + std::to_string(index) + " has " +
                                           std::to_string(std::strlen(name)) + " bytes; the limit is " +
                                           std::to_string(limits.name_bytes)};
    }
    // A size that cannot be true is an error only for who reads the member.
    if (status.comp_size <= file_size) compressed_bytes += status.comp_size;
    if (compressed_bytes > file_size) return overlap();
    archive.members_.push_back({name, status.size, status.comp_size, index});
  }
  return archive;
}

/// What a stream of a member has to know.
struct ZipArchive::Kind {
  std::string name;  ///< in messages
  bool is_stored = false;
  std::uint32_t crc = 0;
};

Result<ZipArchive::Kind> ZipArchive::kind_of(const ZipMember& member) const {
  const auto name = "zip member '" + printable(member.name) + "'";
  zip_stat_t status;
  if (zip_stat_index(handle_->zip.get(), member.index, 0, &status) != 0) {
    return Error{ErrorCode::Decode, name + " has no valid entry"};
  }
  if (status.encryption_method != ZIP_EM_NONE) {
    return Error{ErrorCode::WrongType, name + " is encrypted; save it without a password"};
  }
  if (status.comp_method != ZIP_CM_STORE && status.comp_method != ZIP_CM_DEFLATE) {
    return Error{ErrorCode::WrongType,
                 name + " is compressed by method " + method_text(status.comp_method) +
                     "; only stored and deflated members can be read: save it with np.savez_compressed"};
  }
  // What is allocated further up is bounded by the size that is checked here.
  const bool stored = status.comp_method == ZIP_CM_STORE;
  const bool plausible =
      member.compressed_size <= file_size_ &&
      (stored ? member.size == member.compressed_size : member.size / kDeflateRatio <= member.compressed_size);
  if (!plausible) {
    return Error{ErrorCode::Decode, "broken " + name + ": " + std::to_string(member.size) +
                                        " bytes cannot be made of " + std::to_string(member.compressed_size) +
                                        " in a file of " + std::to_string(file_size_)};
  }
  return Kind{"broken " + name, stored, status.crc};
}

bool ZipArchive::is_stored(const ZipMember& member) const {
  const auto kind = kind_of(member);
  return kind && kind->is_stored;
}

Result<std::unique_ptr<ByteStream>> ZipArchive::read(const ZipMember& member, Access access,
                                                     std::shared_ptr<InflatePoints> points) const {
  const auto kind = SAM2_TRY(kind_of(member));
  const bool stored = kind.is_stored;
  const bool as_runs = access == Access::Runs && !stored;
  auto* const zip = handle_->zip.get();
  ZipFilePointer file(zip_fopen_index(zip, member.index, as_runs ? ZIP_FL_COMPRESSED : kOpenFlags));
  if (!file) return Error{ErrorCode::Decode, kind.name + ": " + zip_error_strerror(zip_get_error(zip))};
  std::unique_ptr<ByteStream> stream = std::make_unique<ZipFileStream>(handle_, std::move(file));
  if (as_runs) {
    auto runs = std::make_unique<RunInflate>(std::move(stream));
    runs->record(std::move(points));
    stream = std::make_unique<RunMember>(std::move(runs), member.size, kind.crc, kind.name);
    return stream;
  }
#if SAM2_HAVE_ISAL
  if (!stored) stream = std::make_unique<InflateStream>(std::move(stream));
#endif
  if (!stored && access == Access::Alone && member.size >= kWorthAThread) {
    stream = std::make_unique<ReadAheadStream>(std::move(stream));
  }
  stream = std::make_unique<SizedStream>(std::move(stream), member.size, kind.name);
#if SAM2_HAVE_ISAL
  stream = std::make_unique<Crc32Stream>(std::move(stream), kind.crc, kind.name);
#endif
  return stream;
}

Result<std::unique_ptr<ByteStream>> ZipArchive::read_from(const ZipMember& member, std::uint64_t position,
                                                          const InflatePoints& points) const {
  const auto kind = SAM2_TRY(kind_of(member));
  const auto point = kind.is_stored ? nullptr : points.find(position);
  const auto raw_position = kind.is_stored ? position : point != nullptr ? point->input : 0;
  auto* const zip = handle_->zip.get();
  ZipFilePointer file(zip_fopen_index(zip, member.index, ZIP_FL_COMPRESSED));
  if (!file || raw_position > member.compressed_size ||
      zip_fseek(file.get(), static_cast<zip_int64_t>(raw_position), SEEK_SET) != 0) {
    return Error{ErrorCode::Decode, kind.name + ": cannot read at byte " + std::to_string(raw_position)};
  }
  std::unique_ptr<ByteStream> stream = std::make_unique<ZipFileStream>(handle_, std::move(file));
  if (kind.is_stored) return stream;
  auto runs = point != nullptr ? std::make_unique<RunInflate>(std::move(stream), *point)
                               : std::make_unique<RunInflate>(std::move(stream));
  stream = std::make_unique<RunMember>(std::move(runs), position, member.size, kind.name);
  return stream;
}

}  // namespace sam2::npz
