/** What every store must do, whatever database it is on. */
import { newId, type CloudId, type ClusterId, type NodeId, type PullId } from '@fairlead/contract'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type {
  ApiTokenRecord,
  AuditRecord,
  BuildRecord,
  CloudRecord,
  ClusterRecord,
  MemberRecord,
  NodeRecord,
  PullCheckpointRecord,
  StoredPull,
} from './records.ts'
import type { Committed, NamedKind, Slice, Store, Transaction } from './store.ts'

export interface OpenedStore {
  store: Store
  /** Closes it and opens it anew, as a restart does. */
  reopen(): Promise<Store>
  /** Another process's view of the same database, where there can be one. */
  another?(): Promise<Store>
  dispose(): Promise<void>
}

const at = '2026-11-24T12:00:00.000Z'
const later = '2026-11-24T13:00:00.000Z'
const first = { before: null, limit: 100 }

export function describeStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`the store on ${name}`, () => {
    let opened: OpenedStore
    let store: Store
    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })
    afterEach(() => opened.dispose())

    describe('transactions', () => {
      test('what a write made is there for the next reader, and after a restart', async () => {
        const cloud = await store.write(insertCloud)
        expect(await store.reader.clouds.byId(cloud.id)).toEqual(cloud)
        store = await opened.reopen()
        expect(await store.reader.clouds.byId(cloud.id)).toEqual(cloud)
      })

      test('a write that throws leaves nothing behind and tells nobody', async () => {
        const told: Committed[] = []
        store.onCommit((committed) => told.push(committed))
        const failed = store.write(async (transaction) => {
          await insertCloud(transaction)
          transaction.announce('node', 'node_x')
          transaction.afterCommit(() => told.push({ events: false, nodes: new Set(), revoked: new Set() }))
          throw new RangeError('the work failed')
        })
        await expect(failed).rejects.toThrow(RangeError)
        expect(await store.reader.clouds.count()).toBe(0)
        expect(await store.reader.events.end()).toEqual({ sequence: 0, at: null })
        expect(told).toEqual([])
      })

      test('writes that read and then write do not lose one another’s work', async () => {
        const cloud = await store.write(insertCloud)
        const environment = await store.write((transaction) => insertEnvironment(transaction, cloud.id))
        const nextRevision = () =>
          store.write(async (transaction) => {
            const found = await transaction.environments.byId(environment.id)
            const revision = (found?.latest_revision ?? 0) + 1
            await transaction.environments.update(environment.id, { latest_revision: revision })
            return revision
          })
        const revisions = await Promise.all(Array.from({ length: 20 }, nextRevision))
        expect(new Set(revisions).size).toBe(20)
        expect((await store.reader.environments.byId(environment.id))?.latest_revision).toBe(21)
      })

      test('a reader never sees a transaction that is not committed', async () => {
        const seen: number[] = []
        const write = store.write(async (transaction) => {
          await insertCloud(transaction)
          await insertCloud(transaction)
        })
        for (let i = 0; i < 5; i++) seen.push(await store.reader.clouds.count())
        await write
        expect(seen.every((count) => count === 0 || count === 2)).toBe(true)
      })

      test('after the commit the nodes to wake are told, and each changed resource is one event', async () => {
        const told: Committed[] = []
        store.onCommit((committed) => told.push(committed))
        const [node, revoked] = [newId('node'), newId('node')]
        await store.write(async (transaction) => {
          for (let i = 0; i < 3; i++) transaction.announce('cluster', 'ses_a')
          transaction.announce('build', 'bld_b')
          transaction.wake(node)
          transaction.cutOff(revoked)
        })
        expect(told.map(({ events, nodes, revoked }) => ({ events, nodes, revoked }))).toEqual([
          { events: true, nodes: new Set([node]), revoked: new Set([revoked]) },
        ])
        const events = await store.reader.events.after(0, 10)
        expect(events.map((event) => [event.kind, event.resource_id])).toEqual([
          ['cluster', 'ses_a'],
          ['build', 'bld_b'],
        ])
        expect(await store.reader.events.after(events[0]?.sequence ?? 0, 10)).toEqual(events.slice(1))
        expect(await store.reader.events.end()).toEqual({ sequence: events[1]?.sequence, at: events[1]?.at })
      })

      test('of many writers at once, each sees what the others did, and the events come in the order of the commits', async () => {
        const cloud = await store.write(insertCloud)
        const environment = await store.write((transaction) => insertEnvironment(transaction, cloud.id))
        const writers = [store, (await opened.another?.()) ?? store]
        const committed: number[] = []
        const count = async (writer: Store) => {
          for (let i = 0; i < 25; i++) {
            await writer.write(async (transaction) => {
              const found = await transaction.environments.byId(environment.id)
              const revision = (found?.latest_revision ?? 0) + 1
              await transaction.environments.update(environment.id, { latest_revision: revision })
              transaction.announce('build', String(revision))
              transaction.afterCommit(() => committed.push(revision))
            })
          }
        }
        let stopped = false
        const seen: string[] = []
        const follow = async () => {
          for (let last = 0; ;) {
            const enough = stopped
            const found = await store.reader.events.after(last, 100)
            seen.push(...found.map((event) => event.resource_id))
            last = found.at(-1)?.sequence ?? last
            if (enough && found.length === 0) return
          }
        }
        const following = follow()
        await Promise.all([...writers, ...writers].map(count))
        stopped = true
        await following
        const all = Array.from({ length: 100 }, (_, index) => String(index + 2))
        expect(seen).toEqual(all)
        expect(new Set(committed.map(String))).toEqual(new Set(all))
      })

      test('event numbers go on after old events were removed', async () => {
        const announce = () => store.write(async (transaction) => transaction.announce('node', 'node_x'))
        await announce()
        const last = await store.reader.events.end()
        await store.write((transaction) => transaction.events.removeBefore('9999'))
        await announce()
        expect((await store.reader.events.end()).sequence).toBe(last.sequence + 1)
        expect(await store.reader.events.holds(last)).toBe(false)
      })

      test('a place among the events is held while its event is there, and is no other’s of the same number', async () => {
        await store.write(async (transaction) => transaction.announce('node', 'node_x'))
        const end = await store.reader.events.end()
        const held = [end, { ...end, at: null }, { sequence: 0, at: null }]
        for (const mark of held) expect(await store.reader.events.holds(mark)).toBe(true)
        const ahead = { ...end, sequence: end.sequence + 1 }
        for (const mark of [ahead, { ...ahead, at: null }, { ...end, at: new Date(0).toISOString() }]) {
          expect(await store.reader.events.holds(mark)).toBe(false)
        }
      })
    })

    describe('lists', () => {
      test('pages hold every row once, newest first', async () => {
        const made: string[] = []
        for (let i = 0; i < 7; i++) {
          made.push((await store.write((transaction) => insertCloud(transaction, { id: newId('cld', 1000 + i) }))).id)
        }
        const seen: string[] = []
        for (let before: string | null = null; ;) {
          const rows: CloudRecord[] = await store.reader.clouds.list({}, { before, limit: 3 })
          seen.push(...rows.map((row) => row.id))
          before = rows.at(-1)?.id ?? null
          if (before === null) break
        }
        expect(seen).toEqual(made.reverse())
      })

      test('ids compare by their bytes, whatever the language of the database', async () => {
        for (const id of ['cld_a', 'cld_B', 'cld_b', 'cld_A', 'cld_0'] as CloudId[]) {
          await store.write((transaction) => insertCloud(transaction, { id }))
        }
        const ids = async (before: string | null) =>
          (await store.reader.clouds.list({}, { before, limit: 9 })).map((cloud) => cloud.id)
        expect(await ids(null)).toEqual(['cld_b', 'cld_a', 'cld_B', 'cld_A', 'cld_0'])
        expect(await ids('cld_a')).toEqual(['cld_B', 'cld_A', 'cld_0'])
      })

      test('a part of a name is found in any case, and its % and _ mean themselves', async () => {
        for (const name of ['Team_A', 'teamXa', 'other']) {
          await store.write((transaction) => insertCloud(transaction, { name }))
        }
        expect(await store.reader.clouds.byName('\0')).toBeNull()
        const names = async (nameContains: string) =>
          (await store.reader.clouds.list({ nameContains }, first)).map((cloud) => cloud.name)
        expect(await names('EAM_a')).toEqual(['Team_A'])
        expect(await names('%')).toEqual([])
        expect((await names('team')).sort()).toEqual(['Team_A', 'teamXa'])
        expect(await store.reader.clouds.list({ name: 'team_a' }, first)).toEqual([])
      })
    })

    describe('rules that hold whoever writes', () => {
      test('a name of a cloud is given once', async () => {
        await store.write((transaction) => insertCloud(transaction, { name: 'one' }))
        await expect(store.write((transaction) => insertCloud(transaction, { name: 'one' }))).rejects.toBeInstanceOf(
          Error,
        )
      })

      test('a build belongs to an environment that exists', async () => {
        const cloud = await store.write(insertCloud)
        await expect(
          store.write((transaction) => insertBuild(transaction, newId('cenv'), cloud.id)),
        ).rejects.toBeInstanceOf(Error)
      })

      test('a node has one workload at a time, and may have the next once it is released', async () => {
        const { node, cluster } = await store.write(insertFleet)
        const part = member(cluster.id, node.id)
        await store.write((transaction) => transaction.members.insert([part]))
        const second = { ...part, generation: 2 }
        await expect(store.write((transaction) => transaction.members.insert([second]))).rejects.toBeInstanceOf(Error)
        await store.write((transaction) => transaction.members.update(part, { released_at: at, phase: 'stopped' }))
        expect(await store.reader.members.holding(node.id)).toBeNull()
        await store.write((transaction) => transaction.members.insert([second]))
        expect(await store.reader.members.holding(node.id)).toEqual(second)
        expect(await store.reader.members.holdingIn([node.id])).toEqual([second])
        await store.write((transaction) => transaction.members.removeBefore(cluster.id, 2))
        expect(await store.reader.members.ofCluster(cluster.id)).toEqual([second])
      })

      test('a revoked node’s name may be used again', async () => {
        const cloud = await store.write(insertCloud)
        const node = await store.write((transaction) => insertNode(transaction, cloud.id, 'n1'))
        await expect(store.write((transaction) => insertNode(transaction, cloud.id, 'n1'))).rejects.toBeInstanceOf(
          Error,
        )
        await store.write((transaction) => transaction.nodes.update(node.id, { revoked_at: at }))
        const next = await store.write((transaction) => insertNode(transaction, cloud.id, 'n1'))
        expect((await store.reader.nodes.byName('n1'))?.id).toBe(next.id)
      })

      test('S18: a challenge is answered once, and forgotten after its end', async () => {
        const burn = () => store.write((transaction) => transaction.challenges.burn('nonce', at))
        const answers = await Promise.all([burn(), burn(), burn()])
        expect(answers.filter(Boolean)).toHaveLength(1)
        await store.write((transaction) => transaction.challenges.removeExpired(later))
        expect(await burn()).toBe(true)
      })

      test('a key of its own is made once, whoever asks first', async () => {
        const ask = (fresh: string) => store.write((transaction) => transaction.challenges.key('k', fresh))
        const [first, second] = [await ask('one'), await ask('two')]
        expect([first, second]).toEqual(['one', 'one'])
      })

      test('S19: a machine has at most one live node', async () => {
        const machine = { instance_key: 'aws:1:AROA:i-1', identity: { principal: 'arn', instance: 'i-1' } }
        const cloud = await store.write(insertCloud)
        const join = (name: string) => store.write((transaction) => insertNode(transaction, cloud.id, name, machine))
        const first = await join('m1')
        await expect(join('m2')).rejects.toThrow(/unique/i)
        expect(await store.reader.nodes.byInstance(machine.instance_key)).toEqual(first)
        await store.write((transaction) => transaction.nodes.update(first.id, { revoked_at: later }))
        expect(await store.reader.nodes.byInstance(machine.instance_key)).toBeNull()
        const next = await join('m2')
        expect((await store.reader.nodes.byInstance(machine.instance_key))?.id).toBe(next.id)
      })

      test('a join token burns once, and not after its end', async () => {
        const cloud = await store.write(insertCloud)
        const insert = (hash: string) =>
          store.write((transaction) =>
            transaction.joinTokens.insert({
              id: newId('jtk'),
              cloud_id: cloud.id,
              token_hash: hash,
              creator_id: 'tok_x',
              created_at: at,
              expires_at: later,
              used_at: null,
              used_by_node_id: null,
              used_by_node_name: null,
            }),
          )
        const burn = (hash: string, nodeName: string, when: string) =>
          store.write((transaction) => transaction.joinTokens.burn(hash, { nodeId: newId('node'), nodeName, at: when }))
        await insert('a')
        await insert('b')
        const answers = await Promise.all(['n1', 'n2', 'n3'].map((name) => burn('a', name, at)))
        expect(answers.filter(Boolean)).toHaveLength(1)
        expect((await store.reader.joinTokens.byHash('a'))?.used_by_node_name).toBe(`n${answers.indexOf(true) + 1}`)
        expect(await burn('b', 'n1', later)).toBe(false)
        expect(await burn('none', 'n1', at)).toBe(false)
      })

      test('a pull record is kept once for its hash; the last is the one with the highest number', async () => {
        const { node } = await store.write(insertFleet)
        const append = (sequence: number, hash: string) =>
          store.write((transaction) => transaction.pulls.append(pull(node.id, sequence, hash)))
        await append(1, 'h1')
        await append(3, 'h3')
        await append(2, 'h2')
        await expect(append(4, 'h3')).rejects.toBeInstanceOf(Error)
        expect((await store.reader.pulls.lastOf(node.id))?.hash).toBe('h3')
        expect((await store.reader.pulls.withHash(node.id, 'h2'))?.sequence).toBe(2)
        expect(await store.reader.pulls.list({ nodeId: node.id }, first)).toHaveLength(3)
        expect(await store.reader.pulls.list({ code: 'IMAGE_NOT_FOUND' }, first)).toEqual([])
      })
    })

    describe('what the fleet asks', () => {
      test('builds that nobody has decided, oldest first, and those that a node holds', async () => {
        const cloud = await store.write(insertCloud)
        const environment = await store.write((transaction) => insertEnvironment(transaction, cloud.id))
        const node = newId('node')
        const make = (revision: number, part: Partial<BuildRecord>) =>
          store.write((transaction) => insertBuild(transaction, environment.id, cloud.id, { revision, ...part }))
        const pending = await make(1, { id: newId('bld', 1) })
        const held = await make(2, {
          id: newId('bld', 2),
          status: 'in_progress',
          lease_node_id: node,
          lease_expires_at: later,
        })
        await make(3, { id: newId('bld', 3), status: 'failed' })
        expect(await store.reader.builds.undecided(cloud.id)).toEqual([pending, held])
        expect(await store.reader.builds.leasedTo(node)).toEqual([held])
        expect(await store.reader.cloudsWithWork(at)).toEqual([cloud.id])
        await store.write((transaction) => transaction.builds.update(pending.id, { status: 'succeeded' }))
        expect(await store.reader.cloudsWithWork(at)).toEqual([])
        expect(await store.reader.cloudsWithWork(later)).toEqual([cloud.id])
      })

      test('the newest build of each environment', async () => {
        const cloud = await store.write(insertCloud)
        const environment = await store.write((transaction) => insertEnvironment(transaction, cloud.id))
        await store.write((transaction) => insertBuild(transaction, environment.id, cloud.id))
        const second = await store.write(async (transaction) => {
          await transaction.environments.update(environment.id, { latest_revision: 2 })
          return insertBuild(transaction, environment.id, cloud.id, { revision: 2 })
        })
        expect(await store.reader.builds.latestOf([environment.id])).toEqual([second])
        expect(await store.reader.builds.latestOf([])).toEqual([])
      })

      test('clusters in a state, the longest waiting first, and how many there are in each', async () => {
        const { cluster, cloud } = await store.write(insertFleet)
        const change = { state: 'AwaitingStartup', state_changed_at: later } as const
        await store.write((transaction) => transaction.clusters.update(cluster.id, change))
        expect(await store.reader.clusters.inState(cloud.id, 'AwaitingStartup')).toEqual([{ ...cluster, ...change }])
        expect(await store.reader.counts()).toEqual({ clusters: { AwaitingStartup: 1 }, builds: { pending: 1 } })
        expect(await store.reader.cloudsWithWork(at)).toEqual([cloud.id])
      })

      test('when each node was heard of, or joined', async () => {
        const cloud = await store.write(insertCloud)
        const [a, b, c] = await store.write(async (transaction) => [
          await insertNode(transaction, cloud.id, 'a'),
          await insertNode(transaction, cloud.id, 'b'),
          await insertNode(transaction, cloud.id, 'c'),
        ])
        await store.write(async (transaction) => {
          await transaction.nodes.update(b.id, { last_heard_at: later })
          await transaction.nodes.update(c.id, { revoked_at: later })
        })
        const heard = await store.reader.nodes.lastHeard()
        expect(new Map(heard.map((one) => [one.id, one.heard_at]))).toEqual(
          new Map([
            [a.id, at],
            [b.id, later],
          ]),
        )
      })

      test('when nodes were heard is written for many at once, and only forward', async () => {
        const cloud = await store.write(insertCloud)
        const ids = await store.write(async (transaction) => {
          const made: NodeId[] = []
          for (let i = 0; i < 600; i++) made.push((await insertNode(transaction, cloud.id, `n${i}`)).id)
          return made
        })
        const note = (heard_at: string) =>
          store.write((transaction) => transaction.nodes.noteHeard(ids.map((id) => ({ id, heard_at }))))
        await note(later)
        await note(at)
        const heard = await store.reader.nodes.lastHeard()
        expect(new Set(heard.map((one) => one.id))).toEqual(new Set(ids))
        expect(heard.every((one) => one.heard_at === later)).toBe(true)
        await store.write((transaction) => transaction.nodes.noteHeard([]))
      })

      test('sessions end, and answers to keys are forgotten', async () => {
        const { node } = await store.write(insertFleet)
        const session = { id: newId('nse'), node_id: node.id, expires_at: at }
        const answer = {
          caller_id: 'tok_x',
          key: 'k',
          request_hash: 'h',
          status: 201,
          sealed_body: 's',
          created_at: at,
        }
        await store.write(async (transaction) => {
          await transaction.sessions.insert(session)
          await transaction.idempotency.insert(answer)
        })
        expect(await store.reader.sessions.byId(session.id)).toEqual(session)
        expect(await store.reader.idempotency.find('tok_x', 'k')).toEqual(answer)
        expect(await store.reader.idempotency.find('tok_y', 'k')).toBeNull()
        await store.write(async (transaction) => {
          await transaction.sessions.removeExpired(later)
          await transaction.idempotency.removeBefore(later)
        })
        expect(await store.reader.sessions.byId(session.id)).toBeNull()
        expect(await store.reader.idempotency.find('tok_x', 'k')).toBeNull()
      })
    })

    describe('old pull records', () => {
      const removeUpTo = (transaction: Transaction, last: StoredPull) => transaction.pulls.removeThrough(last)
      const arrived = (nodeId: NodeId, sequence: number, when: string): StoredPull => ({
        ...pull(nodeId, sequence, `h${sequence}-${when}`),
        key: newId('pull', Date.parse(when)),
        received_at: when,
      })

      test('are found by node: one that came before then, and is not all that there is', async () => {
        const nodes = await store.write(async (transaction) => {
          const fleets = []
          for (let count = 0; count < 4; count++) fleets.push((await insertFleet(transaction)).node.id)
          const [none, newest, both, young] = fleets as [NodeId, NodeId, NodeId, NodeId]
          for (const [nodeId, sequence, when] of [
            [newest, 1, at],
            [both, 1, at],
            [both, 2, later],
            [young, 1, later],
            [young, 2, later],
          ] as const) {
            await transaction.pulls.append(arrived(nodeId, sequence, when))
          }
          return { none, both, young }
        })
        expect(await store.reader.pulls.nodesWithOld(at)).toEqual([])
        expect(await store.reader.pulls.nodesWithOld(later)).toEqual([nodes.both])
        expect(await store.reader.pulls.nodesWithOld('2026-11-24T13:00:00.001Z')).toEqual(
          [nodes.both, nodes.young].toSorted(),
        )
      })

      test('go from the start of a node’s chain on, and no others; a page that began at one goes on', async () => {
        const [one, other] = [await store.write(insertFleet), await store.write(insertFleet)]
        const chain = [arrived(one.node.id, 1, at), arrived(one.node.id, 2, at), arrived(one.node.id, 3, at)]
        const [oldest, second, third] = chain as [StoredPull, StoredPull, StoredPull]
        const twin = arrived(one.node.id, 2, later)
        const elsewhere = arrived(other.node.id, 1, at)
        await store.write(async (transaction) => {
          for (const record of [third, twin, second, oldest, elsewhere]) await transaction.pulls.append(record)
        })
        const left = () => store.reader.pulls.oldestOf(one.node.id, 10)
        expect(await left()).toEqual([oldest, second, twin, third])
        expect(await store.reader.pulls.oldestOf(one.node.id, 2)).toEqual([oldest, second])
        await store.write((transaction) => removeUpTo(transaction, second))
        expect(await left()).toEqual([twin, third])
        expect(await store.reader.pulls.lastOf(one.node.id)).toEqual(third)
        expect(await store.reader.pulls.list({}, { before: newId('pull', Date.parse(at) + 1), limit: 10 })).toEqual(
          [third, elsewhere].toSorted((a, b) => (a.key < b.key ? 1 : -1)),
        )
        await store.write((transaction) => removeUpTo(transaction, twin))
        expect(await left()).toEqual([third])
        expect(await store.reader.pulls.list({}, { before: twin.key, limit: 10 })).toHaveLength(2)
        expect(await store.reader.pulls.byId(twin.id as PullId)).toBeNull()
      })

      test('go together with the checkpoint that the rest continues, or stay', async () => {
        const { cloud, node } = await store.write(insertFleet)
        const elsewhere = await store.write(insertFleet)
        const chain = [arrived(node.id, 1, at), arrived(node.id, 2, later)] as const
        const checkpoint = (removed: number, until: string): PullCheckpointRecord => ({
          node_id: node.id,
          sequence: removed,
          hash: 'h',
          removed,
          received_until: until,
          removed_at: later,
          checksum: 'c',
        })
        await store.write(async (transaction) => {
          for (const one of chain) await transaction.pulls.append(one)
        })
        const failing = store.write(async (transaction) => {
          await removeUpTo(transaction, chain[0])
          await transaction.pullCheckpoints.put(checkpoint(1, at))
          throw new RangeError('killed')
        })
        await expect(failing).rejects.toThrow(RangeError)
        expect(await store.reader.pulls.oldestOf(node.id, 10)).toEqual(chain)
        expect(await store.reader.pullCheckpoints.of(node.id)).toBeNull()
        expect(await store.reader.pullCheckpoints.receivedUntil()).toBeNull()

        await store.write((transaction) => transaction.pullCheckpoints.put(checkpoint(1, at)))
        await store.write((transaction) => transaction.pullCheckpoints.put(checkpoint(2, later)))
        store = await opened.reopen()
        const { pullCheckpoints } = store.reader
        expect(await pullCheckpoints.of(node.id)).toEqual(checkpoint(2, later))
        expect(await pullCheckpoints.ofNodes([node.id, elsewhere.node.id])).toEqual([checkpoint(2, later)])
        expect(await pullCheckpoints.receivedUntil()).toBe(later)
        expect(await pullCheckpoints.receivedUntil({ within: [cloud.id] })).toBe(later)
        expect(await pullCheckpoints.receivedUntil({ within: [elsewhere.cloud.id] })).toBeNull()
      })
    })

    describe('of some clouds alone', () => {
      const fleetWithPull = async (transaction: Transaction) => {
        const fleet = await insertFleet(transaction)
        const told = pull(fleet.node.id, 1, 'h1')
        await transaction.pulls.append(told)
        const changed = { build: fleet.build, cluster: fleet.cluster, node: fleet.node, pull: told }
        for (const [kind, { id }] of Object.entries(changed)) transaction.announce(kind as keyof typeof changed, id)
        return { ...fleet, pull: told }
      }

      test('are lists, pulls and events', async () => {
        const one = await store.write(fleetWithPull)
        await store.write(fleetWithPull)
        const only = { within: [one.cloud.id] }
        const { reader } = store
        expect(await reader.clouds.list(only, first)).toEqual([one.cloud])
        expect(await reader.environments.list({ ...only, includeArchived: true }, first)).toEqual([one.environment])
        expect(await reader.builds.list(null, first, only)).toEqual([one.build])
        expect(await reader.clusters.list(only, first)).toEqual([one.cluster])
        expect(await reader.nodes.list(only, first)).toEqual([one.node])
        expect(await reader.pulls.list(only, first)).toEqual([one.pull])
        const events = await reader.events.after(0, 100, only)
        expect(events.map((event) => event.resource_id)).toEqual(
          [one.build, one.cluster, one.node, one.pull].map(({ id }) => id),
        )
        expect(await reader.events.after(0, 100)).toHaveLength(8)
      })

      test('is a pull by the node that told it, where two nodes gave it one id', async () => {
        const [one, two] = [await store.write(fleetWithPull), await store.write(fleetWithPull)]
        const forged = { ...pull(two.node.id, 2, 'h2'), id: one.pull.id }
        await store.write((transaction) => transaction.pulls.append(forged))
        const byId = (fleet: typeof one) => store.reader.pulls.byId(forged.id as PullId, { within: [fleet.cloud.id] })
        expect(await byId(one)).toEqual(one.pull)
        expect(await byId(two)).toEqual(forged)
      })

      test('a name is taken whichever cloud it is in; that of a revoked token is free', async () => {
        const { cloud, environment, cluster } = await store.write(insertFleet)
        const token: ApiTokenRecord = {
          id: newId('tok'),
          name: 't',
          role: 'viewer',
          cloud_ids: [cloud.id],
          token_hash: 'h',
          created_at: at,
          last_used_at: null,
          revoked_at: null,
        }
        await store.write((transaction) => transaction.apiTokens.insert(token))
        expect(await store.reader.apiTokens.byHash('h')).toEqual(token)
        const nameTaken = (kind: NamedKind, name: string) => store.reader.nameTaken(kind, name)
        expect(await nameTaken('cloud', cloud.name)).toBe(true)
        expect(await nameTaken('environment', environment.name)).toBe(true)
        expect(await nameTaken('cluster', cluster.name)).toBe(true)
        expect(await nameTaken('api_token', 't')).toBe(true)
        expect(await nameTaken('cloud', 'free')).toBe(false)
        await store.write((transaction) => transaction.apiTokens.update(token.id, { revoked_at: at }))
        expect(await nameTaken('api_token', 't')).toBe(false)
      })
    })

    test('audit events stay, and are found by act, token and cloud, newest first', async () => {
      const [tokenId, cloudId] = [newId('tok'), newId('cld')]
      const event = (part: Partial<AuditRecord>, age: number): AuditRecord => ({
        id: newId('aud', 1_000_000 - age),
        at,
        request_id: 'req_x',
        token_id: null,
        token_name: null,
        role: null,
        act: 'token.create',
        resource_ids: ['tok_x'],
        cloud_id: null,
        outcome: 'done',
        ...part,
      })
      const newest = event({ act: 'node.revoke', cloud_id: cloudId, outcome: 'ROLE_TOO_LOW', resource_ids: [] }, 0)
      const middle = event({ token_id: tokenId, token_name: 't', role: 'admin' }, 1)
      const oldest = event({}, 2)
      await store.write(async (transaction) => {
        for (const one of [middle, newest, oldest]) await transaction.audit.insert(one)
      })
      store = await opened.reopen()
      const list = (filter: Parameters<typeof store.reader.audit.list>[0], slice: Slice = first) =>
        store.reader.audit.list(filter, slice)
      expect(await list({})).toEqual([newest, middle, oldest])
      expect(await list({}, { ...first, before: newest.id })).toEqual([middle, oldest])
      expect(await list({ act: 'token.create' })).toEqual([middle, oldest])
      expect(await list({ tokenId })).toEqual([middle])
      expect(await list({ within: [cloudId] })).toEqual([newest])
    })
  })
}

