// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/foreign_files.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace sam2::npz {
namespace {

/// A kind of file that people hand to the element.
struct Kind {
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
constexpr auto kTiff = std::string_view("II*\0", 4);
constexpr auto kBigTiff = std::string_view("MM\0*", 4);

/// The first that matches counts.
constexpr Kind kKinds[] = {
    {"version https://git-lfs", 0, ErrorCode::Decode,
     "this is a Git LFS pointer, not the file; run 'git lfs pull' and use the file itself"},
    {"<?xml", 0, ErrorCode::Decode, "this is XML text, not a mask file; if it was downloaded, it may say what failed"},
    {"\x89PNG", 0, ErrorCode::WrongType,
     "this is a PNG picture; load it in Python and save np.savez_compressed('masks.npz', masks=pictures)"},
    {"\xff\xd8\xff", 0, ErrorCode::WrongType,
     "this is a JPEG picture; load it in Python and save np.savez_compressed('masks.npz', masks=pictures)"},
    {"GIF8", 0, ErrorCode::WrongType, kPicture},
    {kTiff, 0, ErrorCode::WrongType, kPicture},
    {kBigTiff, 0, ErrorCode::WrongType, kPicture},
    {"WEBP", 8, ErrorCode::WrongType, kPicture},
    {"ftypavif", 4, ErrorCode::WrongType, kPicture},
    {"ftyp", 4, ErrorCode::WrongType, kVideo},
    {"moov", 4, ErrorCode::WrongType, kVideo},
    {"mdat", 4, ErrorCode::WrongType, kVideo},
    {"AVI ", 8, ErrorCode::WrongType, kVideo},
    {"\x1a\x45\xdf\xa3", 0, ErrorCode::WrongType, kVideo},
    {"FLV\x01", 0, ErrorCode::WrongType, kVideo},
    {{"\0\0\1\xba", 4}, 0, ErrorCode::WrongType, kVideo},
    {{"\0\0\1\xb3", 4}, 0, ErrorCode::WrongType, kVideo},
    // torch.save before version 1.6 begins with a pickled number.
    {"\x80\x02\x8a\x0al\xfc\x9c\x46\xf9", 0, ErrorCode::WrongType, kTorch},
    {"\x1f\x8b", 0, ErrorCode::WrongType, "this is a gzip file; unpack it with gunzip first (a .tar.gz with tar -xzf)"},
    {"BZh", 0, ErrorCode::WrongType, "this is a bzip2 file; unpack it with bunzip2 first"},
    {{"\xfd"
      "7zXZ\0",
      6},
     0,
     ErrorCode::WrongType,
     "this is an xz file; unpack it with unxz first"},
    {"\x28\xb5\x2f\xfd", 0, ErrorCode::WrongType, "this is a zstd file; unpack it with unzstd first"},
    {"ustar", 257, ErrorCode::WrongType,
     "this is a tar archive; unpack it with tar -xf first, and set location to the .npz in it"},
    {"Rar!", 0, ErrorCode::WrongType, "this is a RAR archive; unpack it first"},
    {"7z\xbc\xaf", 0, ErrorCode::WrongType, "this is a 7z archive; unpack it first"},
    {"\x89HDF", 0, ErrorCode::WrongType,
     "this is an HDF5 file; load it with h5py and save its masks with np.savez_compressed"},
    {"MATLAB", 0, ErrorCode::WrongType,
     "this is a MATLAB file; load it with scipy.io.loadmat and save its masks with np.savez_compressed"},
    {"PAR1", 0, ErrorCode::WrongType,
     "this is a Parquet file; load it with pandas and save its masks with np.savez_compressed"},
    {"%PDF", 0, ErrorCode::WrongType, "this is a PDF document, not a mask file"},
};

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool begins_with(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::equal(lower_case.begin(), lower_case.end(), text.begin(),
                    [](char expected, char c) { return expected == std::tolower(static_cast<unsigned char>(c)); });
}

/// Protocols 2 and later begin with their number; the others with the code of their first object, and the first
/// objects of masks are dictionaries, lists, tuples and calls of NumPy.
bool is_pickle(std::string_view head) {
  if (head.size() >= 2 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5) return true;
  // Protocols 0 and 1: "(dp0", "(lp0", "cnumpy", "}q\0", "]q\0".
  const bool is_text = head.starts_with("(dp") || head.starts_with("(lp") || head.starts_with("cnumpy") ||
                       head.starts_with("ccollections") || head.starts_with("ctorch");
  const bool is_binary = head.size() >= 2 && (head[0] == '}' || head[0] == ']') && head[1] == 'q';
  return is_text || is_binary;
}

/// Eight bytes for the length of a JSON text.
bool is_safetensors(std::string_view head) {
  return head.size() > 10 && head.substr(5, 3) == std::string_view("\0\0\0", 3) && head.substr(8, 2) == "{\"";
}

/// Packets of 188 bytes.
bool is_transport_stream(std::string_view head) {
  constexpr std::size_t kPacket = 188;
  return head.size() > 2 * kPacket && head[0] == 'G' && head[kPacket] == 'G' && head[2 * kPacket] == 'G';
}

/// A bitmap's first numbers are its size, two zeros and the place of its pixels.
bool is_bitmap(std::string_view head) {
  return head.size() > 14 && head.starts_with("BM") && head.substr(6, 4) == std::string_view("\0\0\0\0", 4);
}

bool is_text(std::string_view head) {
  return std::ranges::none_of(head, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x7f || (byte < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f');
  });
}

/// True for UTF-8, of which the last character may be cut off.
bool is_utf8(std::string_view head) {
  for (std::size_t i = 0; i < head.size();) {
    const auto byte = static_cast<unsigned char>(head[i++]);
    if (byte < 0x80) continue;
    const int more = byte >= 0xf0 && byte < 0xf8   ? 3
                     : byte >= 0xe0 && byte < 0xf0 ? 2
                     : byte >= 0xc2 && byte < 0xe0 ? 1
                                                   : -1;
    if (more < 0) return false;
    for (int k = 0; k < more && i < head.size(); ++k, ++i) {
      if ((static_cast<unsigned char>(head[i]) & 0xc0) != 0x80) return false;
    }
  }
  return true;
}

}  // namespace

Error explain_foreign_file(std::span<const std::byte> bytes) {
  const auto head = text_of(bytes);
  auto text = head;
  // The mark that Windows puts in front of UTF-8.
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (begins_with(text, "<!doctype") || begins_with(text, "<html") || begins_with(text, "<!--")) {
    return {ErrorCode::Decode, kHtml};
  }
  for (const auto& kind : kKinds) {
    const auto from = kind.offset == 0 ? text : head.substr(std::min(kind.offset, head.size()));
    if (from.starts_with(kind.magic)) return {kind.code, kind.advice};
  }
  if (is_pickle(head)) return {ErrorCode::WrongType, kPickle};
  if (is_safetensors(head)) {
    return {ErrorCode::WrongType,
            "this is a safetensors file; load it with safetensors.numpy.load_file and save its masks with "
            "np.savez_compressed"};
  }
  if (is_transport_stream(head)) return {ErrorCode::WrongType, kVideo};
  if (is_bitmap(head)) return {ErrorCode::WrongType, kPicture};
  if (text.starts_with("{") || text.starts_with("[")) return {ErrorCode::WrongType, kJson};
  if (is_text(head) && is_utf8(head)) {
    return {ErrorCode::Decode,
            "this is text, not a mask file; if it holds masks, load them in Python and save them with "
            "np.savez_compressed('masks.npz', masks=masks)"};
  }
  if (std::ranges::all_of(head, [](char c) { return c == '\0'; })) {
    return {ErrorCode::Decode, "the file begins with zeros alone, as an interrupted download or copy leaves it"};
  }
  return {ErrorCode::Decode,
          "neither an .npz archive (zip) nor an .npy array; expected what np.savez or np.save writes"};
}

}  // namespace sam2::npz
