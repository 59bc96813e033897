/** The workflows, as GitHub would read them. */
import { fileURLToPath } from 'node:url'
import { mustRun } from '@fairlead/testkit'
import { expect, test } from 'vitest'
import { ensureActionlint } from '../../../packages/testkit/src/go-programs.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

test('actionlint finds nothing in them', async () => {
  const actionlint = process.env['FAIRLEAD_ACTIONLINT'] ?? (await ensureActionlint(`${root}.cache`))
  expect(await mustRun(actionlint, ['-no-color'], { cwd: root })).toBe('')
})
