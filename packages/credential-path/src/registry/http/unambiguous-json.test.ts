/** S16, S17: a document that an engine, written in Go, would read differently is not admitted. */
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldKey, isUnambiguous } from './unambiguous-json.ts'

const reads = (json: string) => isUnambiguous(json, new Set(['layers']))

describe('a document with two readings', () => {
  test.each([
    ['a key that comes twice', '{"layers":[1],"size":1,"layers":[2]}'],
    ['a key in another case', '{"layers":[],"Layers":[]}'],
    ['a key with a long s', '{"layers":[],"layer\u017f":[]}'],
    ['a key with the sign of Kelvin', '{"k":1,"\u212a":1}'],
    ['a key that is written as an escape', String.raw`{"layers":[],"layer\u017F":[],"x":"\\"}`],
    ['a key twice in an element of a list', '{"layers":[{"a":1},{"digest":1,"digest":2}]}'],
    ['a key twice after text that looks like one', String.raw`{"a":"\":{[","a" :1}`],
  ])('%s', (_, json) => {
    expect(reads(json)).toBe(false)
  })
})

describe('a document with one reading', () => {
  test.each([
    ['equal keys in objects side by side', '{"layers":[{"digest":1},{"digest":2}]}'],
    ['the same word as key and as value', '{"layers":"layers","other":["layers","layers"]}'],
    ['keys of the user that differ in case alone', '{"annotations":{"Foo":1,"foo":2},"layers":[{"x":{"a":1,"A":2}}]}'],
    ['no object', '"{\\"a\\":1,\\"a\\":2}"'],
  ])('%s', (_, json) => {
    expect(reads(json)).toBe(true)
  })
})

test('S9: reports for any JSON whether its top-level keys are distinct', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: anyCharacter }), fc.jsonValue())), (members) => {
      const json = `{${members.map(([key, value]) => `${JSON.stringify(key)} :${JSON.stringify(value)}`).join(',')}}`
      const keys = members.map(([key]) => foldKey(key))
      expect(isUnambiguous(json, new Set())).toBe(new Set(keys).size === keys.length)
    }),
  )
})
