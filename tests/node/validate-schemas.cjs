// Validates JSON against our JSON Schema 2020-12 files.
// stdin: { schemas: "folder", items: [{ schema: "https://imdd.io/schemas/….json", data: … }] }
// stdout: [{ valid, errors: [{ keyword, instancePath, message }] }], in the order of the items.
const fs = require('node:fs');
const path = require('node:path');
const Ajv2020 = require('ajv/dist/2020');
const addFormats = require('ajv-formats');

const request = JSON.parse(fs.readFileSync(0, 'utf8'));
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false });
addFormats(ajv);
for (const file of fs.readdirSync(request.schemas).filter(name => name.endsWith('.json')).sort()) {
  ajv.addSchema(JSON.parse(fs.readFileSync(path.join(request.schemas, file), 'utf8')));
}

const results = request.items.map(({ schema, data }) => {
  const validate = ajv.getSchema(schema);
  if (!validate) {
    return { valid: false, errors: [{ keyword: 'schema', instancePath: '', message: `no schema ${schema}` }] };
  }

  const valid = validate(data);
  return {
    valid,
    errors: (validate.errors ?? []).map(({ keyword, instancePath, message }) => ({ keyword, instancePath, message: message ?? '' })),
  };
});
process.stdout.write(JSON.stringify(results));
