// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace sam2::npz {
namespace {

Error system_error(ErrorCode code, const std::string& action, int number) {
  return {code, action + ": " + std::generic_category().message(number)};
}

}  // namespace

Result<InputFile> open_regular_file(const std::string& path) {
  // Non-blocking: opening a pipe would otherwise wait for its writer.
  const int descriptor = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    return system_error(missing ? ErrorCode::NotFound : ErrorCode::OpenRead, "cannot open the file", errno);
  }
  struct stat status {};
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    const bool is_folder = S_ISDIR(status.st_mode);
    close(descriptor);
    const std::string reason = "not a regular file; expected an .npz or .npy file";
    if (!is_folder) return Error{ErrorCode::OpenRead, reason};
    return Error{ErrorCode::OpenRead,
                 reason +
                     ", but this is a folder: an archive for each frame is location=FOLDER/%05d.npz, "
                     "with the digits that the names have"};
  }
  FilePointer file(fdopen(descriptor, "rb"));
  if (!file) {
    const int number = errno;
    close(descriptor);
    return system_error(ErrorCode::OpenRead, "cannot read the file", number);
  }
  return InputFile{std::move(file), static_cast<std::uint64_t>(status.st_size)};
}

Result<FilePointer> duplicate(std::FILE* file) {
  const int descriptor = fcntl(fileno(file), F_DUPFD_CLOEXEC, 0);
  FilePointer copy(descriptor < 0 ? nullptr : fdopen(descriptor, "rb"));
  if (!copy) {
    const int number = errno;
    if (descriptor >= 0) close(descriptor);
    return system_error(ErrorCode::OpenRead, "cannot read the file", number);
  }
  std::rewind(copy.get());
  return copy;
}

Result<InputFile> open_again(const InputFile& file) {
  const auto path = "/proc/self/fd/" + std::to_string(fileno(file.file.get()));
  FilePointer opened(fopen(path.c_str(), "rbe"));
  if (!opened) return system_error(ErrorCode::OpenRead, "cannot open the file again", errno);
  return InputFile{std::move(opened), file.size};
}

Result<std::size_t> FileStream::read(std::span<std::byte> into) {
  const auto count = std::fread(into.data(), 1, into.size(), file_.get());
  if (count < into.size() && std::ferror(file_.get()) != 0) {
    return system_error(ErrorCode::OpenRead, "cannot read the file", errno);
  }
  return count;
}

}  // namespace sam2::npz
