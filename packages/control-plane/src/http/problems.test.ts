import { expect, test } from 'vitest'
import { withoutMessage } from './problems.ts'

test('S22: the log of a fault never contains its message, nor lines of it that look like stack frames', () => {
  const told = withoutMessage(Object.assign(new TypeError('no: canary\n    at canary'), { code: '22021' }))
  expect(told).toMatchObject({ error: 'TypeError', code: '22021' })
  expect(told.at.length).toBeGreaterThan(0)
  expect(JSON.stringify(told)).not.toContain('canary')

  const changed = new Error('first')
  changed.message = 'canary'
  expect(JSON.stringify(withoutMessage(changed))).not.toContain('canary')
  expect(withoutMessage('canary')).toEqual({ error: 'string', at: [] })
})
