import { array, assert, property, uint8Array } from 'fast-check'
import { expect, test } from 'vitest'
import { FormSearch } from './form-search.ts'

function found(bytes: Buffer, forms: readonly Buffer[]): string[] {
  const names = new Set<string>()
  new FormSearch(forms.map((form, at) => ({ name: String(at), bytes: form }))).find(bytes, names)
  return [...names].toSorted()
}

// Few distinct bytes, so that forms often occur, overlap, and share prefixes.
const some = (minLength: number, maxLength: number) => uint8Array({ minLength, maxLength, max: 2 })

test('finds exactly what a separate search for each form finds', () => {
  assert(
    property(some(0, 60), array(some(2, 7), { minLength: 1, maxLength: 6 }), (content, patterns) => {
      const bytes = Buffer.from(content)
      const forms = patterns.map((pattern) => Buffer.from(pattern))
      const expected = forms.flatMap((form, at) => (bytes.includes(form) ? [String(at)] : []))
      expect(found(bytes, forms)).toEqual(expected)
    }),
    { numRuns: 2000 },
  )
})

test('finds a form at the very beginning and at the very end', () => {
  expect(found(Buffer.from('abc----xyz'), [Buffer.from('abc'), Buffer.from('xyz'), Buffer.from('yz!')])).toEqual([
    '0',
    '1',
  ])
})

test('rejects a form short enough to occur by chance', () => {
  expect(() => new FormSearch([{ name: 'a', bytes: Buffer.from('a') }])).toThrow('two bytes')
})
