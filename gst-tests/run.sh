#!/usr/bin/env bash
# Installs what the tests need, builds, and runs all tests.
# Usage: run.sh [--quick]
#
# --quick runs the tests of the plain build only. Without it, builds with sanitizers and with clang follow.
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
options=(-Dwerror="$([[ ${CI:-} == true ]] && echo true || echo false)" -Dtests=enabled)

passed=0
failed=0

# run_suites NAME BUILD-DIRECTORY [SUITE...]: runs the tests and adds their checks to the sums.
run_suites() {
  local name=$1 directory=$2 suites=()
  shift 2
  local suite
  for suite in "$@"; do suites+=(--suite "$suite"); done
  echo "== $name"
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
  echo "== $1"
  if "${@:2}"; then passed=$((passed + 1)); else
    echo "FAILED: $1"
    failed=$((failed + 1))
  fi
}

installs_where_gstreamer_looks() {
  rm -rf "$build/installed"
  DESTDIR="$build/installed" meson install -C "$build" --no-rebuild --quiet
  local plugin
  plugin=$(find "$build/installed" -name libgstsam2overlay.so)
  [[ $plugin == */gstreamer-1.0/libgstsam2overlay.so ]] &&
    GST_PLUGIN_PATH=${plugin%/*} GST_REGISTRY=$build/installed/registry.bin gst-inspect-1.0 sam2overlay >/dev/null
}

builds_with_clang() {
  (CXX=clang++ build_into "$build-clang" -- "${options[@]}" -Doptimization=0)
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

install_missing "${build_packages[@]}" "${play_packages[@]}" python3-numpy python3-gst-1.0
install_analytics
build_into "$build" -- "${options[@]}"
run_suites plain "$build"
if [[ $quick == no ]]; then
  check "the installed plugin is found" installs_where_gstreamer_looks
  install_missing clang-format shellcheck
  for form in format shell markdown; do check "the form of the sources: $form" gst-tests/lint.sh "$form"; done
  # Not werror: with its sanitizers, g++ 12 warns of uninitialised values inside std::regex.
  build_into "$build-sanitize" -- -Dtests=enabled -Doptimization=1 -Db_sanitize=address,undefined -Db_lundef=false
  run_suites sanitize "$build-sanitize" unit kernels elements fuzz
  # The suite `threads` runs with ThreadSanitizer too.
  mapfile -t thread_tests < <(meson test -C "$build" --no-rebuild --list --suite threads 2>/dev/null | sed 's/.* //')
  build_into "$build-tsan" gstsam2overlay "${thread_tests[@]}" -- -Dtests=enabled -Doptimization=1 -Db_sanitize=thread -Db_lundef=false
  run_suites tsan "$build-tsan" threads
  install_missing clang
  check "clang builds it" builds_with_clang
  # On a user's machine, the demo's packages are enough.
  if [[ ${CI:-} == true ]] && ((EUID == 0)) && ! pkg-config --atleast-version=1.26 gstreamer-1.0; then
    check_on_debian_13
  fi
fi

echo "$passed passed, $failed failed"
((failed == 0))
