#!/usr/bin/env bash
# Installs what the tests need, builds, and runs all tests.
# Usage: run.sh [--quick]
#
# --quick runs the tests of the plain build only. Without it, the packages, the form of the sources, builds with sanitizers, coverage and
# clang-tidy follow.
# The last line is the sum: "N passed, N failed".
# SAM2OVERLAY_BUILD is the build directory (default: build). The other builds go beside it.
set -euo pipefail
# shellcheck source=pipelines/common.sh
source "$(dirname "$0")/../pipelines/common.sh"
answer_options "--quick" "$@"
need_writable "$build"
cd "$root"

quick=no
for argument in "$@"; do
  [[ $argument == --quick ]] || die "${0##*/}: unexpected argument $argument (see --help)"
  quick=yes
done
# Warnings are errors where the project is checked, not for users whose compiler is newer.
werror=-Dwerror=$([[ ${CI:-} == true ]] && echo true || echo false)
options=("$werror" -Dtests=enabled -Ddefault_library=both)
# Debug information takes the compiler a third of its time.
[[ -f $build/build.ninja ]] || options+=(-Ddebug=false)

passed=0
failed=0

# run_suites NAME BUILD-DIRECTORY [SUITE...]: runs the tests and adds their checks to the sums.
run_suites() {
  local name=$1 directory=$2 suites=()
  shift 2
  local suite
  for suite in "$@"; do suites+=(--suite "$suite"); done
  headline "$name"
  # Outside of the tests: plugins that leak when they are looked at are no failure of ours.
  GST_REGISTRY=$directory/tests.registry gst-inspect-1.0 >/dev/null 2>&1 || true
  local status=0
  meson test -C "$directory" --no-rebuild --print-errorlogs --logbase "$name" "${suites[@]}" </dev/null \
    2>&1 | tee "$directory/$name.out" || status=$?
  # gst-check's closing lines, one a program: "100%: Checks: 12, Failures: 0, Errors: 0".
  grep -aE '^[0-9]+%: Checks: [0-9]+, Failures: [0-9]+, Errors: [0-9]+$' "$directory/meson-logs/$name.txt" \
    >"$directory/$name.checks" || true
  local checks failures errors
  checks=$(awk '{gsub(",", ""); sum += $3} END {print sum + 0}' "$directory/$name.checks")
  failures=$(awk '{gsub(",", ""); sum += $5} END {print sum + 0}' "$directory/$name.checks")
  errors=$(awk '{gsub(",", ""); sum += $7} END {print sum + 0}' "$directory/$name.checks")
  # A program that dies before its closing line is a failure as well.
  ((status == 0 || failures + errors > 0)) || failures=1
  passed=$((passed + checks - failures - errors))
  failed=$((failed + failures + errors))
}

# check NAME COMMAND...: one check of its own.
check() {
  headline "$1"
  if "${@:2}"; then passed=$((passed + 1)); else
    echo "FAILED: $1"
    failed=$((failed + 1))
  fi
}

