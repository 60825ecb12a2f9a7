// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/npz_file.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "npz/foreign_files.hpp"

namespace sam2::npz {
namespace {

constexpr std::string_view kSuffix = ".npy";

/// True for members that file managers add to archives, and for folders.
bool is_junk(std::string_view name) {
  const auto base = name.substr(name.rfind('/') + 1);
  return name.starts_with("__MACOSX/") || base.empty() || base.starts_with("._") || base == ".DS_Store" ||
         base == "Thumbs.db" || base == "desktop.ini";
}

/// The folder around all members, with its slash; empty if there is none.
std::string common_folder(const std::vector<std::string_view>& names) {
  if (names.empty()) return {};
  auto folder = names[0].substr(0, names[0].rfind('/') + 1);
  for (const auto name : names) {
    while (!name.starts_with(folder)) {
      folder = folder.size() < 2 ? std::string_view() : folder.substr(0, folder.rfind('/', folder.size() - 2) + 1);
    }
  }
  return std::string(folder);
}

}  // namespace

Result<ArrayReader> ArrayReader::open(std::unique_ptr<ByteStream> stream, std::uint64_t size, const Limits& limits) {
  auto header = SAM2_TRY(read_npy_header(*stream, limits));
  const auto left = size - std::min(size, header.data_offset);
  if (header.byte_count > left) {
    return Error{ErrorCode::Decode, "truncated: the header announces " + std::to_string(header.byte_count) +
                                        " bytes of data, but there are " + std::to_string(left)};
  }
  return ArrayReader(std::move(stream), std::move(header));
}

Result<NpzFile> NpzFile::open(const std::string& path, const Limits& limits) {
  return open(SAM2_TRY(open_regular_file(path)), limits);
}

Result<NpzFile> NpzFile::reopen() const {
  if (file_ == nullptr) return Error{ErrorCode::Internal, "only files can be opened again"};
  return open(SAM2_TRY(open_again(*file_)), limits_);
}

Result<NpzFile> NpzFile::open(InputFile input, const Limits& limits) {
  if (input.size == 0) return Error{ErrorCode::Decode, "the file is empty"};
  std::array<std::byte, kForeignHeadBytes> magic{};
  const auto count = std::fread(magic.data(), 1, magic.size(), input.file.get());
  std::rewind(input.file.get());

  NpzFile file(limits);
  if (has_npy_magic(std::span(magic).first(count))) {
    file.file_ = std::make_shared<InputFile>(std::move(input));
    return file;
  }
  // A handle of its own: the archive takes the other one.
  file.file_ = std::make_shared<InputFile>(InputFile{SAM2_TRY(duplicate(input.file.get())), input.size});
  auto archive = ZipArchive::open(std::move(input), limits);
  const bool is_zip = magic[0] == std::byte{'P'} && magic[1] == std::byte{'K'};
  if (!archive && !is_zip && archive.error().code == ErrorCode::Decode)
    return explain_foreign_file(std::span(magic).first(count));
  file.set_archive(SAM2_TRY(std::move(archive)));
  return file;
}

Result<NpzFile> NpzFile::open(std::span<const std::byte> bytes, const Limits& limits) {
  if (bytes.empty()) return Error{ErrorCode::Decode, "the file is empty"};
  NpzFile file(limits);
  if (has_npy_magic(bytes)) {
    file.bytes_ = bytes;
    return file;
  }
  auto archive = ZipArchive::open(bytes, limits);
  const bool is_zip = bytes.size() >= 2 && bytes[0] == std::byte{'P'} && bytes[1] == std::byte{'K'};
  if (!archive && !is_zip && archive.error().code == ErrorCode::Decode)
    return explain_foreign_file(bytes.first(std::min(bytes.size(), kForeignHeadBytes)));
  file.set_archive(SAM2_TRY(std::move(archive)));
  return file;
}

void NpzFile::set_archive(ZipArchive archive) {
  for (std::size_t i = 0; i < archive.members().size(); ++i) member_indices_[archive.members()[i].name] = i;
  archive_ = std::move(archive);
  std::vector<std::string_view> names;
  for (const auto& member : archive_->members()) {
    if (!is_junk(member.name)) names.push_back(member.name);
  }
  folder_ = common_folder(names);
}

std::vector<std::string> NpzFile::names() const {
  std::vector<std::string> names;
  if (!archive_) return names;
  std::unordered_set<std::string_view> seen;
  for (const auto& member : archive_->members()) {
    std::string_view name = member.name;
    if (is_junk(name)) continue;
    name.remove_prefix(folder_.size());
    if (name.ends_with(kSuffix)) {
      name.remove_suffix(kSuffix.size());
    } else {
      const auto is_array = begins_as_array(member);
      if (!is_array || !*is_array) continue;
    }
    if (seen.insert(name).second) names.emplace_back(name);
  }
  return names;
}

std::optional<std::string> NpzFile::first_member() const {
  if (!archive_) return std::nullopt;
  for (const auto& member : archive_->members()) {
    if (!is_junk(member.name)) return member.name;
  }
  return std::nullopt;
}

bool NpzFile::has_member_like(std::string_view ending) const {
  return archive_ && std::ranges::any_of(archive_->members(), [&](const ZipMember& member) {
           const auto& name = member.name;
           if (name.size() < ending.size()) return false;
           // Cameras write ".JPG".
           return std::equal(ending.rbegin(), ending.rend(), name.rbegin(), [](char lower, char c) {
             return lower == c || (c >= 'A' && c <= 'Z' && lower == c - 'A' + 'a');
           });
         });
}

Result<bool> NpzFile::has(std::string_view name) const {
  if (!archive_) return false;
  return SAM2_TRY(find(name)) != nullptr;
}

Result<ArrayReader> NpzFile::read(std::string_view name, Access access, std::shared_ptr<InflatePoints> points) const {
  if (!archive_) return read_single();
  const auto* const member = SAM2_TRY(find(name));
  if (member == nullptr) return Error{ErrorCode::Internal, "no such array"};
  auto stream = SAM2_TRY(archive_->read(*member, access, std::move(points)));
  return ArrayReader::open(std::move(stream), member->size, limits_);
}

Result<std::unique_ptr<ByteStream>> NpzFile::read_from(std::string_view name, std::uint64_t position,
                                                       const InflatePoints& points) const {
  if (archive_) {
    const auto* const member = SAM2_TRY(find(name));
    if (member == nullptr) return Error{ErrorCode::Internal, "no such array"};
    return archive_->read_from(*member, position, points);
  }
  if (!file_) return Error{ErrorCode::Internal, "only files can be read in parts"};
  auto copy = SAM2_TRY(duplicate(file_->file.get()));
  if (fseeko(copy.get(), static_cast<off_t>(position), SEEK_SET) != 0) {
    return Error{ErrorCode::OpenRead, "cannot read at byte " + std::to_string(position)};
  }
  std::unique_ptr<ByteStream> stream = std::make_unique<FileStream>(std::move(copy));
  return stream;
}

bool NpzFile::is_stored(std::string_view name) const {
  if (!archive_) return true;
  const auto member = find(name);
  return member && *member != nullptr && archive_->is_stored(**member);
}

/// Follows NumPy: finds a member of exactly that name, else the one with the suffix. The last of several members of one
/// name counts.
Result<const ZipMember*> NpzFile::find(std::string_view name) const {
  const auto member_called = [&](const std::string& member_name) -> const ZipMember* {
    const auto found = member_indices_.find(member_name);
    return found == member_indices_.end() ? nullptr : &archive_->members()[found->second];
  };
  const auto* exact = member_called(std::string(name));
  const auto* suffixed = member_called(std::string(name) + std::string(kSuffix));
  if (exact == nullptr && suffixed == nullptr && !folder_.empty()) {
    exact = member_called(folder_ + std::string(name));
    suffixed = member_called(folder_ + std::string(name) + std::string(kSuffix));
  }
  if (exact == nullptr) return suffixed;
  if (name.ends_with(kSuffix) || SAM2_TRY(begins_as_array(*exact))) return exact;
  return suffixed;
}

Result<bool> NpzFile::begins_as_array(const ZipMember& member) const {
  if (member.size < kNpyMagicBytes) return false;
  auto stream = SAM2_TRY(archive_->read(member));
  std::array<std::byte, kNpyMagicBytes> magic{};
  SAM2_TRY(read_exactly(*stream, magic));
  return has_npy_magic(magic);
}

Result<ArrayReader> NpzFile::read_single() const {
  if (!file_) return ArrayReader::open(std::make_unique<MemoryStream>(bytes_), bytes_.size(), limits_);
  auto copy = SAM2_TRY(duplicate(file_->file.get()));
  return ArrayReader::open(std::make_unique<FileStream>(std::move(copy)), file_->size, limits_);
}

}  // namespace sam2::npz
