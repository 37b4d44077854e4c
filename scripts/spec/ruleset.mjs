// The rules that Spectral checks the OpenAPI document with: all of its own, and those below, which keep the document
// good for code generators. spec/README.md gives the reason for each.
import { oas } from '@stoplight/spectral-rulesets'
import { resolve, walk } from './walk.mjs'

const maxOperationIdLength = 48

// The extensions that the document and its editions use, and where.
const extensions = {
  'x-api-versions': ['pathItem', 'operation', 'parameter', 'requestBody', 'response', 'mediaType', 'schema', 'example'],
  'x-enum-api-versions': ['schema'],
  'x-api-changes': ['pathItem', 'operation', 'parameter', 'requestBody', 'response', 'mediaType', 'schema'],
  'x-repeatable': ['operation', 'schema'],
  'x-slow': ['operation', 'schema'],
  'x-response-content': ['schema'],
  'x-stream': ['mediaType'],
  'x-alternative-content': ['requestBody', 'response'],
  'x-codeSamples': ['operation'],
  'x-enum-varnames': ['schema'],
  'x-derived': ['document'],
}

const unions = ['oneOf', 'anyOf']
const methodsThatMayBeRepeated = ['get', 'head', 'options']

const isComponent = (path) => path.length === 3 && path[0] === 'components'

/** The branches of the unions that an operation takes as its body. */
function actions(document, operation) {
  const bodies = Object.values(resolve(document, operation.requestBody)?.content ?? {})
  return bodies.flatMap((body) => unions.flatMap((union) => resolve(document, body.schema)?.[union] ?? []))
}

/** Makes a rule of a function that yields [message, path below the object] for each object of the kind. */
function rule(description, kind, check) {
  return {
    description,
    message: '{{error}}',
    severity: 'error',
    given: '$',
    resolved: false,
    then: {
      function(document, _options, context) {
        const results = []
        for (const object of walk(document)) {
          if (kind !== '*' && object.kind !== kind) continue
          for (const [message, ...below] of check(object, document, context.document.source ?? '')) {
            results.push({ message, path: [...object.path, ...below] })
          }
        }
        return results
      },
    },
  }
}

