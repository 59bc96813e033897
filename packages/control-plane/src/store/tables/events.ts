/** Events: which resource changed, in commit order. */
import type { CloudId } from '@fairlead/contract/names'
import type { ExpressionBuilder, Kysely } from 'kysely'
import type { EventMark, EventRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { EventTable } from '../store.ts'

/** Whose clouds are looked up before others get a turn: a reader of a small cloud may be a day behind. */
const lookedUpAtOnce = 1000

const form = rowForm<EventRecord>({ json: [], flags: [] })

/** Whether the changed resource belongs to these clouds: looked up, since most readers request all. */
const isWithin = (within: readonly CloudId[]) => (eb: ExpressionBuilder<Tables, 'events'>) => {
  const ofTable = (
    kind: EventRecord['kind'],
    table: 'audit_events' | 'builds' | 'cluster_environments' | 'clusters' | 'nodes' | 'pulls',
  ) =>
    eb.and([
      eb('events.kind', '=', kind),
      eb.exists(
        eb
          .selectFrom(table)
          .select(`${table}.id`)
          .whereRef(`${table}.id`, '=', 'events.resource_id')
          .where(`${table}.cloud_id`, 'in', within),
      ),
    ])
  const ofClouds = eb.and([eb('events.kind', '=', 'cloud'), eb('events.resource_id', 'in', within)])
  return eb.or([
    ofTable('build', 'builds'),
    ofTable('cluster', 'clusters'),
    ofTable('node', 'nodes'),
    ofTable('cluster_environment', 'cluster_environments'),
    ofTable('audit', 'audit_events'),
    ofTable('pull', 'pulls'),
    ofClouds,
    // The limited view decides which of them belong only to these clouds.
    eb('events.kind', '=', 'token'),
  ])
}

export function eventTable(db: Kysely<Tables>): EventTable {
  const end = async (): Promise<EventMark> => {
    const newest = db.selectFrom('events').select(['sequence', 'at']).orderBy('sequence', 'desc').limit(1)
    return (await newest.executeTakeFirst()) ?? { sequence: 0, at: null }
  }
  return {
    async after(sequence, limit, only) {
      const newer = (than: number) =>
        db.selectFrom('events').selectAll().where('sequence', '>', than).orderBy('sequence')
      if (only?.within === undefined) return form.all(newer(sequence).limit(limit))
      const found: EventRecord[] = []
      const last = (await end()).sequence
      for (let from = sequence; from < last && found.length < limit; from += lookedUpAtOnce) {
        const some = newer(from)
          .where('sequence', '<=', from + lookedUpAtOnce)
          .where(isWithin(only.within))
        found.push(...(await form.all(some.limit(limit - found.length))))
      }
      return found
    },
    end,
    async holds({ sequence, at }) {
      if (sequence === 0) return true
      const found = await db.selectFrom('events').select('at').where('sequence', '=', sequence).executeTakeFirst()
      return found !== undefined && (at === null || at === found.at)
    },
    async removeBefore(at) {
      await db.deleteFrom('events').where('at', '<', at).execute()
    },
  }
}
