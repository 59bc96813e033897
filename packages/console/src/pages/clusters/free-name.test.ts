import { Name } from '@fairlead/contract/names'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { freeName } from './free-name.ts'

test('proposes the name of the environment, or the next with a number if a running cluster has it', () => {
  expect(freeName('demo', new Set())).toBe('demo')
  expect(freeName('demo', new Set(['demo']))).toBe('demo-2')
  expect(freeName('demo', new Set(['demo', 'demo-2', 'demo-3']))).toBe('demo-4')
})

test('proposes a name that is not taken, however long the wanted one is', () => {
  const name = fc.stringMatching(/^[a-z]{1,128}$/)
  fc.assert(
    fc.property(name, fc.array(name), (wanted, others) => {
      const taken = new Set([wanted, ...others])
      const free = freeName(wanted, taken)
      expect(taken.has(free)).toBe(false)
      expect(Name.safeParse(free).success).toBe(true)
    }),
  )
})
