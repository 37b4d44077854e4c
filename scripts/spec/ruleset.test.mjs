// Breaks each rule of our own, one at a time, in a small document that keeps them all.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import spectral from '@stoplight/spectral-core'
import parsers from '@stoplight/spectral-parsers'
import { oas } from '@stoplight/spectral-rulesets'
import ruleset from './ruleset.mjs'

const json = (schema) => ({ 'application/json': { schema, example: null } })
const ref = (name) => ({ $ref: `#/components/schemas/${name}` })
const marks = { 'x-repeatable': true, 'x-response-content': [] }
const branch = (title, name, type, answers) => ({
  title, type: 'object', required: [name], additionalProperties: false, properties: { [name]: { type } },
  'x-repeatable': name === 'save', 'x-response-content': answers,
})

const document = () => ({
  openapi: '3.0.3',
  info: {},
  paths: {
    '/Folders': {
      get: {
        operationId: 'listFolders',
        parameters: [
          { name: 'offset', in: 'query', schema: { type: 'integer', minimum: 0 } },
          { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 10 } },
        ],
        responses: { 200: { content: json(ref('Kind')) }, default: { $ref: '#/components/responses/Failure' } },
      },
      post: {
        operationId: 'runFolderAction',
        requestBody: { content: json(ref('FolderAction')) },
        responses: {
          200: {
            content: {
              'application/octet-stream': { 'x-stream': true, schema: { type: 'string', format: 'binary' } },
              'application/json': { schema: ref('Kind') },
            },
          },
          default: { $ref: '#/components/responses/Failure' },
        },
      },
    },
  },
  components: {
    responses: { Failure: { content: json(ref('Kind')) } },
    schemas: {
      Kind: { title: 'Kind', type: 'string', enum: ['plain', 'zip'], 'x-enum-api-versions': { zip: 'v3 and later' } },
      FolderAction: { title: 'FolderAction', oneOf: [ref('SaveAction'), ref('StopAction')] },
      SaveAction: branch('SaveAction', 'save', 'boolean', ['application/octet-stream']),
      StopAction: branch('StopAction', 'stop', 'string', []),
    },
  },
})

const { 'contact-properties': _, ...rules } = ruleset.rules

/** The names of the rules that the document breaks: of our own, unless others are given. */
async function broken(document, source, ruleset = { rules }) {
  const linter = new spectral.Spectral()
  linter.setRuleset(ruleset)
  const results = await linter.run(new spectral.Document(JSON.stringify(document), parsers.Json, source))
  return [...new Set(results.map(({ code }) => code))]
}

const get = (document) => document.paths['/Folders'].get
const post = (document) => document.paths['/Folders'].post
const schemas = (document) => document.components.schemas
const text = (document) => get(document).responses[200].content['application/json']
const bytes = (document) => post(document).responses[200].content['application/octet-stream']

