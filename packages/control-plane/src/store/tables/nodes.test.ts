/** How SQLite finds the nodes that exist: a fleet that grows and shrinks leaves many times as many that do not. */
import { DatabaseSync } from 'node:sqlite'
import { newId } from '@fairlead/contract/names'
import { expect, test } from 'vitest'
import { migrate } from '../migrate.ts'
import { readerOver } from '../reader.ts'
import { kyselyOver } from '../sqlite/kysely-dialect.ts'
import { sqliteDialect } from '../sqlite/sqlite.ts'
import type { Reader } from '../store.ts'

/** Remembers what it is asked. */
class ListeningDatabase extends DatabaseSync {
  readonly asked: string[] = []

  override prepare(statement: string) {
    this.asked.push(statement)
    return super.prepare(statement)
  }

  /** The steps in which it would find the rows of `nodes`, in a subquery too. */
  steps(statement: string): string[] {
    const steps = super.prepare(`explain query plan ${statement}`).all()
    return steps.map(({ detail }) => String(detail)).filter((step) => /^(SCAN|SEARCH) nodes\b/.test(step))
  }
}

const cloudId = newId('cld')
const orders = [undefined, 'name', 'joined_at'] as const

const questions: Record<string, (nodes: Reader['nodes']) => Promise<unknown>> = {
  keys: (nodes) => nodes.keys(),
  'when each was heard': (nodes) => nodes.lastHeard(),
  'checkers of a cloud': (nodes) => nodes.checkers(cloudId, 9),
  'free ones of a cloud': (nodes) => nodes.free(cloudId, 9),
  ...Object.fromEntries(
    orders.flatMap((by) =>
      [{}, { cloudId }, { within: [cloudId, newId('cld')] }, { nameContains: 'x' }].map((filter) => [
        `${Object.keys(filter).join()}, in the order of ${by ?? 'their ids'}`,
        async (nodes: Reader['nodes']) => {
          const slice = { before: null, limit: 9, ...(by && { order: { by, direction: 'asc' } as const }) }
          await nodes.ids({ live: true, ...filter }, slice)
          await nodes.list({ live: true, ...filter }, slice)
          await nodes.count({ live: true, ...filter }, 9)
        },
      ]),
    ),
  ),
}

test.each(Object.keys(questions))('no node that is gone is looked at: %s', async (name) => {
  const database = new ListeningDatabase(':memory:')
  const db = kyselyOver(database)
  await migrate(db, sqliteDialect, 'in memory')
  database.asked.length = 0
  await questions[name]?.(readerOver(db, true).nodes)
  const steps = database.asked.flatMap((statement) => database.steps(statement))
  expect(steps.length).toBeGreaterThan(0)
  // By its key, a node is found in the list of those that were found before.
  const others = steps.filter((step) => !/INDEX nodes_(live|free)|INDEX sqlite_autoindex_nodes_1 \(id=\?\)/.test(step))
  expect(others).toEqual([])
})