export default {
  extends: [[oas, 'all']],
  rules: {
    // The project has no mail address.
    'contact-properties': 'off',

    'schema-has-type': rule('a schema says its type', 'schema', function* ({ value }) {
      if (!['type', '$ref', 'allOf', ...unions].some((name) => name in value)) {
        yield ['the schema has no type: it would allow anything']
      }
    }),

    'schema-title': rule('the title of a schema is its name', 'schema', function* ({ value, path }) {
      if (isComponent(path) && value.title !== path[2]) yield [`the title must be ${path[2]}`, 'title']
    }),

    'no-inline-object': rule('objects are named', 'schema', function* ({ value, path }) {
      if (!isComponent(path) && value.properties) {
        yield ['make this object a component, or generators name it after its place']
      }
    }),

    'no-inline-enum': rule('enums are named', 'schema', function* ({ value, path }) {
      if (!isComponent(path) && value.enum) yield ['make this enum a component', 'enum']
    }),

    'no-null-in-enum': rule('null is a type, not a value', 'schema', function* ({ value }, document) {
      if (document.openapi.startsWith('3.0') && value.enum?.includes(null)) {
        yield ['null in an enum turns validation off in some tools: use nullable', 'enum']
      }
    }),

    'union-branches': rule('branches of a union can be told apart', 'schema', function* ({ value }, document) {
      if (value.discriminator) yield ['no member of the branches is a discriminator', 'discriminator']
      for (const union of unions) {
        for (const [i, branch] of (value[union] ?? []).entries()) {
          const target = resolve(document, branch)
          const names = Object.keys(target?.properties ?? {})
          if (!branch.$ref) yield ['make this branch a component', union, i]
          else if (target?.type !== 'object') yield ['a branch must be an object', union, i]
          else if (names.length !== 1) yield ['a branch must have exactly one property', union, i]
          else if (target.required?.[0] !== names[0]) yield ['a branch must require its property', union, i]
          else if (target.additionalProperties !== false) yield ['a branch must forbid other members', union, i]
        }
      }
    }),

    'media-type-schema': rule('a body has a schema', 'mediaType', function* ({ value }) {
      if (!value.schema) yield ['the media type has no schema']
    }),

    'response-reuse': rule('each status has a response of its own', 'operation', function* ({ value }) {
      const seen = new Set()
      for (const [status, response] of Object.entries(value.responses ?? {})) {
        if (seen.has(response.$ref)) yield ['another status has this response, too', 'responses', status]
        if (response.$ref) seen.add(response.$ref)
      }
    }),

    'operation-id-form': rule('operation ids are verb and noun', 'operation', function* ({ value }) {
      const id = value.operationId ?? ''
      if (!/^[a-z]+([A-Z][a-z0-9]*)+$/.test(id)) yield ['the operationId must be verb and noun, as listFolders']
      if (id.length > maxOperationIdLength) yield [`the operationId is longer than ${maxOperationIdLength} characters`]
    }),

    'paging-bounds': rule('offset and limit have bounds', 'parameter', function* ({ value }) {
      if (value.name !== 'offset' && value.name !== 'limit') return
      if (value.schema?.minimum === undefined) yield [`${value.name} needs a minimum`, 'schema']
      if (value.name === 'limit' && value.schema?.maximum === undefined) yield ['limit needs a maximum', 'schema']
    }),

    'one-media-type': rule('generators get one media type per body', 'content', function* ({ value }, _, source) {
      if (/\/dist\/openapi\.(codegen|v\d+)\.yaml$/.test(source) && Object.keys(value).length !== 1) {
        yield ['generators need exactly one media type here']
      }
    }),

    'no-3.0-keywords': rule('OpenAPI 3.1 has none of the keywords of 3.0', 'schema', function* ({ value }, document) {
      if (!document.openapi.startsWith('3.1')) return
      for (const name of ['nullable', 'example']) {
        if (name in value) yield [`${name} is a keyword of OpenAPI 3.0`, name]
      }
      for (const name of ['exclusiveMinimum', 'exclusiveMaximum']) {
        if (typeof value[name] === 'boolean') yield [`${name} is a number in OpenAPI 3.1`, name]
      }
      if (value.format === 'byte') yield ['OpenAPI 3.1 says contentEncoding: base64', 'format']
    }),

    'extensions': rule('extensions are known and stand where they mean something', '*', function* ({ kind, value }) {
      for (const name of Object.keys(value)) {
        if (!name.startsWith('x-') || kind === 'schemas') continue
        if (!extensions[name]) yield [`spec/README.md does not describe ${name}`, name]
        else if (!extensions[name].includes(kind)) yield [`${name} means nothing on a ${kind}`, name]
      }
    }),

    'repeatable': rule('the document says what may be repeated', 'operation', function* ({ value, path }, document) {
      if (methodsThatMayBeRepeated.includes(path.at(-1))) return
      if (typeof value['x-repeatable'] === 'boolean') return
      const branches = actions(document, value)
      if (branches.length === 0) yield ['the operation needs x-repeatable: true or false']
      for (const branch of branches) {
        if (typeof resolve(document, branch)?.['x-repeatable'] !== 'boolean') {
          yield [`${branch.$ref} needs x-repeatable: true or false`]
        }
      }
    }),

    'response-content': rule('actions say what they answer', 'operation', function* ({ value }, document) {
      const answered = Object.entries(value.responses ?? {}).filter(([status]) => status.startsWith('2'))
        .map(([, response]) => resolve(document, response) ?? {})
        .flatMap((response) => Object.keys({ ...response.content, ...response['x-alternative-content'] }))
      if (answered.length < 2) return
      for (const branch of actions(document, value)) {
        const named = resolve(document, branch)?.['x-response-content']
        if (!Array.isArray(named)) yield [`${branch.$ref} needs x-response-content`]
        else if (named.some((type) => !answered.includes(type))) yield [`${branch.$ref} names what is not answered`]
      }
    }),

    'stream': rule('streams are marked', 'mediaType', function* ({ value }, document) {
      const binary = resolve(document, value.schema)?.format === 'binary'
      if (binary && value['x-stream'] !== true) yield ['bytes need x-stream: true beside the schema']
      if (!binary && 'x-stream' in value) yield ['only bytes are a stream', 'x-stream']
    }),
  },
}
