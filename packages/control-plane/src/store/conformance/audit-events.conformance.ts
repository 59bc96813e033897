/** Records of what administrators did are permanent. */
import { newId } from '@fairlead/contract/names'
import { beforeEach, expect, test } from 'vitest'
import { at } from '../../testing/inserted-records.ts'
import type { OpenedStore } from '../../testing/opened-store.ts'
import type { AuditRecord } from '../records.ts'
import type { Slice } from '../query.ts'
import type { Store } from '../store.ts'

const first = { before: null, limit: 100 }

export function describeAuditEvents(opened: () => OpenedStore): void {
  let store: Store
  beforeEach(() => {
    store = opened().store
  })

  test('audit events stay, and can be found by act, token and cloud, newest first', async () => {
    const [tokenId, cloudId] = [newId('tok'), newId('cld')]
    const event = (part: Partial<AuditRecord>, age: number): AuditRecord => ({
      id: newId('aud', 1_000_000 - age),
      at,
      request_id: 'req_x',
      token_id: null,
      token_name: null,
      identity: null,
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
    store = await opened().reopen()
    const list = (filter: Parameters<typeof store.reader.audit.list>[0], slice: Slice = first) =>
      store.reader.audit.list(filter, slice)
    expect(await list({})).toEqual([newest, middle, oldest])
    expect(await list({}, { ...first, before: newest.id })).toEqual([middle, oldest])
    expect(await list({ act: 'token.create' })).toEqual([middle, oldest])
    expect(await list({ tokenId })).toEqual([middle])
    expect(await list({ within: [cloudId] })).toEqual([newest])
  })
}
