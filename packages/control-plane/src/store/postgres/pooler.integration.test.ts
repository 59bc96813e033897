/** A pooler between the replicas and PostgreSQL: in session mode nothing changes; in another, no replica starts. */
import { newId } from '@fairlead/contract/names'
import { isProblem, type ProblemCode } from '@fairlead/contract/problems'
import { startPgBouncer, startPostgres, type Postgres } from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgresStore } from './postgres.ts'

let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

const withCode = (code: ProblemCode) => expect.toSatisfy((error: unknown) => isProblem(error, code))

test('through a pooler in session mode, replicas learn of each other’s commits, and one leads', async () => {
  await using pooler = await startPgBouncer(postgres, 'session')
  const url = pooler.through(await postgres.createDatabase())
  await using stores = new AsyncDisposableStack()
  const open = async () => {
    const store = await openPostgresStore(url)
    stores.defer(() => store.close())
    return store
  }
  const [here, there] = [await open(), await open()]
  const node = newId('node')
  const woken = new Promise((resolve) => there.onCommit(({ nodes }) => resolve([...nodes])))
  await here.write(async (transaction) => transaction.wake(node))
  expect(await woken).toEqual([node])
  expect([here.peers?.leading, there.peers?.leading]).toEqual([true, false])
})

test.each(['transaction', 'statement'] as const)(
  'a pooler in %s mode is refused, and holds no lock afterwards',
  async (mode) => {
    await using pooler = await startPgBouncer(postgres, mode)
    const url = await postgres.createDatabase()
    await expect(openPostgresStore(pooler.through(url))).rejects.toEqual(withCode('DATABASE_POOLED'))
    const store = await openPostgresStore(url)
    expect(store.peers?.leading).toBe(true)
    await store.close()
  },
)
