# Sourced by the scripts that a person starts: numbered steps, each with its own log, and the packages they need.
# shellcheck shell=bash

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$project/build/logs
mkdir -p "$logs"
step_number=0
step_name=

say() { printf '%s\n' "$*" >&2; }

failed() {
  say ""
  say "FAILED at step $step_number: $step_name"
  [ -s "$step_log" ] && { say "The end of its log, $step_log:"; tail -n 25 "$step_log" >&2; }
  exit 1
}

# step NAME COMMAND…: runs the command, its output in a log, one line of progress on a terminal.
step() {
  step_name=$1
  shift
  step_number=$((step_number + 1))
  step_log=$logs/$step_number-$(printf '%s' "$step_name" | tr -cs 'A-Za-z0-9' '-').log
  local started=$SECONDS
  if [ -t 2 ]; then
    "$@" >"$step_log" 2>&1 </dev/null &
    local job=$!
    while kill -0 "$job" 2>/dev/null; do
      printf '\r\033[K%2d  %s … %ds  %.50s' "$step_number" "$step_name" $((SECONDS - started)) \
        "$(tail -c 300 "$step_log" 2>/dev/null | tr '\r' '\n' | tail -n 1 | tr -cd '[:print:]')" >&2
      sleep 0.3
    done
    printf '\r\033[K' >&2
    wait "$job" || failed
  else
    "$@" >"$step_log" 2>&1 </dev/null || failed
  fi
  say "$(printf '%2d  %s (%d s)' "$step_number" "$step_name" $((SECONDS - started)))"
}

# Packages of the named sections of packaging/packages.txt that are not installed yet.
missing_packages() {
  local section package
  for section in "$@"; do
    while read -r package; do
      dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"
    done < <(awk -v s="[$section]" '/^\[/ {on = ($0 == s); next} on && $1 != "" && $1 !~ /^#/ {print $1}' "$project/packaging/packages.txt")
  done
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -eq 0 ] && { echo "all there"; return 0; }
  command -v apt-get >/dev/null || { echo "This script installs with apt-get (Debian 12). Needed: ${missing[*]}"; return 1; }
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Not root and no sudo. Install as root: ${missing[*]}"; return 1; }
    as_root=(sudo)
  fi
  # No service that a package brings is started: the installation here is private, on free ports.
  "${as_root[@]}" apt-get update -q &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -q -y --no-install-recommends "${missing[@]}"
}

build() {  # PRESET [TARGET…]
  local preset=$1
  shift
  (cd "$project" && cmake --preset "$preset" && cmake --build --preset "$preset" -j "$(nproc)" ${1:+--target "$@"})
}
