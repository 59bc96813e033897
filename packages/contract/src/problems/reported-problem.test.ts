/** A fact has one form, whoever looks: the problem that is reported, and the schema of who receives it (S6). */
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasForm, wireFactNames, wireForms, type WireValues } from './fact.ts'
import { WireFacts } from './reported-problem.ts'

const numbers = fc.oneof(
  fc.integer({ min: -2, max: 1000 }),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(2 ** 53, NaN, -0),
)

/** Values of the fact's form, values near it, and any others. */
const valuesOf = (name: keyof WireValues): fc.Arbitrary<unknown> => {
  const form = wireForms[name]
  if (!(form instanceof RegExp))
    return fc.oneof(numbers, 'least' in form ? numbers : fc.constantFrom(...form), fc.anything())
  const text = fc.stringMatching(form)
  return fc.oneof(
    text,
    fc.tuple(text, fc.string({ unit: anyCharacter, maxLength: 2 })).map((parts) => parts.join('')),
    fc.anything(),
  )
}

test.each(wireFactNames)('%s is reported exactly if its schema takes it', (name) => {
  fc.assert(
    fc.property(valuesOf(name), (value) => {
      fc.pre(value !== undefined)
      expect(hasForm(name, value)).toBe(WireFacts.safeParse({ [name]: value }).success)
    }),
  )
})

test('a schema describes a fact by its pattern, its words or its limits', () => {
  const { shape } = WireFacts
  expect(
    [shape.digest, shape.provider, shape.http_status, shape.seconds].map((schema) => schema.unwrap().toJSONSchema()),
  ).toMatchObject([
    { pattern: '^sha256:[0-9a-f]{64}$' },
    { enum: ['aws', 'gcp', 'local'] },
    { type: 'integer', minimum: 100, maximum: 599 },
    { type: 'number', minimum: 0 },
  ])
})
