/** Events: which resource changed, in commit order. */
import type { CloudId } from '@fairlead/contract/names'
import type { ChangeKind } from '@fairlead/contract/wire'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { EventMark, EventRecord } from '../records.ts'
import { inStatements, type Within } from '../query.ts'
import { rowForm, type Tables } from '../row.ts'

/** A reader of a small cloud may be a day behind: others get a turn after so many. */
const atOnce = 10_000

const columns = ['sequence', 'kind', 'resource_id', 'at'] as const
/** Where a reader of everything begins. */
const beginning: EventMark = { sequence: 0, at: null }
const form = rowForm<EventRecord>({ json: [], flags: [] })

/** Where a changed resource says which cloud it belongs to. */
const tableOf = {
  build: 'builds',
  cluster: 'clusters',
  node: 'nodes',
  cluster_environment: 'cluster_environments',
  audit: 'audit_events',
} as const

/** Tokens: the limited view decides which of them belong only to its clouds. */
const ofAnyCloud = ''

/** Null if it belongs to none, or is gone. */
function cloudOf(kind: EventRecord['kind'], id: RawBuilder<string>): RawBuilder<CloudId | typeof ofAnyCloud | null> {
  if (kind === 'token') return sql`${ofAnyCloud}`
  if (kind === 'cloud') return sql`${id}`
  // Nodes choose the ids of their records: the newest with that id is meant.
  if (kind === 'pull') return sql`(select cloud_id from pulls where id = ${id} order by key desc limit 1)`
  return sql`(select cloud_id from ${sql.table(tableOf[kind])} where id = ${id})`
}

type Change = Pick<EventRecord, 'kind' | 'resource_id'>

/** Last in a transaction, so that what it made has a cloud. Those of one kind are together, so that the database plans one way to their clouds. */
export async function insertEvents(db: Kysely<Tables>, changes: readonly Change[]): Promise<void> {
  const at = new Date().toISOString()
  for (const [kind, some] of Map.groupBy(changes, (change) => change.kind)) {
    const cloudId = cloudOf(kind, sql`changed.column1`)
    for (const part of inStatements(some)) {
      const ids = part.map(({ resource_id }) => sql`(${resource_id})`)
      await sql`insert into events (kind, resource_id, at, cloud_id)
        select ${kind}, changed.column1, ${at}, ${cloudId} from (values ${sql.join(ids)}) as changed`.execute(db)
    }
  }
}

export function eventTable(db: Kysely<Tables>) {
  const marks = db.selectFrom('events').select(['sequence', 'at']).orderBy('sequence', 'desc').limit(1)
  const end = async (): Promise<EventMark> => (await marks.executeTakeFirst()) ?? beginning
  return {
    async after(sequence: number, limit: number, only?: Within) {
      const newer = (than: number) =>
        db.selectFrom('events').select(columns).where('sequence', '>', than).orderBy('sequence')
      const within = only?.within
      if (within === undefined) return form.all(newer(sequence).limit(limit))
      const found: EventRecord[] = []
      const last = (await end()).sequence
      for (let from = sequence; from < last && found.length < limit; from += atOnce) {
        const some = newer(from)
          .where('sequence', '<=', from + atOnce)
          .where('cloud_id', 'in', [...within, ofAnyCloud])
        found.push(...(await form.all(some.limit(limit - found.length))))
      }
      return found
    },
    /** After the newest of all, whoever may hear it; after number 0 if there are none. */
    end,
    /** After the newest of those that a reader hears, without tokens if it is limited to some clouds. */
    async newest(hidden: readonly ChangeKind[], only?: Within) {
      const heard = hidden.length === 0 ? marks : marks.where('kind', 'not in', hidden)
      // One after another by their index: of all together, the database might look through what others did.
      const each = only?.within?.map((id) => heard.where('cloud_id', '=', id)) ?? [heard]
      const found = await Promise.all(each.map((newest) => newest.executeTakeFirst()))
      return found.reduce<EventMark>(
        (last, one) => (one !== undefined && one.sequence > last.sequence ? one : last),
        beginning,
      )
    },
    /** Whether the events after it are exactly those that its reader has not read. */
    async holds({ sequence, at }: EventMark) {
      if (sequence === 0) return true
      const found = await db.selectFrom('events').select('at').where('sequence', '=', sequence).executeTakeFirst()
      return found !== undefined && (at === null || at === found.at)
    },
    async removeBefore(at: string) {
      await db.deleteFrom('events').where('at', '<', at).execute()
    },
  }
}
