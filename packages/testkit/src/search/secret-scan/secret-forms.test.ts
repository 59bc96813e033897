import { assert, nat, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { FormFinder } from './find-forms.ts'
import { secretForms } from './secret-forms.ts'

const secret = 'c4n@ry "pass/word"+é'

function formsIn(text: string | Buffer): string[] {
  const finder = new FormFinder(secretForms(secret))
  finder.push(Buffer.from(text))
  return [...finder.found]
}

test('finds a secret verbatim, in JSON, in a URL, in hex and in UTF-16', () => {
  expect(formsIn(`password: ${secret}!`)).toContain('as it is')
  expect(formsIn(JSON.stringify({ password: secret }))).toContain('JSON-escaped')
  expect(formsIn(`?p=${encodeURIComponent(secret)}`)).toContain('URL-encoded')
  expect(formsIn(Buffer.from(secret).toString('hex'))).toContain('hex')
  expect(formsIn(Buffer.from(`x${secret}`, 'utf16le'))).toContain('as it is, UTF-16')
})

test('finds a secret in base64 wherever it starts and whatever is next to it', () => {
  assert(
    property(string(), string(), (before, after) => {
      const header = `Basic ${Buffer.from(`${before}${secret}${after}`).toString('base64')}`
      expect(formsIn(header).some((form) => form.startsWith('base64'))).toBe(true)
    }),
  )
})

test('finds a secret across two pieces', () => {
  const bytes = Buffer.from(`....${secret}....`)
  assert(
    property(nat(bytes.length), nat(bytes.length), (one, other) => {
      const finder = new FormFinder(secretForms(secret))
      const [first, second] = [Math.min(one, other), Math.max(one, other)]
      finder.push(bytes.subarray(0, first))
      finder.push(bytes.subarray(first, second))
      finder.push(bytes.subarray(second))
      expect(finder.found.has('as it is')).toBe(true)
    }),
  )
})

test('does not find what is absent', () => {
  expect(formsIn(`password: ${secret.slice(0, -1)}`)).toEqual([])
})

test('rejects a secret short enough to occur by chance', () => {
  expect(() => secretForms('hunter2')).toThrow('12 characters')
})
