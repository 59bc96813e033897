import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { announcedIn, judge } from './announcements.ts'
import { breakingChanges } from './breaking-changes.ts'

type Json = Record<string, unknown>

const text = { type: 'string' }

/** A document with one operation that takes a `Body` and returns a `Thing`. */
function documentWith(change: {
  operation?: Json
  body?: Json
  thing?: Json
  schemas?: Json
  status?: string
  parameters?: Json[]
}): Json {
  const { body = {}, thing = {}, status = '201' } = change
  return {
    paths: {
      '/things': {
        post: {
          operationId: 'create_thing',
          'x-access': 'developer',
          parameters: change.parameters ?? [
            { name: 'wait', in: 'query', required: false, schema: { type: 'integer', maximum: 9 } },
          ],
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Body' } } },
          },
          responses: {
            [status]: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
            '422': { content: { 'application/problem+json': { schema: {} } } },
          },
          ...change.operation,
        },
      },
    },
    components: {
      schemas: {
        Body: {
          type: 'object',
          properties: { name: { type: 'string', maxLength: 9 }, size: { enum: ['s', 'm'] } },
          required: ['name'],
          additionalProperties: false,
          ...body,
        },
        Thing: {
          type: 'object',
          properties: {
            id: text,
            size: { enum: ['s', 'm'] },
            note: text,
            parent: { $ref: '#/components/schemas/Thing' },
          },
          required: ['id', 'size'],
          ...thing,
        },
        ...change.schemas,
      },
    },
  }
}

const thingFields = { id: text, size: { enum: ['s', 'm'] }, note: text, parent: { $ref: '#/components/schemas/Thing' } }
const bodyFields = { name: { type: 'string', maxLength: 9 }, size: { enum: ['s', 'm'] } }
const changesOf = (change: Parameters<typeof documentWith>[0]) =>
  breakingChanges(documentWith({}), documentWith(change))

describe('breaking changes', () => {
  test.each<[string, Parameters<typeof documentWith>[0], string]>([
    [
      'a field of an answer that is gone',
      { thing: { properties: { id: text, size: { enum: ['s'] } } } },
      'Thing.note: is gone',
    ],
    ['a field of an answer that may be absent', { thing: { required: ['id'] } }, 'Thing.size: may be absent'],
    [
      'a value of an answer that was not there',
      { thing: { properties: { ...thingFields, size: { enum: ['s', 'm', 'l'] } } } },
      'Thing.size: may be "l"',
    ],
    [
      'an answer that may be null',
      { thing: { properties: { ...thingFields, note: { anyOf: [text, { type: 'null' }] } } } },
      'Thing.note: may be null',
    ],
    [
      'another type of an answer',
      { thing: { properties: { ...thingFields, id: { type: 'integer' } } } },
      'Thing.id: the type changed',
    ],
    ['another status', { status: '202' }, 'POST /things 201: is no answer any more'],
    ['a field that a request needs', { body: { required: ['name', 'size'] } }, 'Body.size: is required'],
    [
      'a field that a request may not have',
      { body: { properties: { name: bodyFields.name } } },
      'Body.size: is not taken any more',
    ],
    [
      'a value that a request may not have',
      { body: { properties: { ...bodyFields, size: { enum: ['s'] } } } },
      'Body.size: takes no "m"',
    ],
    [
      'less room in a request',
      { body: { properties: { ...bodyFields, name: { type: 'string', maxLength: 8 } } } },
      'Body.name: maxLength changed',
    ],
    [
      'a pattern of a request',
      { body: { properties: { ...bodyFields, name: { type: 'string', maxLength: 9, pattern: 'x' } } } },
      'Body.name: pattern changed',
    ],
    ['a condition on a request', { body: { not: { required: ['name', 'size'] } } }, 'Body: not changed'],
    [
      'a default',
      { body: { properties: { ...bodyFields, size: { enum: ['s', 'm'], default: 'm' } } } },
      'Body.size: default changed',
    ],
    ['a parameter that is gone', { parameters: [] }, 'POST /things query wait: is not taken any more'],
    ['a higher role', { operation: { 'x-access': 'admin' } }, 'POST /things: is for admin now'],
    ['another name', { operation: { operationId: 'make_thing' } }, 'POST /things: is not called create_thing any more'],
  ])('%s', (_name, change, expected) => {
    expect(changesOf(change)).toContain(expected)
  })

  test('a removed operation', () => {
    expect(breakingChanges(documentWith({}), { paths: {} })).toEqual(['POST /things: is gone'])
  })
})

describe('compatible changes', () => {
  test.each<[string, Parameters<typeof documentWith>[0]]>([
    ['nothing changed', {}],
    ['one field more in an answer', { thing: { properties: { ...thingFields, more: text } } }],
    ['an answer that is always there', { thing: { required: ['id', 'size', 'note'] } }],
    ['fewer values of an answer', { thing: { properties: { ...thingFields, size: { const: 's' } } } }],
    ['more values of a request', { body: { properties: { ...bodyFields, size: { enum: ['s', 'm', 'l'] } } } }],
    ['a field that a request may have', { body: { properties: { ...bodyFields, more: text } } }],
    ['a field that a request need not have', { body: { required: [] } }],
    ['a lower role', { operation: { 'x-access': 'viewer' } }],
  ])('%s', (_name, change) => {
    expect(changesOf(change)).toEqual([])
  })

  test('a new value in an enum whose unknown values clients must accept', () => {
    const codes = (values: string[]) => ({
      thing: { properties: { ...thingFields, size: { enum: values, 'x-open-enum': true } } },
    })
    expect(breakingChanges(documentWith(codes(['s'])), documentWith(codes(['s', 'm'])))).toEqual([])
  })
})

describe('announcements', () => {
  test('a line with the key and a reason announces a change, and nothing else does', () => {
    const announced = announcedIn('# Text\n\n- `Thing.note: is gone`: nobody read it.\n- `no reason`\n')
    expect(announced).toEqual(['Thing.note: is gone'])
    expect(judge(['Thing.note: is gone', 'other'], announced)).toEqual({ unannounced: ['other'], unfounded: [] })
    expect(judge([], announced).unfounded).toEqual(announced)
  })

  test('the document of this version is compatible with itself', async () => {
    const path = new URL('../../packages/contract/openapi.json', import.meta.url)
    const document = JSON.parse(await readFile(path, 'utf8')) as Json
    expect(breakingChanges(document, document)).toEqual([])
  })
})
