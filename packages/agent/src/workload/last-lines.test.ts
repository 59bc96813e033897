import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readableLines, withoutValues } from './last-lines.ts'

const name = fc.stringMatching(/^[A-Z_]{1,12}$/)
const value = fc.stringMatching(/^[a-z0-9/=+ .$\\^*|]{6,40}$/)

test('no value of six characters or more remains in the output, wherever it was printed', () => {
  fc.assert(
    fc.property(fc.dictionary(name, value), fc.string(), (values, between) => {
      // What is left of one value and what follows it could make up another by chance.
      const apart = between.replaceAll(/[a-z0-9/=+ .$\\^*|]/g, '-')
      const shown = withoutValues(Object.values(values).join(`-${apart}-`), values)
      for (const each of Object.values(values)) expect(shown).not.toContain(each)
    }),
  )
})

test.each([
  ['password=correct-horse', 'password=[PASSWORD]'],
  ['correct-horse-battery', '[LONGER]'],
  ['-----BEGIN KEY-----', '[KEY]'],
  ['MIIEvQIBADAN', '[KEY]'],
  ['stage prod', 'stage prod'],
])('%s is shown as %s', (printed, shown) => {
  const values = {
    PASSWORD: 'correct-horse',
    LONGER: 'correct-horse-battery',
    KEY: '-----BEGIN KEY-----\nMIIEvQIBADAN\n',
    STAGE: 'prod',
    NONE: '',
  }
  expect(withoutValues(printed, values)).toBe(shown)
})

test('nothing printed is no line, and each line is readable', () => {
  expect(readableLines('')).toEqual([])
  expect(readableLines('\n')).toEqual([])
  expect(readableLines('\u001b[32mone\u001b[0m\r\n\ttwo\n')).toEqual(['one', '  two'])
})