async function insertCloud(transaction: Transaction, part: Partial<CloudRecord> = {}): Promise<CloudRecord> {
  const id = newId('cld')
  const cloud: CloudRecord = {
    id,
    name: id,
    provider: 'aws',
    partition: 'aws',
    region: 'eu-west-1',
    account_id: null,
    project_id: null,
    project_number: null,
    node_role: null,
    join: 'token',
    role_id: null,
    allow_any_secret: true,
    created_at: at,
    ...part,
  }
  await transaction.clouds.insert(cloud)
  return cloud
}

async function insertEnvironment(transaction: Transaction, cloudId: CloudId) {
  const id = newId('cenv')
  const environment = {
    id,
    name: id,
    cloud_id: cloudId,
    creator_id: 'tok_x',
    created_at: at,
    last_modified_at: at,
    archived_at: null,
    latest_revision: 1,
  }
  await transaction.environments.insert(environment)
  return environment
}

async function insertBuild(
  transaction: Transaction,
  environmentId: BuildRecord['cluster_environment_id'],
  cloudId: CloudId,
  part: Partial<BuildRecord> = {},
): Promise<BuildRecord> {
  const build: BuildRecord = {
    id: newId('bld'),
    cluster_environment_id: environmentId,
    revision: 1,
    status: 'pending',
    docker_image_name: 'registry.example.com/app:1',
    ray_version: '2.55.1',
    registry_login_secret: null,
    env_vars: { A: 'ä\u0000"' },
    cloud_id: cloudId,
    creator_id: 'tok_x',
    created_at: at,
    last_modified_at: at,
    digest: null,
    size_bytes: 2 ** 40,
    platform: null,
    byod_ray_version: null,
    warnings: [],
    advice: [],
    checked_by: null,
    steps: [],
    problem: { code: 'IMAGE_NOT_FOUND', facts: { registry: 'registry.example.com' } },
    attempt: 0,
    lease_node_id: null,
    lease_expires_at: null,
    ...part,
  }
  await transaction.builds.insert(build)
  return build
}

