// Reads messages with the CloudEvents project's own JavaScript SDK.
// stdin: [{ transport: "kafka" | "mqtt", headers: [[name, value]], contentType, value: base64 }]
// stdout: [{ attributes: { … }, data: base64 | null } | { error }]
const fs = require('node:fs');
const { Kafka, MQTT } = require('cloudevents');

function read({ transport, headers, contentType, value }) {
  const body = Buffer.from(value, 'base64');
  const pairs = Object.fromEntries(headers);
  const json = /^application\/(.*\+)?json/.test(contentType ?? pairs['content-type'] ?? '');
  const payload = json ? body.toString('utf8') : body;
  const event = transport === 'kafka'
    ? Kafka.toEvent({ headers: pairs, key: pairs.ce_partitionkey, value: payload, body: payload })
    : MQTT.toEvent({ PUBLISH: { 'Content Type': contentType }, headers: pairs, 'User Properties': pairs, body: payload, payload });
  const { data, data_base64: base64, ...attributes } = event.toJSON();
  event.validate();
  return {
    attributes,
    // On MQTT the SDK hands the payload on as it came.
    json: json ? (typeof data === 'string' ? JSON.parse(data) : data) : null,
    bytes: json ? null : base64 ?? Buffer.from(data).toString('base64'),
  };
}

const results = JSON.parse(fs.readFileSync(0, 'utf8')).map(message => {
  try {
    return read(message);
  } catch (error) {
    return { error: String(error.message ?? error) };
  }
});
process.stdout.write(JSON.stringify(results));
