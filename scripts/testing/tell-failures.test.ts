import { expect, test } from 'vitest'
import { failuresAsText } from './tell-failures.mjs'

const outcome = (message: string) => ({
  file: 'e2e/src/a.test.ts',
  passed: 0,
  failed: 1,
  skipped: 0,
  failures: [{ test: 'it works', message }],
})

test('reports a failure with its layer, its file, its name and the start of its message', () => {
  expect(failuresAsText('e2e', 'failed', [outcome('expected 1\nto be 2')])).toEqual([
    'failed: e2e > e2e/src/a.test.ts > it works\n    expected 1\n    to be 2',
  ])
})

test('cuts a long message, and says so', () => {
  const [text] = failuresAsText('e2e', 'failed', [
    outcome(Array.from({ length: 20 }, (_, n) => `line ${n}`).join('\n')),
  ])
  expect(text).toContain('line 11')
  expect(text).not.toContain('line 12')
  expect(text).toContain('… 8 lines more above')
})

test('reports nothing when nothing failed', () => {
  expect(failuresAsText('e2e', 'failed', [{ file: 'a', passed: 1, failed: 0, skipped: 0, failures: [] }])).toEqual([])
})
