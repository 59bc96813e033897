import { isProblem, problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { chosenDatabase, onDatabase } from './chosen-database.ts'

const url = 'postgres://fairlead@db.example.com:5432/fairlead?sslrootcert=/etc/db@ca.pem'

function refusalOf(database: string): unknown {
  try {
    return chosenDatabase({ env: {} }, { database })
  } catch (error) {
    return error
  }
}

test('prefers the flag to the environment, and ignores an empty variable', () => {
  const env = { FAIRLEAD_DATABASE: 'postgres://u:secret@h/d' }
  expect(chosenDatabase({ env }, {})).toBe('postgres://u:secret@h/d')
  expect(chosenDatabase({ env }, { database: url })).toBe(url)
  expect(chosenDatabase({ env: { FAIRLEAD_DATABASE: '' } }, {})).toBeUndefined()
})

test.each([
  'postgres://fairlead:canary@db.example.com/fairlead',
  'postgresql://fairlead:canary@a:5432,b:5432/fairlead?sslmode=require',
  'postgres://fairlead:canary/with?all#of:it@db/fairlead',
  'postgres://:canary@db/fairlead',
  'mysql://fairlead:canary@db/fairlead',
  'postgres://fairlead@db/fairlead?password=canary',
])('rejects a password in the flag without repeating it: %s', (database) => {
  const refused = refusalOf(database)
  expect(isProblem(refused, 'PASSWORD_ON_COMMAND_LINE')).toBe(true)
  expect(JSON.stringify(refused) + String(refused)).not.toContain('canary')
})

test.each([url, 'postgres://fairlead@[::1]:5432/fairlead', 'postgres://fairlead@a:1,b:2/d', 'nonsense'])(
  'accepts a URL without a password unchanged: %s',
  (database) => {
    expect(refusalOf(database)).toBe(database)
  },
)

test('says what to check before a start when a database does not answer, and leaves other problems unchanged', async () => {
  const unreachable = problem('DATABASE_UNREACHABLE', { host: 'db.example.com:5432' })
  const told = await onDatabase(() => Promise.reject(unreachable)).catch((error: unknown) => error)
  expect(told).toMatchObject({
    code: 'DATABASE_NOT_REACHED',
    what: expect.stringContaining('db.example.com:5432') as string,
    fix: expect.not.stringContaining('Idempotency') as string,
  })
  const other = problem('DATABASE_MISSING', { host: 'h', name: 'd' })
  await expect(onDatabase(() => Promise.reject(other))).rejects.toBe(other)
})