const mistakes = {
  'schema-has-type': [(d) => { schemas(d).Any = { title: 'Any', nullable: true } }],
  'schema-title': [(d) => { schemas(d).Kind.title = 'Sort' }, (d) => { delete schemas(d).Kind.title }],
  'no-inline-object': [(d) => { text(d).schema = { type: 'object', properties: { a: { type: 'string' } } } }],
  'no-inline-enum': [(d) => { schemas(d).SaveAction.properties.save.enum = [true] }],
  'no-null-in-enum': [(d) => { schemas(d).Kind.enum.push(null) }],
  'union-branches': [
    (d) => { schemas(d).FolderAction.oneOf[0] = { type: 'object', ...marks } },
    (d) => { schemas(d).SaveAction.type = 'string' },
    (d) => { schemas(d).SaveAction.properties.stop = { type: 'string' } },
    (d) => { delete schemas(d).SaveAction.required },
    (d) => { delete schemas(d).SaveAction.additionalProperties },
    (d) => { schemas(d).FolderAction.discriminator = { propertyName: 'save' } },
  ],
  'media-type-schema': [(d) => { post(d).responses[200].content['application/json'] = {} }],
  'response-reuse': [(d) => { get(d).responses[404] = { $ref: '#/components/responses/Failure' } }],
  'operation-id-form': [
    (d) => { get(d).operationId = 'Folders_List' },
    (d) => { delete get(d).operationId },
    (d) => { get(d).operationId = 'list' + 'Folders'.repeat(10) },
  ],
  'paging-bounds': [
    (d) => { delete get(d).parameters[0].schema.minimum },
    (d) => { delete get(d).parameters[1].schema.maximum },
  ],
  'one-media-type': [],
  'no-3.0-keywords': [
    (d) => { d.openapi = '3.1.0'; schemas(d).Kind.nullable = true },
    (d) => { d.openapi = '3.1.0'; schemas(d).Kind.example = 'zip' },
    (d) => { d.openapi = '3.1.0'; get(d).parameters[0].schema.exclusiveMinimum = true },
    (d) => { d.openapi = '3.1.0'; schemas(d).Kind.format = 'byte' },
  ],
  'extensions': [(d) => { get(d)['x-internal'] = true }, (d) => { get(d)['x-stream'] = true }],
  'repeatable': [
    (d) => { delete schemas(d).StopAction['x-repeatable'] },
    (d) => { post(d).requestBody.content = json(ref('Kind')) },
  ],
  'response-content': [
    (d) => { delete schemas(d).SaveAction['x-response-content'] },
    (d) => { schemas(d).SaveAction['x-response-content'] = ['text/plain'] },
  ],
  'stream': [
    (d) => { delete bytes(d)['x-stream'] },
    (d) => { post(d).responses[200].content['application/json']['x-stream'] = true },
  ],
}

test('a document that keeps the rules', async () => {
  assert.deepEqual(await broken(document()), [])
})

test('changes may stand on whatever the slices are made of', async () => {
  const changes = [{ versions: 'v2', to: { description: 'Old.' } }, { versions: 'v3 to v4', to: { required: null } }]
  const places = [
    (d) => d.paths['/Folders'], get, (d) => get(d).parameters[0], (d) => post(d).requestBody,
    (d) => d.components.responses.Failure, bytes, (d) => schemas(d).Kind, (d) => schemas(d).SaveAction.properties.save,
  ]
  for (const place of places) {
    const good = document()
    place(good)['x-api-changes'] = changes
    assert.deepEqual(await broken(good), [], String(place))
  }
  const bad = document()
  bad.components['x-api-changes'] = changes
  assert.deepEqual(await broken(bad), ['extensions'])
})

test('every rule of our own is tried', () => {
  assert.deepEqual(Object.keys(ruleset.rules).filter((name) => name !== 'contact-properties'), Object.keys(mistakes))
})

for (const [name, changes] of Object.entries(mistakes)) {
  for (const change of changes) {
    test(`${name}: ${change}`, async () => {
      const bad = document()
      change(bad)
      assert.deepEqual(await broken(bad), [name])
    })
  }
}

// Redocly's rule is off because of this.
test('a component that only a change refers to is used', async () => {
  const unused = 'oas3-unused-component'
  const only = { extends: [[oas, 'off']], rules: { [unused]: true } }
  const used = document()
  schemas(used).Old = { title: 'Old', type: 'string' }
  assert.deepEqual(await broken(used, undefined, only), [unused])
  schemas(used).Kind['x-api-changes'] = [{ versions: 'v2', to: ref('Old') }]
  assert.deepEqual(await broken(used, undefined, only), [])
})

test('one-media-type holds for the editions for generators', async () => {
  for (const edition of ['codegen', 'v8']) {
    assert.deepEqual(await broken(document(), `/spec/dist/openapi.${edition}.yaml`), ['one-media-type'])
  }
  assert.deepEqual(await broken(document(), '/spec/openapi.yaml'), [])
})
