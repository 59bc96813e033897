/** Where the password of a database may be, other than in its URL. */
import { isProblem } from '@fairlead/contract/problems'
import { startPostgres, type Postgres } from '@fairlead/testkit'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { openPostgresStore } from './postgres.ts'

let postgres: Postgres
let bare: URL

beforeAll(async () => {
  postgres = await startPostgres()
  bare = new URL(await postgres.createDatabase())
  bare.password = ''
  vi.stubEnv('PGPASSFILE', '/nonexistent')
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.stubEnv('PGPASSFILE', '/nonexistent')
})
afterAll(() => postgres.stop())

async function opens(): Promise<boolean> {
  try {
    await (await openPostgresStore(bare.href)).close()
    return true
  } catch (error) {
    if (isProblem(error, 'DATABASE_LOGIN_REFUSED')) return false
    throw error
  }
}

test('PGPASSWORD is accepted, and no password at all is rejected', async () => {
  expect(await opens()).toBe(false)
  vi.stubEnv('PGPASSWORD', postgres.password)
  expect(await opens()).toBe(true)
})
