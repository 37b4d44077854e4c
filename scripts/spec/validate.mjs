// Validates every example of the OpenAPI document, and every fixture in spec/fixtures, with AJV: over the source, in
// OpenAPI 3.0, and over its 3.1 edition. A Go test does the same with kin-openapi, so the two validators must agree.
import { readFileSync, readdirSync } from 'node:fs'
import Ajv from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { parse } from 'yaml'
import { resolve, walk } from './walk.mjs'

const spec = new URL('../../spec/', import.meta.url)
const read = (file) => readFileSync(new URL(file, spec), 'utf8')

// What OpenAPI adds to JSON Schema and AJV does not know.
const annotations = ['example', 'externalDocs', 'xml']

/** Turns the schemas of an OpenAPI 3.0 document into JSON Schema, in place. */
function toJSONSchema(document) {
  for (const { kind, value } of walk(document)) {
    if (kind !== 'schema') continue
    if (value.nullable) {
      value.type = [value.type, 'null']
      value.enum?.push(null)
    }
    delete value.nullable
    for (const [bound, exclusive] of [['minimum', 'exclusiveMinimum'], ['maximum', 'exclusiveMaximum']]) {
      if (value[exclusive] === true) {
        value[exclusive] = value[bound]
        delete value[bound]
      } else if (value[exclusive] === false) delete value[exclusive]
    }
  }
  return document
}

/** The JSON pointer of a path, for use in a URL. */
function pointer(path) {
  const escape = (name) => encodeURIComponent(String(name).replaceAll('~', '~0').replaceAll('/', '~1'))
  return path.map((name) => `/${escape(name)}`).join('')
}

/** Yields every example of the document with its place and the path of its schema. */
function* examples(document) {
  for (const { kind, value, path } of walk(document)) {
    const schema = kind === 'schema' ? path : [...path, 'schema']
    if (kind === 'schema') {
      for (const example of value.examples ?? []) yield { example, path, schema }
    }
    if (!['schema', 'mediaType', 'parameter'].includes(kind)) continue
    if ('example' in value) yield { example: value.example, path: [...path, 'example'], schema }
    if (kind === 'schema') continue
    for (const [name, example] of Object.entries(value.examples ?? {})) {
      yield { example: resolve(document, example).value, path: [...path, 'examples', name], schema }
    }
  }
}

/** Yields every fixture: spec/fixtures/<schema>/<valid or invalid>/<what it shows>.json. */
function* fixtures() {
  const folder = new URL('fixtures/', spec)
  for (const schema of readdirSync(folder)) {
    for (const verdict of ['valid', 'invalid']) {
      for (const file of readdirSync(new URL(`${schema}/${verdict}/`, folder))) {
        const name = `fixtures/${schema}/${verdict}/${file}`
        yield { name, schema, valid: verdict === 'valid', value: JSON.parse(read(name)) }
      }
    }
  }
}

let failures = 0
const fail = (message) => {
  failures++
  console.error(message)
}

for (const [file, document] of [
  ['openapi.yaml', toJSONSchema(parse(read('openapi.yaml')))],
  ['dist/openapi.3.1.yaml', parse(read('dist/openapi.3.1.yaml'))],
]) {
  const extensions = new Set()
  for (const { kind, value } of walk(document)) {
    for (const name of Object.keys(value)) {
      if (kind === 'schema' && name.startsWith('x-')) extensions.add(name)
    }
  }
  const ajv = formats(new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }))
  // The members of the document itself, too, because AJV takes it for a schema that the others are in.
  ajv.addVocabulary([...annotations, ...extensions, ...Object.keys(document)])
  ajv.addSchema({ $id: file, ...document }, undefined, false, false)
  const check = (path, value) => {
    const validate = ajv.getSchema(`${file}#${pointer(path)}`)
    if (!validate) throw new Error(`${file} has no schema at ${path.join('.')}`)
    return validate(value) ? '' : ajv.errorsText(validate.errors)
  }

  let exampleCount = 0
  for (const { example, path, schema } of examples(document)) {
    exampleCount++
    const error = check(schema, example)
    if (error) fail(`${file}: ${path.join('.')}: ${error}`)
  }
  let fixtureCount = 0
  for (const { name, schema, valid, value } of fixtures()) {
    fixtureCount++
    const error = check(['components', 'schemas', schema], value)
    if (valid && error) fail(`${file}: ${name}: ${error}`)
    if (!valid && !error) fail(`${file}: ${name}: is allowed`)
  }
  if (exampleCount === 0 || fixtureCount === 0) fail(`${file}: nothing to validate`)
  console.log(`${file}: ${exampleCount} examples and ${fixtureCount} fixtures validated`)
}
process.exitCode = failures === 0 ? 0 : 1
