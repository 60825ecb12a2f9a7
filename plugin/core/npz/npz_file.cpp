// SPDX-License-Identifier: LGPL-2.1-or-later
#include "npz/npz_file.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace sam2::npz {
namespace {

constexpr std::string_view kSuffix = ".npy";

/// Another kind of file that people hand to the element.
struct OtherKind {
  std::string_view magic;
  std::size_t offset;  ///< of the magic
  ErrorCode code;
  const char* advice;
};

constexpr auto kHtml =
    "this is an HTML page, not a mask file; the download failed: fetch the file again, logged in if need be";
constexpr auto kPickle =
    "this is a Python pickle, which may run code; load it in Python and save its masks with np.savez_compressed";
constexpr auto kTorch =
    "this is a PyTorch file; load it with torch.load and save np.savez_compressed('masks.npz', "
    "masks=masks.cpu().numpy())";
constexpr auto kPicture =
    "this is a picture; load it in Python and save np.savez_compressed('masks.npz', masks=pictures)";
constexpr auto kVideo = "this is a video; location is the file with the masks, the video comes through the pipeline";
constexpr auto kJson = "this is JSON text; decode its masks in Python and save them with np.savez_compressed";

/// The first that matches counts.
constexpr OtherKind kOtherKinds[] = {
    {"version https://git-lfs", 0, ErrorCode::Decode,
     "this is a Git LFS pointer, not the file; run 'git lfs pull' and use the file itself"},
    {"<!DOCTYPE", 0, ErrorCode::Decode, kHtml},
    {"<!doctype", 0, ErrorCode::Decode, kHtml},
    {"<html", 0, ErrorCode::Decode, kHtml},
    {"<HTML", 0, ErrorCode::Decode, kHtml},
    {"<?xml", 0, ErrorCode::Decode, "this is XML text, not a mask file; if it was downloaded, it may say what failed"},
    {"\x89PNG", 0, ErrorCode::WrongType,
     "this is a PNG picture; load it in Python and save np.savez_compressed('masks.npz', masks=pictures)"},
    {"\xff\xd8\xff", 0, ErrorCode::WrongType,
     "this is a JPEG picture; load it in Python and save np.savez_compressed('masks.npz', masks=pictures)"},
    {"GIF8", 0, ErrorCode::WrongType, kPicture},
    {{"II*\0", 4}, 0, ErrorCode::WrongType, kPicture},
    {{"MM\0*", 4}, 0, ErrorCode::WrongType, kPicture},
    {"ftyp", 4, ErrorCode::WrongType, kVideo},
    {"\x1a\x45\xdf\xa3", 0, ErrorCode::WrongType, kVideo},
    // torch.save before version 1.6 begins with a pickled number.
    {"\x80\x02\x8a\x0al\xfc\x9c\x46\xf9", 0, ErrorCode::WrongType, kTorch},
    {"\x80\x02", 0, ErrorCode::WrongType, kPickle},
    {"\x80\x03", 0, ErrorCode::WrongType, kPickle},
    {"\x80\x04", 0, ErrorCode::WrongType, kPickle},
    {"\x80\x05", 0, ErrorCode::WrongType, kPickle},
    // Protocol 0 is text.
    {"(dp", 0, ErrorCode::WrongType, kPickle},
    {"(lp", 0, ErrorCode::WrongType, kPickle},
    {"cnumpy", 0, ErrorCode::WrongType, kPickle},
    {"ccollections", 0, ErrorCode::WrongType, kPickle},
    {"\x1f\x8b", 0, ErrorCode::WrongType, "this is a gzip file; unpack it with gunzip first"},
    {"Rar!", 0, ErrorCode::WrongType, "this is a RAR archive; unpack it first"},
    {"7z\xbc\xaf", 0, ErrorCode::WrongType, "this is a 7z archive; unpack it first"},
    {"\x89HDF", 0, ErrorCode::WrongType,
     "this is an HDF5 file; load it with h5py and save its masks with np.savez_compressed"},
    {"MATLAB", 0, ErrorCode::WrongType,
     "this is a MATLAB file; load it with scipy.io.loadmat and save its masks with np.savez_compressed"},
    {"{", 0, ErrorCode::WrongType, kJson},
    {"[", 0, ErrorCode::WrongType, kJson},
};

Error not_a_mask_file(std::string_view begin) {
  const auto text = begin.substr(std::min(begin.find_first_not_of(" \t\r\n"), begin.size()));
  for (const auto& kind : kOtherKinds) {
    const auto from = kind.offset == 0 ? text : begin.substr(std::min(kind.offset, begin.size()));
    if (from.starts_with(kind.magic)) return {kind.code, kind.advice};
  }
  return {ErrorCode::Decode,
          "neither an .npz archive (zip) nor an .npy array; expected what np.savez or np.save writes"};
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

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
  auto input = SAM2_TRY(open_regular_file(path));
  if (input.size == 0) return Error{ErrorCode::Decode, "the file is empty"};
  std::array<std::byte, 32> magic{};
  const auto count = std::fread(magic.data(), 1, magic.size(), input.file.get());
  std::rewind(input.file.get());

  NpzFile file(limits);
  if (has_npy_magic(std::span(magic).first(count))) {
    file.file_ = std::make_shared<InputFile>(std::move(input));
    return file;
  }
  auto archive = ZipArchive::open(std::move(input), limits);
  const bool is_zip = magic[0] == std::byte{'P'} && magic[1] == std::byte{'K'};
  if (!archive && !is_zip && archive.error().code == ErrorCode::Decode) return not_a_mask_file(text_of(magic));
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
  if (!archive && !is_zip && archive.error().code == ErrorCode::Decode) return not_a_mask_file(text_of(bytes));
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
  return archive_ && std::ranges::any_of(archive_->members(),
                                         [&](const ZipMember& member) { return member.name.ends_with(ending); });
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
