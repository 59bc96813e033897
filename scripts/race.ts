/**
 * `npm run race`: three replicas in separate processes behind a TCP balancer on one PostgreSQL; users race for fewer nodes than there are
 * users, until 2,000 clusters were placed (or `-- NUMBER`). Fails if anything was placed twice or rejected.
 */
import { startReplicas } from '@fairlead/testkit'
import { racePlacements, raceText } from '../packages/control-plane/src/testing/placement-race.ts'
import { callerOf } from '../packages/control-plane/src/testing/test-control-plane.ts'

const placements = Number(process.argv[2] ?? 2000)
await using serve = await startReplicas({ fsync: true })
const database = new URL(serve.database?.url ?? '').pathname.slice(1)
const raced = await racePlacements({
  placements,
  origins: [serve.origin],
  admins: [callerOf(serve.origin, serve.adminToken)],
  ask: (sql) => serve.postgres.query(database, sql),
})
const perReplica = serve.replicas.map((replica) => serve.connectionsOf(replica)).join(', ')
process.stdout.write(`${raceText(raced)}connections to each of the ${serve.replicas.length} processes: ${perReplica}\n`)
if (raced.refused.length > 0) process.stdout.write(`${raced.refused.length} refused, the first: ${raced.refused[0]}\n`)
const well = raced.placed === placements && raced.twice === 0 && raced.torn === 0 && raced.refused.length === 0
process.exitCode = well ? 0 : 1
