import { expect, test } from 'vitest'
import { describeTypes } from './described-types.ts'

const models = {
  Thing: {
    description: 'A thing.',
    properties: { id: { description: 'Its id.' }, note: { description: 'A pattern such as `a*/b`.' } },
    required: ['id'],
  },
  State: { description: 'The state of a thing.' },
}

test('a model becomes an interface with a sentence for each field, whose type stays that of the schema', () => {
  expect(describeTypes('export type Thing = z.infer<typeof Thing>;\n', models)).toBe(`/** A thing. */
export interface Thing {
    /** Its id. */
    id: z.infer<typeof Thing>['id'];
    /** A pattern such as \`a*\\/b\`. */
    note?: z.infer<typeof Thing>['note'];
}
`)
})

test('a field with a default may be left out of what is sent, and is there in what was read', () => {
  const described = { Sent: { description: 'Sent.', properties: { list: { description: 'A list.', default: [] } } } }
  expect(describeTypes('export type Sent = z.input<typeof Sent>;', described)).toContain('    list?: ')
  expect(describeTypes('export type Sent = z.infer<typeof Sent>;', described)).toContain('    list: ')
})

test('a type without fields keeps its form', () => {
  expect(describeTypes('export type State = z.input<typeof State>;', models)).toBe(
    '/** The state of a thing. */\nexport type State = z.input<typeof State>;',
  )
})

test('what is no model stays as it is', () => {
  const other = 'export type Other = z.infer<typeof Other>;\nexport type Thing = string;'
  expect(describeTypes(other, models)).toBe(other)
})
