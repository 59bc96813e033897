/** Which of many nodes a waiting check or cluster goes to. */
import { newId, type NodeId } from '@fairlead/contract/names'
import { expect, test } from 'vitest'
import { iso } from './clock.ts'
import { Presence } from './nodes/presence.ts'
import { createSchedule } from './schedule.ts'
import { openSqliteStore } from './store/sqlite/sqlite.ts'
import { insertBuild, insertCloud, insertEnvironment, insertNode } from './testing/inserted-records.ts'
import { tempDir } from './testing/temp-dir.ts'
import { testClock } from './testing/test-clock.ts'
import { facts } from './testing/test-node.ts'

/** A cloud of nodes that are all heard from, the oldest first. */
async function fleet(count: number) {
  const dir = tempDir()
  const store = await openSqliteStore(dir.path)
  const clock = testClock(Date.parse('2026-12-03T12:00:00Z'))
  const presence = new Presence(clock.now)
  const schedule = createSchedule({ clock: clock.now, presence })
  const { cloud, nodes } = await store.write(async (transaction) => {
    const cloud = await insertCloud(transaction)
    const nodes: NodeId[] = []
    for (let at = 0; at < count; at += 1) {
      const { id } = await insertNode(transaction, cloud.id, `n${at}`, { id: newId('node', at), checker: false, facts })
      nodes.push(id)
      presence.heard(id)
    }
    return { cloud, nodes }
  })
  return {
    store,
    cloud,
    nodes,
    presence,
    clock,
    run: () => store.write((transaction) => schedule(transaction, cloud.id)),
    async build(leaseNodeId: NodeId | null) {
      return store.write(async (transaction) => {
        const environment = await insertEnvironment(transaction, cloud.id)
        return insertBuild(transaction, environment.id, cloud.id, {
          lease_node_id: leaseNodeId,
          lease_expires_at: leaseNodeId === null ? null : iso(clock.now() + 1),
        })
      })
    },
    async [Symbol.asyncDispose]() {
      await store.close()
      dir[Symbol.dispose]()
    },
  }
}

test('a check stays with the node that has it, however many come before it', async () => {
  await using world = await fleet(150)
  const last = world.nodes.at(-1) ?? null
  const [held, waiting] = [await world.build(last), await world.build(null)]
  await world.run()
  expect((await world.store.reader.builds.byId(held.id))?.lease_node_id).toBe(last)
  expect((await world.store.reader.builds.byId(waiting.id))?.lease_node_id).toBe(world.nodes[0])
})

test('a check goes to a node that is heard from, even if the first hundred are not', async () => {
  await using world = await fleet(150)
  world.clock.advance(91_000)
  world.presence.heard(world.nodes[140] ?? newId('node'))
  const waiting = await world.build(null)
  await world.run()
  expect((await world.store.reader.builds.byId(waiting.id))?.lease_node_id).toBe(world.nodes[140])
})
