#!/usr/bin/env bash
# Checks the form of the sources: lint.sh format|shell|markdown|tidy BUILD-DIRECTORY
#
# format: clang-format leaves every C++ source as it is. shell: shellcheck finds nothing. markdown: no line of a page is
# longer than 100 columns, apart from tables and code. tidy: clang-tidy finds nothing; it needs a build directory.
set -euo pipefail
cd "$(dirname "$0")/.."

cpp_sources() {
  find plugin gst-tests pipelines \( -name '*.cpp' -o -name '*.hpp' -o -name '*.h' \) -print0
}

# Other versions of clang-format break lines in other places.
formatter() {
  local name
  for name in clang-format-14 clang-format; do
    command -v "$name" >/dev/null && "$name" --version | grep -q ' version 14\.' && echo "$name" && return
  done
}

check_format() {
  local program
  program=$(formatter)
  if [[ -z $program ]]; then
    echo "skipped: clang-format 14 is not installed"
    return
  fi
  cpp_sources | xargs -0 "$program" --dry-run --Werror
}

check_shell() {
  find .ci/run gst-tests pipelines plugin/packaging -type f \( -name '*.sh' -o -path .ci/run \) -print0 |
    xargs -0 shellcheck --external-sources --source-path=SCRIPTDIR
}

# README.md is the page that everybody reads: all of its lines count.
check_markdown() {
  # shellcheck disable=SC2016
  find . -name '*.md' -not -path './build*' -print0 | xargs -0 awk '
    FNR == 1 { is_code = 0 }
    /^ *```/ { is_code = !is_code }
    length($0) > 100 && (FILENAME == "./README.md" || (!is_code && !/^\|/)) {
      printf "%s:%d: %d columns instead of at most 100\n", FILENAME, FNR, length($0)
      failed = 1
    }
    END { exit failed }'
}

# The plugin's sources that the build directory compiles, as absolute paths.
compiled_sources() {
  local directory=$1
  sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "$directory/compile_commands.json" | grep -E '/plugin/.*\.cpp$' | sort -u |
    (cd "$directory" && xargs realpath)
}

check_tidy() {
  local directory=$1
  if ! command -v clang-tidy >/dev/null; then
    echo "skipped: clang-tidy is not installed"
    return
  fi
  compiled_sources "$directory" | xargs -P "$(nproc)" -n 1 clang-tidy -p "$directory" --quiet 2>/dev/null
}

case ${1:-} in
  format) check_format ;;
  shell) check_shell ;;
  markdown) check_markdown ;;
  tidy) check_tidy "${2:?lint.sh tidy needs a build directory}" ;;
  *)
    sed -n '2,5s/^# \{0,1\}//p' "$0"
    [[ ${1:-} == -h || ${1:-} == --help ]] || exit 2
    ;;
esac
