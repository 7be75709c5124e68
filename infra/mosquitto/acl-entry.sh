#!/usr/bin/env bash
# Prints the ACL entry of one identity of a cell.
#   acl-entry.sh agent  COMMON-NAME ENTERPRISE/SITE/AREA/LINE/CELL AGENT   an edge agent
#   acl-entry.sh camera COMMON-NAME ENTERPRISE/SITE/AREA/LINE/CELL         a camera gateway
#   acl-entry.sh line   COMMON-NAME ENTERPRISE/SITE/AREA/LINE/CELL         a PLC gateway or panel of the line
set -euo pipefail

die() { printf 'acl-entry: %s\n' "$*" >&2; exit 2; }

part='[a-z0-9][a-z0-9-]{0,30}'
role=${1:-} name=${2:-} asset=${3:-} agent=${4:-}
[[ $name =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$ ]] || die "the common name must be letters, digits, dots and dashes, not '$name'"
[[ $asset =~ ^$part(/$part){4}$ ]] || die "the cell must be enterprise/site/area/line/cell, lower case, not '$asset'"
cell=imdd/v1/$asset

case $role in
  agent)
    [[ $agent =~ ^$part$ ]] || die "the agent's name must match $part, not '$agent'"
    lines=(
      "read $cell/frame/+" "read $cell/balance/+" "read $cell/desired/$agent"
      "write $cell/outcome/+" "write $cell/state/camera/+" "readwrite $cell/state/agent/$agent" "write $cell/feedback/$agent"
    )
    ;;
  camera)
    lines=("write $cell/frame/+" "write $cell/balance/+" "read $cell/outcome/+" "read $cell/state/#")
    ;;
  line)
    lines=("read $cell/outcome/+" "read $cell/state/#")
    ;;
  *) die "the role must be agent, camera or line, not '$role'" ;;
esac

printf '\nuser %s\n' "$name"
printf 'topic %s\n' "${lines[@]}"
