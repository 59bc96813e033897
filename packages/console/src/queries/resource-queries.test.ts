import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const source = join(import.meta.dirname, '..')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /(?<!\.test)\.tsx?$/.test(name),
)

test('each key belongs to one question: no two places write the same one with a function that asks', () => {
  const askers = new Map<string, string[]>()
  for (const name of files) {
    for (const [, key = ''] of readFileSync(join(source, name), 'utf8').matchAll(
      /queryKey: \['([\w-]+', '[\w -]+)'.*\n\s*(?:\/\/.*\n\s*)?queryFn/g,
    )) {
      askers.set(key, [...(askers.get(key) ?? []), name])
    }
  }
  expect(askers.size).toBeGreaterThan(20)
  expect([...askers].filter(([, places]) => places.length > 1)).toEqual([])
})
