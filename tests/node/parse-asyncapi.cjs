// Parses an AsyncAPI document with the reference parser.
// stdin: { file: "asyncapi.yaml" }
// stdout: { parsed, diagnostics: [{ severity, code, message, path }], version, channels, operations, servers, messages }
const fs = require('node:fs');
const { Parser, fromFile } = require('@asyncapi/parser');

const request = JSON.parse(fs.readFileSync(0, 'utf8'));
(async () => {
  const parser = new Parser();
  const { document, diagnostics } = await fromFile(parser, request.file).parse();
  process.stdout.write(JSON.stringify({
    parsed: document !== undefined,
    diagnostics: diagnostics.map(d => ({ severity: d.severity, code: String(d.code), message: d.message, path: d.path.join('.') })),
    version: document?.version() ?? null,
    servers: document?.servers().all().map(s => s.id()) ?? [],
    channels: document?.channels().all().map(c => ({
      id: c.id(),
      address: c.address(),
      servers: c.servers().all().map(s => s.id()),
      messages: c.messages().all().map(m => m.id()),
    })) ?? [],
    operations: document?.operations().all().map(o => ({
      id: o.id(),
      action: o.action(),
      channels: o.channels().all().map(c => c.id()),
      messages: o.messages().all().map(m => m.id()),
    })) ?? [],
    messages: document?.components().messages().all().map(m => ({
      id: m.id(),
      contentType: m.contentType(),
      schemaId: m.payload()?.json().$id ?? null,
      headers: Object.keys(m.headers()?.json().properties ?? {}),
    })) ?? [],
  }));
})().catch(error => {
  process.stderr.write(String(error.stack ?? error));
  process.exitCode = 1;
});
