#!/bin/sh
# Prints every outcome on the topic: its key, its CloudEvents headers, its data. Leave out -e to follow the topic.
set -eu
brokers=${1:-localhost:9092}

kcat -b "$brokers" -C -t imdd.inspection.outcome.v1 -o beginning -e -q -f '%k\n  %h\n  %s\n'

# A record may be there twice; an outcome is one ce_id.
printf 'distinct outcomes: '
kcat -b "$brokers" -C -t imdd.inspection.outcome.v1 -o beginning -e -q -f '%h\n' | tr ',' '\n' | grep '^ce_id=' | sort -u | wc -l
