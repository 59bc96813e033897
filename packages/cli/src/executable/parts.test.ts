import { Script } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { compiledName, openParts, wrapped } from './parts.ts'

function fileOf(parts: Record<string, string | Uint8Array>) {
  const asked: string[] = []
  const bytesOf = (name: string): Uint8Array | null => {
    asked.push(name)
    const part = parts[name]
    return typeof part === 'string' ? Buffer.from(wrapped(part)) : (part ?? null)
  }
  return { bytesOf, asked }
}

describe('openParts', () => {
  test('reads a part on first use, and runs it once', () => {
    const { bytesOf, asked } = fileOf({
      'a.js': `exports.later = () => require('./b.js')`,
      'b.js': `exports.made = {}`,
    })
    const { later } = openParts(bytesOf)('a.js') as { later: () => unknown }
    expect(asked).not.toContain('b.js')
    expect(later()).toBe(later())
    expect(asked.filter((name) => name === 'b.js')).toHaveLength(1)
  })

  test('parts may require each other', () => {
    const { bytesOf } = fileOf({
      'a.js': `exports.name = 'a'; exports.b = require('./b.js').name`,
      'b.js': `exports.name = 'b of ' + require('./a.js').name`,
    })
    expect(openParts(bytesOf)('a.js')).toEqual({ name: 'a', b: 'b of a' })
  })

  test('a part may replace its exports, and require modules of Node', () => {
    const { bytesOf } = fileOf({ 'a.js': `module.exports = require('node:path').basename('/x/y')` })
    expect(openParts(bytesOf)('a.js')).toBe('y')
  })

  test('uses code that was compiled before', () => {
    const text = wrapped('exports.is = 1')
    const compiled = new Script(text, { filename: 'fairlead:a.js' }).createCachedData()
    const { bytesOf } = fileOf({ 'a.js': 'exports.is = 1', [compiledName('a.js')]: compiled })
    const rejected: (boolean | undefined)[] = []
    expect(openParts(bytesOf, (_, script) => rejected.push(script.cachedDataRejected))('a.js')).toEqual({ is: 1 })
    expect(rejected).toEqual([false])
  })

  test('compiled code that V8 rejects only costs time', () => {
    const { bytesOf } = fileOf({ 'a.js': 'exports.is = 1', [compiledName('a.js')]: Buffer.alloc(64) })
    expect(openParts(bytesOf)('a.js')).toEqual({ is: 1 })
  })

  test('reports a missing part by name', () => {
    expect(() => openParts(() => null)('./none.js')).toThrow('this executable has no part none.js')
  })
})
