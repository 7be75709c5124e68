#!/usr/bin/env bash
# Makes what compose.yaml mounts, once: certificates of broker, agent and registry, the key that signs releases, the broker's ACL. A plant
# brings its own.
#   prepare.sh ENTERPRISE/SITE/AREA/LINE/CELL AGENT
set -euo pipefail
asset=${1:?the cell, enterprise/site/area/line/cell} agent=${2:?the name of the agent}
infra=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
secrets=$infra/compose/secrets

"$infra/certs/make.sh" "$secrets" server mosquitto
"$infra/certs/make.sh" "$secrets" client agent
"$infra/certs/make.sh" "$secrets" client registry
if [[ ! -e $secrets/release.key ]]; then
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$secrets/release.key" 2>/dev/null
  openssl pkey -in "$secrets/release.key" -pubout -out "$secrets/release.key.pub"
fi
{ cat "$infra/mosquitto/acl"; "$infra/mosquitto/acl-entry.sh" agent agent "$asset" "$agent"; } > "$secrets/acl"
# Each file is mounted by itself into a container with a user of its own; on this machine the folder keeps others out.
chmod 700 "$secrets"
chmod 644 "$secrets/server.key" "$secrets/agent.key" "$secrets/registry.key" "$secrets/release.key" "$secrets/release.key.pub" "$secrets/acl"
