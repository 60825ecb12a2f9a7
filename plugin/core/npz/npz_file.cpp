// SPDX-License-Identifier: LGPL-2.1-or-later
#include "npz/npz_file.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace sam2::npz {
namespace {

constexpr std::string_view kSuffix = ".npy";

Error not_a_mask_file() {
  return {ErrorCode::Decode,
          "neither an .npz archive (zip) nor an .npy array; expected what np.savez or np.save writes"};
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
  auto input = SAM2_TRY(open_regular_file(path));
  if (input.size == 0) return Error{ErrorCode::Decode, "the file is empty"};
  std::array<std::byte, kNpyMagicBytes> magic{};
  const auto count = std::fread(magic.data(), 1, magic.size(), input.file.get());
  std::rewind(input.file.get());

  NpzFile file(limits);
  if (has_npy_magic(std::span(magic).first(count))) {
    file.file_ = std::make_shared<InputFile>(std::move(input));
    return file;
  }
  auto archive = ZipArchive::open(std::move(input), limits);
  const bool is_zip = magic[0] == std::byte{'P'} && magic[1] == std::byte{'K'};
  if (!archive && !is_zip && archive.error().code == ErrorCode::Decode) return not_a_mask_file();
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
  if (!archive && !is_zip && archive.error().code == ErrorCode::Decode) return not_a_mask_file();
  file.set_archive(SAM2_TRY(std::move(archive)));
  return file;
}

void NpzFile::set_archive(ZipArchive archive) {
  for (std::size_t i = 0; i < archive.members().size(); ++i) member_indices_[archive.members()[i].name] = i;
  archive_ = std::move(archive);
}

std::vector<std::string> NpzFile::names() const {
  std::vector<std::string> names;
  if (!archive_) return names;
  std::unordered_set<std::string_view> seen;
  for (const auto& member : archive_->members()) {
    std::string_view name = member.name;
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
  if (!archive_ || archive_->members().empty()) return std::nullopt;
  return archive_->members().front().name;
}

Result<bool> NpzFile::has(std::string_view name) const {
  if (!archive_) return false;
  return SAM2_TRY(find(name)) != nullptr;
}

Result<ArrayReader> NpzFile::read(std::string_view name, Access access) const {
  if (!archive_) return read_single();
  const auto* const member = SAM2_TRY(find(name));
  if (member == nullptr) return Error{ErrorCode::Internal, "no such array"};
  auto stream = SAM2_TRY(archive_->read(*member, access));
  return ArrayReader::open(std::move(stream), member->size, limits_);
}

/// Follows NumPy: finds a member of exactly that name, else the one with the suffix. The last of several members of one
/// name counts.
Result<const ZipMember*> NpzFile::find(std::string_view name) const {
  const auto member_called = [&](const std::string& member_name) -> const ZipMember* {
    const auto found = member_indices_.find(member_name);
    return found == member_indices_.end() ? nullptr : &archive_->members()[found->second];
  };
  const auto* const exact = member_called(std::string(name));
  const auto* const suffixed = member_called(std::string(name) + std::string(kSuffix));
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
