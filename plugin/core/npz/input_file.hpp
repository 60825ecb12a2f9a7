// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "npz/byte_stream.hpp"

namespace sam2::npz {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FilePointer = std::unique_ptr<std::FILE, FileCloser>;

struct InputFile {
  FilePointer file;
  std::uint64_t size = 0;
};

/// Opens a regular file for reading. Refuses a pipe, a device or a directory without waiting for it.
/// Errors: NotFound, OpenRead.
Result<InputFile> open_regular_file(const std::string& path);

/// A second handle on the same open file, at its beginning.
Result<FilePointer> duplicate(std::FILE* file);

/// Opens the same file with a position of its own, even if it was renamed or deleted in the meantime. Errors: OpenRead.
Result<InputFile> open_again(const InputFile& file);

/// A stream over a file from its present position.
class FileStream final : public ByteStream {
 public:
  explicit FileStream(FilePointer file) : file_(std::move(file)) {}
  Result<std::size_t> read(std::span<std::byte> into) override;

 private:
  FilePointer file_;
};

}  // namespace sam2::npz
