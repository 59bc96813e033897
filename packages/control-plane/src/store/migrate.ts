/** Migrates a database, one migration at a time, each in one transaction with its number; rejects a database newer than this program. */
import { problem } from '@fairlead/contract/problems'
import { sql, type Kysely, type Transaction } from 'kysely'
import type { Migration, MigrationDialect } from './migration.ts'
import { initial } from './migrations/0001-initial.ts'
import { provenNodes } from './migrations/0002-proven-nodes.ts'
import { checkAdvice } from './migrations/0003-check-advice.ts'
import { limitedTokensAndAudit } from './migrations/0004-limited-tokens-and-audit.ts'
import { lastLines } from './migrations/0005-last-lines.ts'
import { pullCheckpoints } from './migrations/0006-pull-checkpoints.ts'
import { nodeEnds } from './migrations/0007-node-ends.ts'
import { pullsOfBuilds } from './migrations/0008-pulls-of-builds.ts'
import { rayTokens } from './migrations/0009-ray-tokens.ts'
import { purposesOfPulls } from './migrations/0010-purposes-of-pulls.ts'
import { sortedLists } from './migrations/0011-sorted-lists.ts'
import { deletedClouds } from './migrations/0012-deleted-clouds.ts'
import { expiringTokens } from './migrations/0013-expiring-tokens.ts'
import { sessionsOfPeople } from './migrations/0014-sessions-of-people.ts'
import { timeOfLastLines } from './migrations/0015-time-of-last-lines.ts'
import { kubernetesClusters } from './migrations/0016-kubernetes-clusters.ts'
import { ownersOfPulls } from './migrations/0017-owners-of-pulls.ts'
import { memoryOfNodes } from './migrations/0018-memory-of-nodes.ts'
import { listsAtSize } from './migrations/0019-lists-at-size.ts'
import { cloudsOfPulls } from './migrations/0020-clouds-of-pulls.ts'
import { prefetchedBuilds } from './migrations/0021-prefetched-builds.ts'
import { newestBuildsAndCloudsOfEvents } from './migrations/0022-newest-builds-and-clouds-of-events.ts'
import { brokenChains } from './migrations/0023-broken-chains.ts'
import { liveNodes } from './migrations/0024-live-nodes.ts'
import type { Tables } from './row.ts'

/** Append only: a released number is never changed. */
export const migrations: readonly Migration[] = [
  initial,
  provenNodes,
  checkAdvice,
  limitedTokensAndAudit,
  lastLines,
  pullCheckpoints,
  nodeEnds,
  pullsOfBuilds,
  rayTokens,
  purposesOfPulls,
  sortedLists,
  deletedClouds,
  expiringTokens,
  sessionsOfPeople,
  timeOfLastLines,
  kubernetesClusters,
  ownersOfPulls,
  memoryOfNodes,
  listsAtSize,
  cloudsOfPulls,
  prefetchedBuilds,
  newestBuildsAndCloudsOfEvents,
  brokenChains,
  liveNodes,
]

export async function migrate(
  db: Kysely<Tables>,
  dialect: MigrationDialect,
  place: string,
  list: readonly Migration[] = migrations,
): Promise<void> {
  while (await db.transaction().execute((transaction) => isOneStepOn(transaction, dialect, place, list))) {
    // One transaction per step: finished steps stay, whatever follows.
  }
}

/** False if there is nothing left to do. */
async function isOneStepOn(
  transaction: Transaction<Tables>,
  dialect: MigrationDialect,
  place: string,
  list: readonly Migration[],
): Promise<boolean> {
  await dialect.takeTurn(transaction)
  await sql`create table if not exists schema_version (version integer not null)`.execute(transaction)
  const found = await versionOf(transaction)
  if (!Number.isSafeInteger(found) || found < 0) {
    throw problem('DATABASE_UNFIT', { path: place, reason: 'its schema_version is not a number of Fairlead' })
  }
  if (found > list.length) throw problem('DATABASE_TOO_NEW', { path: place })
  const migration = list[found]
  if (migration === undefined) return false
  await migration(transaction, dialect)
  await transaction.deleteFrom('schema_version').execute()
  await transaction
    .insertInto('schema_version')
    .values({ version: found + 1 })
    .execute()
  return true
}

async function versionOf(db: Kysely<Tables>): Promise<number> {
  const row = await db.selectFrom('schema_version').select('version').executeTakeFirst()
  return row?.version ?? 0
}
