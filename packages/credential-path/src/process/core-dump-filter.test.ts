import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isUnsafeProcess } from './unsafe-process.ts'
import { keepMemoryOutOfCores } from './core-dump-filter.ts'
import { secureProcess } from './secure-process.ts'

const file = '/proc/self/coredump_filter'
const filter = () => readFileSync(file, 'utf8').trim()
const before = filter()
/** What the kernel dumps of a process by default: its private memory, and more. */
beforeEach(() => writeFileSync(file, '0x33'))
afterEach(() => writeFileSync(file, `0x${before}`))

describe('S25: a core dump contains no memory', () => {
  test.each([
    ['an agent, a pull or a doctor', secureProcess],
    ['a credential helper', isUnsafeProcess],
  ])('of %s', (_, begin) => {
    begin()
    expect(filter()).toBe('00000000')
  })

  test('on a kernel that makes none is no concern', () => {
    expect(() => keepMemoryOutOfCores('/nowhere/coredump_filter')).not.toThrow()
  })
})
