"""Prints every distinct outcome. Needs: pip install confluent-kafka"""
import json
import sys

from confluent_kafka import Consumer

consumer = Consumer({
    "bootstrap.servers": sys.argv[1] if len(sys.argv) > 1 else "localhost:9092",
    "group.id": "my-dashboard",
    "auto.offset.reset": "earliest",
    "enable.auto.commit": False,
})
consumer.subscribe(["imdd.inspection.outcome.v1"])
seen = set()
try:
    while True:
        record = consumer.poll(1.0)
        if record is None:
            continue
        if record.error():
            raise SystemExit(record.error())
        headers = {name: (value or b"").decode() for name, value in record.headers() or []}
        if headers.get("ce_type") != "io.imdd.inspection.outcome.v1" or headers["ce_id"] in seen:
            continue
        seen.add(headers["ce_id"])
        outcome = json.loads(record.value())
        print(headers["ce_time"], record.key().decode(), outcome["verdict"], outcome.get("reason", ""), flush=True)
except KeyboardInterrupt:
    pass
finally:
    consumer.close()