# The packages' test runs on what is in them, without their being installed.
packages_play() {
  local folder=$build/packages
  rm -rf "$folder"
  # Optimization and debug symbols take the compiler longest, and are not what this looks at.
  DEB_BUILD_OPTIONS="noopt noautodbgsym" DEB_CXXFLAGS_APPEND=-g0 plugin/packaging/build-deb.sh "$folder" >"$build/packages.log" 2>&1 ||
    {
      tail -n 60 "$build/packages.log"
      return 1
    }
  dpkg-deb --extract "$folder"/gstreamer1.0-sam2overlay_*.deb "$folder/root" &&
    GST_PLUGIN_PATH=$(echo "$folder"/root/usr/lib/*/gstreamer-1.0) GST_REGISTRY=$folder/registry.bin \
      plugin/packaging/debian/tests/plays
}

# clang-tidy also reports what clang itself warns of. The tests are left out: they take clang longer than the element.
clang_finds_nothing() {
  [[ -f $build-clang/build.ninja ]] ||
    CXX=clang++ meson setup "$build-clang" -Dtests=disabled >"$build/clang.log" 2>&1 || {
    cat "$build/clang.log"
    return 1
  }
  gst-tests/lint.sh tidy "$build-clang"
}

# print_coverage BUILD-DIRECTORY: the lines of the plugin that the tests of this build have run.
print_coverage() {
  install_missing gcovr
  local report=$1/coverage.txt
  # Threads count without locks, so a count that is derived from others can be below 0.
  gcovr --gcov-ignore-parse-errors --root . --filter plugin/ "$1" >"$report" 2>"$1/gcovr.log" || {
    tail -n 20 "$1/gcovr.log"
    return 1
  }
  echo "File, lines, lines that were run, and share of each file below 95 %:"
  awk '$4 ~ /%$/ && $4 + 0 < 95 {print "  " $1, $2, $3, $4}' "$report"
  grep -E '^TOTAL' "$report"
}

# headline TEXT: with the seconds since the start.
headline() {
  echo "== $1 (at ${SECONDS} s)"
}

# GstAnalytics came with GStreamer 1.26, which Debian 12 has not.
check_on_debian_13() {
  local log=$build/debian-13.log status=0
  gst-tests/debian-13.sh "$build-debian-13" </dev/null >"$log" 2>&1 || status=$?
  if ((status == 77)); then
    echo "skipped: GstAnalytics, since no root of Debian 13 can be made here: $(tail -n 1 "$log")"
    return
  fi
  ((status == 0)) || tail -n 60 "$log"
  check "GstAnalytics, on Debian 13" test "$status" -eq 0
}

# What only the tests need.
test_packages=(
  python3-av
  python3-tqdm
  ffmpeg
  ges1.0-tools
  gir1.2-gst-rtsp-server-1.0
  gir1.2-gst-plugins-bad-1.0
  gstreamer1.0-nice
  gstreamer1.0-gl
  gstreamer1.0-gtk3
  libgl1-mesa-dri
  parallel
  procps
  libgtk-4-dev
  xvfb
  xdotool
  imagemagick
)
# ccache compiles the tests once for all builds; Meson finds it.
install_missing "${build_packages[@]}" "${play_packages[@]}" "${test_packages[@]}" ccache
export CCACHE_BASEDIR=$root CCACHE_DIR=${CCACHE_DIR:-$build/ccache}
# Slurm's packages bring daemons, which a user's machine need not have; its test is skipped there.
[[ ${CI:-} != true ]] || install_missing slurmctld slurmd munge
install_analytics
build_into "$build" -- "${options[@]}"
run_suites plain "$build"
if [[ $quick == no ]]; then
  check "install, link and uninstall" gst-tests/installed.sh "$build"
  check "the Debian packages" packages_play
  install_missing clang-format shellcheck
  for form in format shell markdown; do check "the form of the sources: $form" gst-tests/lint.sh "$form"; done
  build_into "$build-sanitize" -- "$werror" -Dtests=enabled -Ddebug=false -Doptimization=1 \
    -Db_sanitize=address,undefined -Db_coverage=true -Db_lundef=false
  run_suites sanitize "$build-sanitize" unit kernels elements fuzz
  check "coverage" print_coverage "$build-sanitize"
  # The suite `threads` runs with ThreadSanitizer too.
  mapfile -t thread_tests < <(meson test -C "$build" --no-rebuild --list --suite threads 2>/dev/null | sed 's/.* //')
  build_into "$build-tsan" gstsam2overlay "${thread_tests[@]}" -- -Dtests=enabled -Ddebug=false -Doptimization=1 -Db_sanitize=thread -Db_lundef=false
  # OpenCV brings OpenBLAS, which starts threads when it is loaded; ThreadSanitizer refuses to fork a test after that.
  OPENBLAS_NUM_THREADS=1 run_suites tsan "$build-tsan" threads
  install_missing clang clang-tidy
  check "clang and clang-tidy find nothing" clang_finds_nothing
  # On a user's machine, the demo's packages are enough.
  if [[ ${CI:-} == true ]] && ((EUID == 0)) && ! pkg-config --atleast-version=1.26 gstreamer-1.0; then
    check_on_debian_13
  fi
fi

headline "the end"
echo "$passed passed, $failed failed"
((failed == 0))
