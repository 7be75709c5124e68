#!/usr/bin/env bash
# Installs what is missing: `setup.sh demo` the libraries the product needs, `setup.sh tests` also the tools of the tests.
# Quick and silent when nothing is missing. Never starts a service that a package brings along.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/environment.sh"

# What is looked for, and the Debian package that has it. Names hold for Debian 12 and 13, Ubuntu 22.04 and 24.04
# (where a library's package was renamed, the new one provides the old name).
demo_libraries=(
  libgtk-3.so.0:libgtk-3-0 # OpenCV's native part is built with windows, though we open none
  libdrm.so.2:libdrm2
  libatomic.so.1:libatomic1
  libharfbuzz.so.0:libharfbuzz0b
  libfreetype.so.6:libfreetype6
  libpangocairo-1.0.so.0:libpangocairo-1.0-0
  libstdc++.so.6:libstdc++6
)
test_commands=(
  mosquitto:mosquitto
  mosquitto_pub:mosquitto-clients
  kcat:kcat
  initdb:postgresql
  chromium:chromium
  npm:npm
  python3:python3
  openssl:openssl
  faketime:faketime
  shellcheck:shellcheck
)

has_command() {
  command -v "$1" >/dev/null || [[ -x /usr/sbin/$1 ]] || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null
}

# Packages that apt was found not to have: not asked for again.
unavailable=$IMDD_ROOT/artifacts/.unavailable-packages

missing_packages() { # demo|tests
  local known entry
  known=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p)
  for entry in "${demo_libraries[@]}"; do
    [[ $known == *"${entry%%:*} "* ]] || printf '%s\n' "${entry##*:}"
  done
  [[ $1 == tests ]] || return 0
  for entry in "${test_commands[@]}"; do
    has_command "${entry%%:*}" || printf '%s\n' "${entry##*:}"
  done
}

# Runs a command as root, or fails when that would ask for a password.
as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n -- "$@"; fi
}

may_install() { ((EUID == 0)) || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }; }

# True where apt would install it, and not as a mere pointer to a snap (chromium on Ubuntu). Asked by a dry run, because a package
# that was renamed is found only by the name it provides.
is_installable() {
  local plan
  plan=$(apt-get install --simulate --no-install-recommends "$1" 2>/dev/null) || return 1
  [[ $plan != *"Inst snapd "* && $plan != *"Inst chromium-browser "* ]]
}

install_packages() {
  local policy=/usr/sbin/policy-rc.d wrote_policy='' package
  local -a present=() absent=() services=()
  export DEBIAN_FRONTEND=noninteractive
  say "reading the package lists"
  as_root apt-get update -qq >/dev/null || say "the package lists could not be read in full; going on with what there is"
  for package in "$@"; do
    if is_installable "$package"; then present+=("$package"); else absent+=("$package"); fi
  done
  for package in "${absent[@]}"; do
    say "$package cannot be installed here; tests that need it are skipped"
    printf '%s\n' "$package" >>"$unavailable"
  done
  ((${#present[@]})) || return 0
  say "installing ${present[*]}"

  # mosquitto and PostgreSQL would start at once and at every boot; the tests start their own on free ports.
  for package in "${present[@]}"; do
    if [[ $package == mosquitto || $package == postgresql ]]; then services+=("$package"); fi
  done
  if ((${#services[@]})) && [[ ! -e $policy ]]; then
    wrote_policy=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  local status=0
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${present[@]}" >&2 </dev/null || status=$?
  if [[ $wrote_policy ]]; then as_root rm -f "$policy"; fi
  if command -v systemctl >/dev/null; then
    for package in "${services[@]}"; do
      as_root systemctl disable --quiet "$package" >/dev/null 2>&1 || true
    done
  fi
  ((status == 0)) || die "apt-get failed; mend it and try again: apt-get install ${present[*]}"
}

install_node_packages() {
  local source=$IMDD_ROOT/tests/node target=$IMDD_ROOT/artifacts/node
  # The same question as IMDD.Testing.NodePackages asks.
  [[ -e $target/node_modules/.package-lock.json ]] && cmp -s "$source/package-lock.json" "$target/package-lock.json" && return 0
  command -v npm >/dev/null || { say "npm is missing; tests that need npm packages are skipped"; return 0; }
  say "installing the npm packages of the tests (half a minute)"
  mkdir -p "$target"
  cp "$source/package.json" "$source/package-lock.json" "$target/"
  # The packages run on the Node.js that is among them, whatever version npm itself has: hence no engine check, no scripts.
  if ! (cd "$target" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --engine-strict=false >&2 </dev/null); then
    rm -f "$target/package-lock.json"
    say "npm ci failed; tests that need npm packages are skipped"
  fi
}

kind=${1:-demo}
[[ $kind == demo || $kind == tests ]] || die "setup takes 'demo' or 'tests', not '$kind'"
command -v dotnet >/dev/null || die "the .NET 10 SDK is missing; see https://learn.microsoft.com/dotnet/core/install/linux"

mkdir -p "$IMDD_ROOT/artifacts"
touch "$unavailable"
mapfile -t missing < <(missing_packages "$kind" | grep -vxFf "$unavailable" || true)
if ((${#missing[@]})); then
  if ! command -v apt-get >/dev/null; then
    die "missing, by their Debian names: ${missing[*]}; install what your distribution calls them"
  elif ! may_install; then
    die "some packages are missing; run: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
  fi
  install_packages "${missing[@]}"
fi
if [[ $kind == tests ]]; then
  exec 8>"$IMDD_ROOT/artifacts/.node.lock"
  flock 8
  install_node_packages
fi
