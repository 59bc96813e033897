import { readConfigYaml, writeConfigYaml } from '@fairlead/config-file'
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyConfig, envVarRows, formOfFields, nextKey, textOf, type ConfigForm } from './form.ts'

const read = (text: string) => readConfigYaml('env.yaml', new TextEncoder().encode(text))
const throughTheFile = (form: ConfigForm) => formOfFields(read(writeConfigYaml(textOf(form))))

const anyText = fc
  .oneof(fc.string({ unit: anyCharacter }), fc.string({ unit: 'grapheme' }), fc.string())
  .filter((text) => text.isWellFormed())
/** Names that an object keeps in order, like every valid name. */
const name = fc.oneof(
  fc.stringMatching(/^[A-Za-z_]\w{0,12}$/),
  anyText.filter((text) => text !== '' && !/^\d+$/.test(text)),
)

test('property: form to YAML to form is the identity', () => {
  const form = fc.record({
    dockerImage: anyText,
    rayVersion: fc.oneof(anyText, fc.constantFrom('2.10', '2.0', '1e3', 'true')),
    envVars: fc.uniqueArray(fc.tuple(name, anyText), { selector: ([one]) => one }).map((vars) => envVarRows(vars)),
    secret: anyText,
  })
  fc.assert(
    fc.property(form, (typed) => {
      expect(throughTheFile(typed)).toEqual(typed)
    }),
    { numRuns: 200 },
  )
})

test('an empty form is a file with empty fields, and back', () => {
  expect(throughTheFile(emptyConfig)).toEqual(emptyConfig)
})

test('leaves an untouched row out of the file', () => {
  const envVars = envVarRows([
    ['A', '1'],
    ['', ''],
  ])
  expect(throughTheFile({ ...emptyConfig, envVars })?.envVars).toEqual(envVarRows([['A', '1']]))
})

test('gives a new row a key that is not in use', () => {
  expect(nextKey([])).toBe(0)
  expect(
    nextKey([
      { key: 4, name: '', value: '' },
      { key: 2, name: '', value: '' },
    ]),
  ).toBe(5)
})
