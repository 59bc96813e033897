/** The workflows, as GitHub would read them. */
import { fileURLToPath } from 'node:url'
import { ensureActionlint, mustRun } from '@fairlead/testkit'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

test('actionlint finds nothing in them', async () => {
  expect(await mustRun(await ensureActionlint(), ['-no-color'], { cwd: root })).toBe('')
})
