import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { folderBeside } from './built-console.ts'

const place = mkdtempSync(join(tmpdir(), 'fairlead-console-'))
const urlOf = (path: string) => pathToFileURL(join(place, path)).href

afterAll(() => rmSync(place, { recursive: true, force: true }))

test('finds the console next to the installed program, and in the repository where it was built', () => {
  for (const folder of ['opt/fairlead/console', 'work/packages/console/dist']) {
    mkdirSync(join(place, folder), { recursive: true })
    writeFileSync(join(place, folder, 'index.html'), '')
  }
  expect(folderBeside(urlOf('opt/fairlead/parts/serve-a1b2.mjs'))).toBe(join(place, 'opt/fairlead/console/'))
  expect(folderBeside(urlOf('work/packages/cli/src/commands/serve/built-console.ts'))).toBe(
    join(place, 'work/packages/console/dist/'),
  )
})

test('looks only next to the installed program', () => {
  mkdirSync(join(place, 'home/console/dist'), { recursive: true })
  writeFileSync(join(place, 'home/console/dist/index.html'), '')
  expect(folderBeside(urlOf('home/me/a/b/parts/serve-a1b2.mjs'))).toBeNull()
})

test('finds none without a build', () => {
  expect(folderBeside(urlOf('empty/packages/cli/src/commands/serve/built-console.ts'))).toBeNull()
})
