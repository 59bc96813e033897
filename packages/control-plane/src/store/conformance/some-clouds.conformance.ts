/** Queries limited to some clouds contain nothing of others. */
import { newId, type PullId } from '@fairlead/contract/names'
import { beforeEach, describe, expect, test } from 'vitest'
import type { TokenKind } from '@fairlead/contract/wire'
import { at, insertFleet, later, pull } from '../../testing/inserted-records.ts'
import type { OpenedStore } from '../../testing/opened-store.ts'
import type { ApiTokenRecord } from '../records.ts'
import type { NamedKind } from '../reader.ts'
import type { Store, Transaction } from '../store.ts'

const first = { before: null, limit: 100 }

export function describeSomeClouds(opened: () => OpenedStore): void {
  describe('limited to some clouds', () => {
    let store: Store
    beforeEach(() => {
      store = opened().store
    })

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
      const all = await reader.events.after(0, 100)
      expect(all).toHaveLength(8)
      const markOf = ({ sequence, at }: (typeof all)[number]) => ({ sequence, at })
      expect(await reader.events.newest([], only)).toEqual(events.map(markOf).at(-1))
      expect(await reader.events.newest(['pull', 'node'], only)).toEqual(events.map(markOf).at(1))
      expect(await reader.events.newest([])).toEqual(all.map(markOf).at(-1))
      expect(await reader.events.newest(['cloud'], { within: [newId('cld')] })).toEqual({ sequence: 0, at: null })
    })

    test('is a pull by its reporting node, even if two nodes gave it the same id', async () => {
      const [one, two] = [await store.write(fleetWithPull), await store.write(fleetWithPull)]
      const forged = { ...pull(two.node.id, 2, 'h2'), id: one.pull.id }
      await store.write((transaction) => transaction.pulls.append(forged))
      const byId = (fleet: typeof one) => store.reader.pulls.byId(forged.id as PullId, { within: [fleet.cloud.id] })
      expect(await byId(one)).toEqual(one.pull)
      expect(await byId(two)).toEqual(forged)
    })

    test('a name is taken in every cloud; the name of a revoked token is free', async () => {
      const { cloud, environment, cluster } = await store.write(insertFleet)
      const token: ApiTokenRecord = {
        id: newId('tok'),
        name: 't',
        role: 'viewer',
        cloud_ids: [cloud.id],
        token_hash: 'h',
        created_at: at,
        last_used_at: null,
        expires_at: null,
        revoked_at: null,
        identity: null,
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

    test('the name of a token that has expired can be freed, and no other', async () => {
      const { cloud } = await store.write(insertFleet)
      const token = (name: string, expires_at: string | null): ApiTokenRecord => ({
        id: newId('tok'),
        name,
        role: 'viewer',
        cloud_ids: [cloud.id],
        token_hash: `hash of ${name}`,
        created_at: at,
        last_used_at: null,
        expires_at,
        revoked_at: null,
        identity: null,
      })
      const tokens = [token('expired', at), token('expires later', later), token('never expires', null)]
      for (const each of tokens) await store.write((transaction) => transaction.apiTokens.insert(each))
      for (const { name } of tokens) await store.write((transaction) => transaction.apiTokens.freeName(name, at))
      const taken = await Promise.all(tokens.map(({ name }) => store.reader.nameTaken('api_token', name)))
      expect(taken).toEqual([false, true, true])
    })

    test('sessions share a name and take none, are listed apart, and go once they ended', async () => {
      const identity = { issuer: 'https://login.example.com', subject: 'jane' }
      const token = (part: Partial<ApiTokenRecord>): ApiTokenRecord => ({
        id: newId('tok'),
        name: 'jane@example.com',
        role: 'viewer',
        cloud_ids: null,
        token_hash: newId('tok'),
        created_at: at,
        last_used_at: null,
        expires_at: later,
        revoked_at: null,
        identity,
        ...part,
      })
      const [one, two, left] = [token({}), token({}), token({ revoked_at: at })]
      const plain = token({ identity: null })
      for (const each of [one, two, left, plain]) {
        await store.write((transaction) => transaction.apiTokens.insert(each))
      }
      const { apiTokens } = store.reader
      expect(await apiTokens.liveByName(one.name)).toEqual(plain)
      const ids = async (kind?: TokenKind) =>
        new Set((await apiTokens.list({ kind }, { before: null, limit: 10 })).map(({ id }) => id))
      expect(await ids('session')).toEqual(new Set([one.id, two.id, left.id]))
      expect(await ids('token')).toEqual(new Set([plain.id]))
      expect(await ids()).toEqual(new Set([one.id, two.id, left.id, plain.id]))
      expect((await apiTokens.byId(one.id))?.identity).toEqual(identity)
      const oneMillisecondAfter = (time: string) => new Date(Date.parse(time) + 1).toISOString()
      await store.write((transaction) => transaction.apiTokens.removeEndedSessions(oneMillisecondAfter(at)))
      expect(await ids()).toEqual(new Set([one.id, two.id, plain.id]))
      await store.write((transaction) => transaction.apiTokens.removeEndedSessions(oneMillisecondAfter(later)))
      expect(await ids()).toEqual(new Set([plain.id]))
    })
  })
}
