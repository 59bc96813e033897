import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { docsOfStep } from './first-steps.ts'

test.each(Object.entries(docsOfStep))('the step %s names a page of the documentation that exists: %s', (_, page) => {
  expect(existsSync(new URL(`../../../../../docs/${page}.md`, import.meta.url))).toBe(true)
})
