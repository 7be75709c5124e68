#!/usr/bin/env bash
# Builds a project or the solution, unless nothing has changed since it was last built: `build.sh cloud/IMDD.Cli/IMDD.Cli.csproj`.
# Two callers never build at once.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/environment.sh"

target=$1
stamps=$IMDD_ARTIFACTS/build-stamps
stamp=$stamps/$IMDD_PIVOT.${target//\//.}
log=$IMDD_ARTIFACTS/log/build.log

# Folders count too: a removed file shows only there.
sources=(contracts shared edge cloud infra/build Directory.Build.props Directory.Build.targets Directory.Packages.props global.json .editorconfig)
[[ $target == cloud/* ]] || sources+=(tests IMDD.Pipeline.sln)

is_current() {
  [[ -e $stamp ]] || return 1
  local newer
  newer=$(cd "$IMDD_ROOT" && find "${sources[@]}" -newer "$stamp" -print -quit)
  [[ -z $newer ]]
}

is_current && exit 0
mkdir -p "$stamps" "${log%/*}"
exec 9>"$IMDD_ARTIFACTS/.build.lock"
if ! flock --nonblock 9; then
  say "waiting for another build of this checkout"
  flock 9
  if is_current; then exit 0; fi
fi

say "building ${target##*/} (the first time takes a minute or two)"
# What is saved while the build runs is newer than this and built next time.
touch "$stamp.started"
arguments=(build "$IMDD_ROOT/$target" --configuration "$IMDD_CONFIGURATION" -p:Accelerator="$IMDD_ACCELERATOR" -nologo -verbosity:quiet)
if ! dotnet "${arguments[@]}" >"$log" 2>&1 9>&- </dev/null; then
  grep -E '(error|warning) [A-Za-z]+[0-9]+:' "$log" | sed 's/ \[[^]]*\]$//' | sort -u >&2 || tail -n 40 "$log" >&2
  die "the build failed; its log is $log"
fi
mv "$stamp.started" "$stamp"
