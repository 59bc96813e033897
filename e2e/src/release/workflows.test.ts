/** The workflows, as GitHub would read them. */
import { ensureActionlint, inRepository, mustRun } from '@fairlead/testkit'
import { expect, test } from 'vitest'

test('actionlint finds nothing in them', async () => {
  expect(await mustRun(await ensureActionlint(), ['-no-color'], { cwd: inRepository('.') })).toBe('')
})