async function insertNode(
  transaction: Transaction,
  cloudId: CloudId,
  name: string,
  part: Partial<NodeRecord> = {},
): Promise<NodeRecord> {
  const node: NodeRecord = {
    id: newId('node'),
    name,
    cloud_id: cloudId,
    checker: true,
    public_key: 'k',
    facts: null,
    joined_at: at,
    identity: null,
    instance_key: null,
    second_join: null,
    last_heard_at: null,
    revoked_at: null,
    report_ids: ['rep_a'],
    pull_chain: null,
    ...part,
  }
  await transaction.nodes.insert(node)
  return node
}

async function insertFleet(transaction: Transaction) {
  const cloud = await insertCloud(transaction)
  const environment = await insertEnvironment(transaction, cloud.id)
  const build = await insertBuild(transaction, environment.id, cloud.id)
  const node = await insertNode(transaction, cloud.id, newId('node'))
  const id = newId('ses')
  const cluster: ClusterRecord = {
    id,
    name: id,
    state: 'Terminated',
    problem: null,
    cloud_id: cloud.id,
    build_id: build.id,
    worker_count: 1,
    pin_digest: true,
    digest: null,
    generation: 0,
    was_running: false,
    creator_id: 'tok_x',
    created_at: at,
    state_changed_at: at,
    head_address: null,
    dashboard_url: null,
    alive_nodes: null,
  }
  await transaction.clusters.insert(cluster)
  return { cloud, environment, build, node, cluster }
}

function member(clusterId: ClusterId, nodeId: NodeId): MemberRecord {
  return {
    cluster_id: clusterId,
    generation: 1,
    node_id: nodeId,
    role: 'head',
    phase: 'assigned',
    steps: [],
    problem: null,
    warnings: ['RAY_VERSION_MISMATCH'],
    last_lines: null,
    assigned_at: at,
    released_at: null,
  }
}

function pull(nodeId: NodeId, sequence: number, hash: string): StoredPull {
  return {
    key: newId('pull'),
    id: newId('pull'),
    node_id: nodeId,
    sequence,
    hash,
    cluster_id: null,
    code: null,
    record: { sequence } as StoredPull['record'],
    chain: 'intact',
    received_at: at,
  }
}
