# shellcheck shell=bash
# Sourced by the scripts beside it: where things are, and how dotnet behaves.

IMDD_ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
IMDD_ACCELERATOR=${IMDD_ACCELERATOR:-cpu}
IMDD_CONFIGURATION=${IMDD_CONFIGURATION:-Release}
# As infra/build/Common.props lays it out: artifacts/ for the CPU, artifacts/cuda/ beside it.
IMDD_ARTIFACTS=$IMDD_ROOT/artifacts
if [[ $IMDD_ACCELERATOR != cpu ]]; then IMDD_ARTIFACTS=$IMDD_ROOT/artifacts/$IMDD_ACCELERATOR; fi
IMDD_PIVOT=${IMDD_CONFIGURATION,,}_linux-x64
export IMDD_ROOT IMDD_ACCELERATOR IMDD_CONFIGURATION IMDD_ARTIFACTS IMDD_PIVOT

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=0
export NUGET_XMLDOC_MODE=skip DOTNET_CLI_UI_LANGUAGE=en
# No build process outlives the build: it would hold memory and, in CI, the job's output.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

# Standard output belongs to results: everything that is said on the way goes to standard error.
say() { printf 'imdd: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }
