#!/usr/bin/env bash
# A small authority for development and trials: makes what infra/mosquitto/mosquitto.conf and the Mqtt settings ask for.
#   make.sh DIR authority             ca.pem, ca.key (once)
#   make.sh DIR server HOST...        server.pem, server.key for these host names or addresses
#   make.sh DIR client COMMON-NAME    COMMON-NAME.pem, COMMON-NAME.key
# A certificate that exists is made again, with a new key. A plant uses its own authority.
set -euo pipefail

die() { printf 'certs: %s\n' "$*" >&2; exit 2; }

(($# >= 2)) || die 'usage: make.sh DIR authority | server HOST... | client COMMON-NAME'
folder=$1 what=$2
shift 2
umask 077
mkdir -p "$folder"
cd "$folder"

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }

authority() {
  [[ ! -e ca.key ]] || return 0
  new_key ca.key
  openssl req -x509 -new -key ca.key -sha256 -days 3650 -subj '/CN=IMDD development authority' \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' -out ca.pem
  chmod 644 ca.pem
}

# issue NAME SUBJECT USAGE ALTERNATIVE-NAMES: written aside and renamed, so that a reader finds the old pair or the new one.
issue() {
  local name=$1 subject=$2 usage=$3 names=$4
  authority
  new_key "$name.key.new"
  openssl req -new -key "$name.key.new" -subj "$subject" -out "$name.csr"
  openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -set_serial "0x$(openssl rand -hex 16)" -sha256 -days 397 -out "$name.pem.new" \
    -extfile <(printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=%s\nsubjectAltName=%s\n' "$usage" "$names") \
    2>/dev/null
  rm -f "$name.csr"
  chmod 644 "$name.pem.new"
  mv "$name.key.new" "$name.key"
  mv "$name.pem.new" "$name.pem"
}

case $what in
  authority) authority ;;
  server)
    (($#)) || die 'server needs at least one host name or address'
    names=()
    for host in "$@"; do
      if [[ $host =~ ^[0-9.]+$ || $host == *:* ]]; then names+=("IP:$host"); else names+=("DNS:$host"); fi
    done
    issue server "/CN=$1" serverAuth "$(IFS=,; printf '%s' "${names[*]}")"
    ;;
  client)
    [[ ${1:-} =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$ ]] || die "the common name must be letters, digits, dots and dashes, not '${1:-}'"
    issue "$1" "/CN=$1" clientAuth "DNS:$1"
    ;;
  *) die "expected authority, server or client, not '$what'" ;;
esac
