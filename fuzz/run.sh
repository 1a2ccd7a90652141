#!/usr/bin/env bash
# Each target for TIME seconds (60), or TARGET alone; two at once. What is found beyond the corpus is kept in
# `found`, where the next run begins; what breaks a law is in `artifacts`.
set -euo pipefail
cd "$(dirname "$0")"

TIME="${TIME:-60}"
JOBS="${JOBS:-2}"
targets="${TARGET:-$(ls fuzz_targets | sed 's/\.rs$//')}"

skip() {
  echo '==================================================================================' >&2
  echo "SKIPPED: no fuzzing, for there is no $1" >&2
  echo '==================================================================================' >&2
  exit 0
}
grep -q '^nightly' <<<"$(rustup toolchain list 2>/dev/null)" || skip 'nightly toolchain: rustup toolchain add nightly'
command -v c++ >/dev/null || skip 'C++ compiler, which libFuzzer needs'
if ! command -v cargo-fuzz >/dev/null; then
  echo 'installing cargo-fuzz' >&2
  cargo install cargo-fuzz --locked
fi

# Not the directory of the pinned toolchain's build: the two would only wait for each other.
export CARGO_TARGET_DIR="${SKUBILL_FUZZ_TARGET_DIR:-$PWD/target}"
host="$(rustc +nightly -vV | sed -n 's/^host: //p')"
# No sanitizer: nothing that is fuzzed is unsafe, and without it there are three times as many runs.
cargo +nightly fuzz build --fuzz-dir . -s none

fuzz() {
  mkdir -p "found/$1" "artifacts/$1"
  local log="artifacts/$1.log" dictionary=()
  if [ -f "dictionaries/$1.dict" ]; then dictionary=("-dict=dictionaries/$1.dict"); fi
  # A run takes milliseconds: a minute is an endless one, on however busy a machine.
  if "$CARGO_TARGET_DIR/$host/release/$1" "found/$1" "corpus/$1" \
    -max_total_time="$TIME" -max_len=8192 -timeout=60 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="artifacts/$1/" "${dictionary[@]}" >"$log" 2>&1; then
    echo "$1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs, no law broken"
  else
    # The law that was broken, and the bytes that break it.
    grep -m 1 -A 3 -E 'panicked at|ERROR: ' "$log" >&2 || tail -n 20 "$log" >&2
    echo "$1: BROKEN by fuzz/$(grep -oE 'artifacts/[^ ]+' "$log" | tail -n 1); fuzz/README.md says how to replay it" >&2
    return 1
  fi
}
export -f fuzz
export TIME host
# shellcheck disable=SC2086
printf '%s\n' $targets | xargs -P "$JOBS" -I '{}' bash -euo pipefail -c 'fuzz {}'
