import { problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { logFault } from './log-fault.ts'

function logged(error: unknown) {
  const lines: { level: string; fields: object; text: string }[] = []
  const at = (level: string) => (fields: object, text: string) => void lines.push({ level, fields, text })
  let faults = 0
  logFault(error, { warn: at('warn'), error: at('error') } as never, () => faults++)
  return { lines, faults }
}

test('S22: the log of a fault never contains its message, nor lines of it that look like stack frames', () => {
  const { lines, faults } = logged(Object.assign(new TypeError('no: canary\n    at canary'), { code: '22021' }))
  expect(faults).toBe(1)
  expect(lines).toMatchObject([{ level: 'error', fields: { error: 'TypeError', code: '22021' } }])
  expect(lines[0]?.fields).toMatchObject({ at: expect.arrayContaining([expect.stringMatching(/^at /)]) as string[] })
  expect(JSON.stringify(lines)).not.toContain('canary')

  const changed = new Error('first')
  changed.message = 'canary'
  expect(JSON.stringify(logged(changed))).not.toContain('canary')
  expect(logged('canary').lines).toMatchObject([{ fields: { error: 'string', at: [] } }])
})

test.each([
  problem('DATABASE_UNREACHABLE', { host: 'db:5432' }),
  problem('DATABASE_RIGHTS_MISSING', { path: 'db:5432/fairlead', name: 'fairlead' }),
  problem('DATABASE_UNFIT', { path: 'db:5432/fairlead', reason: 'an index of it is damaged' }),
])('$code is an operator’s matter: a warning that says it, and no fault of the program', (found) => {
  expect(logged(found)).toEqual({
    faults: 0,
    lines: [{ level: 'warn', fields: { code: found.code }, text: found.what }],
  })
})

test('a problem that only the program can cause is its fault', () => {
  expect(logged(problem('INTERNAL'))).toMatchObject({ faults: 1, lines: [{ level: 'error' }] })
})
