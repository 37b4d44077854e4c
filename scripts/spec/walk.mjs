// Of which kind the members of each kind of object in an OpenAPI document are; * stands for names of the author's
// choice. Members that are not here, such as examples and extensions, are data.
const grammar = {
  document: { paths: 'paths', components: 'components' },
  components: {
    schemas: 'schemas', responses: 'responses', parameters: 'parameters', examples: 'examples',
    requestBodies: 'requestBodies', headers: 'parameters', securitySchemes: 'securitySchemes',
  },
  paths: { '*': 'pathItem' },
  pathItem: {
    parameters: '[]parameter',
    get: 'operation', put: 'operation', post: 'operation', delete: 'operation',
    options: 'operation', head: 'operation', patch: 'operation', trace: 'operation',
  },
  operation: { parameters: '[]parameter', requestBody: 'requestBody', responses: 'responses' },
  requestBodies: { '*': 'requestBody' },
  requestBody: { content: 'content' },
  responses: { '*': 'response' },
  response: { headers: 'parameters', content: 'content' },
  content: { '*': 'mediaType' },
  mediaType: { schema: 'schema', examples: 'examples' },
  parameters: { '*': 'parameter' },
  parameter: { schema: 'schema', examples: 'examples', content: 'content' },
  examples: { '*': 'example' },
  securitySchemes: { '*': 'securityScheme' },
  securityScheme: {},
  example: {},
  schemas: { '*': 'schema' },
  schema: {
    properties: 'schemas', items: 'schema', additionalProperties: 'schema', not: 'schema',
    allOf: '[]schema', oneOf: '[]schema', anyOf: '[]schema',
  },
}

/** Yields every object of the document with its kind and path, parents first. */
export function* walk(value, kind = 'document', path = []) {
  if (value === null || typeof value !== 'object') return
  if (kind.startsWith('[]')) {
    for (const [i, element] of value.entries()) yield* walk(element, kind.slice(2), [...path, i])
    return
  }
  yield { kind, value, path }
  for (const [name, inner] of Object.entries(value)) {
    const extension = name.startsWith('x-') && kind !== 'schemas'
    const innerKind = grammar[kind][name] ?? (extension ? undefined : grammar[kind]['*'])
    if (innerKind) yield* walk(inner, innerKind, [...path, name])
  }
}

/** Returns the component that value refers to, or value itself if it is no reference. */
export function resolve(document, value) {
  if (typeof value?.$ref !== 'string') return value
  return value.$ref.replace('#/', '').split('/').reduce((at, name) => at?.[name], document)
}
