/** Environment variables at the edges of what is accepted. */
import { expect, test } from 'vitest'
import { isProblem } from '../problems/problem.ts'
import { judgeEnvVars } from './env-vars.ts'

test('a name has at most 256 characters', () => {
  const longest = { ['N'.repeat(256)]: 'x' }
  expect(judgeEnvVars(longest)).toEqual(longest)
  const refused = expect.toSatisfy((error: unknown) => isProblem(error, 'CONFIG_INVALID'))
  expect(() => judgeEnvVars({ ['N'.repeat(257)]: 'x' })).toThrow(refused)
})
