/** PostgreSQL meets what every store must, and what several replicas on one database promise beside. */
import { startPostgres, type Postgres } from '@fairlead/testkit'
import { afterAll, beforeAll } from 'vitest'
import { openPostgresStore } from './postgres.ts'
import { describeStore } from './store.conformance.ts'

let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
  const url = await postgres.createDatabase()
  await (await openPostgresStore(url)).close()
  template = new URL(url).pathname.slice(1)
})
afterAll(() => postgres.stop())
let template: string

describeStore('PostgreSQL', async () => {
  const url = await postgres.createDatabase({ template })
  let store = await openPostgresStore(url)
  return {
    store,
    async reopen() {
      await store.close()
      store = await openPostgresStore(url)
      return store
    },
    dispose: () => store.close(),
  }
})
