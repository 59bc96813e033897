/** The records of a large company after years: how many there are, and how they are spread, is what decides the cost of a list. */
import { createHash } from 'node:crypto'
import { newId, type CloudId } from '@fairlead/contract/names'
import {
  CheckAdvice,
  ownerKey,
  type AuditAct,
  type BuildStatus,
  type ClusterState,
  type PullDecision,
  type PullPurpose,
  type PullRecord,
  type StepReport,
} from '@fairlead/contract/wire'
import type { fillSqlite } from '@fairlead/control-plane/admin/sqlite-database'
import type { ListedPull, Tables } from '@fairlead/control-plane/store/row'
import { randomNumbers } from '@fairlead/testkit'

interface Named {
  readonly id: string
  readonly name: string
}

/** What requests name: records of one cloud, and the other clouds. */
export interface Landmarks {
  readonly cloud: CloudId
  readonly otherClouds: readonly CloudId[]
  readonly environment: Named
  readonly build: string
  readonly cluster: Named
  readonly node: Named
  /** Lists of pulls go by their keys. */
  readonly pull: { readonly id: string; readonly key: string }
  readonly podOwner: string
  readonly auditEvent: string
  readonly token: string
}

/** Of the cloud that has half of everything, and of one that has a fiftieth. */
export interface ByCloud {
  readonly large: Landmarks
  readonly small: Landmarks
}

const dayMs = 86_400_000
const minuteMs = 60_000

type Database = Parameters<Parameters<typeof fillSqlite>[1]>[0]

const iso = (at: number): string => new Date(at).toISOString()
const hex = (text: string): string => createHash('sha256').update(text).digest('hex')
const rowsAtOnce = 400

export async function insertRecords(db: Database, scale: number): Promise<ByCloud> {
  // The same numbers in every run.
  const random = randomNumbers(7)
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const now = Date.now()
  /** Spread over the past, the oldest first. */
  const timeOf = (index: number, count: number, days: number): number =>
    Math.floor(now - dayMs * days * (1 - index / count))
  const counts = {
    environments: Math.round(100_000 * scale),
    builds: Math.round(140_000 * scale),
    clusters: Math.round(10_000 * scale),
    nodes: Math.round(10_000 * scale),
    pulls: Math.round(1_000_000 * scale),
    auditEvents: Math.round(100_000 * scale),
    events: Math.round(100_000 * scale),
  }
  const insert = async <Table extends keyof Tables>(table: Table, rows: Iterable<Tables[Table]>): Promise<void> => {
    let some: Tables[Table][] = []
    const write = async () => {
      if (some.length > 0)
        await db
          .insertInto(table)
          .values(some as never)
          .execute()
      some = []
    }
    for (const row of rows) if (some.push(row) >= rowsAtOnce) await write()
    await write()
  }
  const creator = { creator_id: newId('tok', now - 900 * dayMs), creator_name: 'ci' }

  const cloudIds = Array.from({ length: 12 }, (_, index) => newId('cld', now - 999 * dayMs + index))
  const [large, small, empty, ...others] = cloudIds as [CloudId, CloudId, CloudId, ...CloudId[]]
  await insert(
    'clouds',
    cloudIds.map((id, index) => ({
      id,
      name: `cloud-${index}`,
      provider: 'aws' as const,
      partition: 'aws' as const,
      region: 'us-west-2',
      account_id: '123456789012',
      project_id: null,
      project_number: null,
      node_role: null,
      join: 'token' as const,
      kubernetes: null,
      role_id: null,
      deleted_at: null,
      allow_any_secret: 1,
      prefetch: 0,
      created_at: iso(now - 999 * dayMs),
    })),
  )
  await insert(
    'grants',
    cloudIds.flatMap((cloud_id) =>
      Array.from({ length: 100 }, (_, index) => ({
        id: newId('grn', now - index),
        cloud_id,
        reference: `team-${index}/registry`,
        match: 'exact' as const,
        registries: '["registry.example.com"]',
        created_at: iso(now),
      })),
    ),
  )
  const someCloud = (): CloudId => {
    const at = random()
    return at < 0.5 ? large : at < 0.52 ? small : pick(others)
  }
  const stepsAt = (at: number, names: readonly StepReport['step'][]): string =>
    JSON.stringify(
      names.map((step, index) => ({
        step,
        status: 'done',
        started_at: iso(at + index * 400),
        duration_ms: 100 + index * 7.25,
      })),
    )
  const checkSteps = ['secret', 'match', 'challenge', 'login', 'resolve'] as const

  const environments = Array.from({ length: counts.environments }, (_, index) => {
    const at = timeOf(index, counts.environments, 900)
    return {
      id: newId('cenv', at),
      name: `${pick(['train', 'serve', 'batch', 'tune'])}-${hex(String(index)).slice(0, 8)}-${index}`,
      cloud_id: someCloud(),
      ...creator,
      created_at: iso(at),
      last_modified_at: iso(at + dayMs * random()),
      archived_at: random() < 0.05 ? iso(now) : null,
      latest_revision: index < counts.builds - counts.environments ? 2 : 1,
    }
  })
  const statuses: readonly (readonly [BuildStatus, number])[] = [
    ['failed', 0.02],
    ['canceled', 0.03],
    ['succeeded', 1],
  ]
  const builds = environments.flatMap((environment, index) =>
    Array.from({ length: environment.latest_revision }, (_, at) => {
      const chance = random()
      return {
        id: newId('bld', Date.parse(environment.created_at) + at * minuteMs),
        environment,
        revision: at + 1,
        index,
        status: statuses.find(([, limit]) => chance < limit)?.[0] ?? 'succeeded',
        advice: chance > 0.2 && chance < 0.21 ? JSON.stringify([pick(CheckAdvice.options.slice(0, 3))]) : '[]',
      }
    }),
  )
  const newestBuilds = new Map(builds.map((build) => [build.environment.id, build]))
  await insert(
    'cluster_environments',
    environments.map((environment) => {
      const { status = null, advice = null } = newestBuilds.get(environment.id) ?? {}
      return { ...environment, latest_status: status, latest_advice: advice }
    }),
  )
  await insert(
    'builds',
    // Made as they are written: a transaction that says nothing for long is ended.
    builds.values().map(({ id, environment, revision, index, status, advice }) => {
      const at = Date.parse(environment.created_at)
      const isFailed = status === 'failed'
      return {
        id,
        cluster_environment_id: environment.id,
        revision,
        status,
        docker_image_name: `registry-${index % 20}.example.com/team-${index % 300}/app:${index}`,
        ray_version: '2.55.1',
        registry_login_secret: `team-${index % 300}/registry`,
        env_vars: JSON.stringify({ LOG_LEVEL: 'info', DATA: `s3://bucket-${index}/data`, WANDB_MODE: 'online' }),
        cloud_id: environment.cloud_id,
        ...creator,
        created_at: iso(at),
        last_modified_at: iso(at + minuteMs),
        digest: isFailed ? null : `sha256:${hex(id)}`,
        size_bytes: isFailed ? null : 2 ** 32,
        platform: isFailed ? null : 'linux/amd64',
        byod_ray_version: null,
        warnings: '[]',
        advice,
        checked_by: null,
        prefetch: 0,
        steps: stepsAt(at, checkSteps),
        problem: isFailed
          ? JSON.stringify({ code: 'IMAGE_NOT_FOUND', facts: { registry: 'registry.example.com' } })
          : null,
        attempt: 1,
        lease_node_id: null,
        lease_expires_at: null,
      }
    }),
  )

  const nodes = Array.from({ length: counts.nodes }, (_, index) => {
    const at = timeOf(index, counts.nodes, 400)
    const isRevoked = random() < 0.05
    return {
      id: newId('node', at),
      name: `ip-10-${index >> 8}-${index & 255}-${hex(String(index)).slice(0, 4)}`,
      cloud_id: someCloud(),
      checker: Number(index % 50 === 0),
      public_key: hex(`key ${index}`).slice(0, 43),
      facts: JSON.stringify({
        agent_version: '0.1.0',
        engine_version: '29.0.0',
        platform: 'linux/amd64',
        cpus: 16,
        memory_bytes: 2 ** 36,
        disk_free_bytes: 2 ** 39,
        advertise_address: `10.0.${index >> 8}.${index & 255}`,
        ...(random() < 0.01 && {
          waiting_pods: [
            {
              pod: { namespace: 'team', name: `pod-${index}`, owner: { kind: 'RayCluster', name: 'train' } },
              image: 'registry.example.com/team/app:1',
              since: iso(now),
              code: null,
            },
          ],
        }),
      }),
      joined_at: iso(at),
      identity: null,
      instance_key: null,
      second_join: null,
      last_heard_at: iso(now),
      revoked_at: isRevoked ? iso(now) : null,
      revoked_because: isRevoked ? ('left' as const) : null,
      report_ids: JSON.stringify(Array.from({ length: 32 }, (_, report) => newId('rep', at + report))),
      pull_chain: 'intact' as const,
      memory_bytes: 2 ** 36,
    }
  })
  await insert('nodes', nodes)

  // Clusters hold no node of another cloud, and a node has one cluster.
  const freeNodes = Map.groupBy(
    nodes.filter(({ revoked_at, checker }) => revoked_at === null && checker === 0),
    ({ cloud_id }) => cloud_id,
  )
  const buildsOf = Map.groupBy(builds, ({ environment }) => environment.cloud_id)
  const clusterMembers: Tables['cluster_members'][] = []
  const clusters: Tables['clusters'][] = Array.from({ length: counts.clusters }, (_, index) => {
    const at = timeOf(index, counts.clusters, 400)
    const cloud_id = someCloud()
    const ofCloud = freeNodes.get(cloud_id) ?? []
    const members = random() < 0.25 ? ofCloud.splice(0, 4) : []
    const isRunning = members.length > 0
    const state: ClusterState = isRunning ? 'Running' : random() < 0.02 ? 'StartupErrored' : 'Terminated'
    const cluster = {
      id: newId('ses', at),
      name: `${pick(['nightly', 'sweep', 'notebook'])}-${hex(String(index)).slice(0, 6)}-${index}`,
      state,
      problem:
        state === 'StartupErrored' || (isRunning && random() < 0.01)
          ? JSON.stringify({ code: 'NODE_LOST', facts: {} })
          : null,
      cloud_id,
      build_id: pick(buildsOf.get(cloud_id) ?? builds).id,
      worker_count: 3,
      pin_digest: 1,
      digest: null,
      generation: 3,
      was_running: 1,
      ...creator,
      created_at: iso(at),
      state_changed_at: iso(now - dayMs * 30 * random()),
      head_address: isRunning ? '10.0.0.1:6379' : null,
      dashboard_url: isRunning ? 'http://10.0.0.1:8265' : null,
      alive_nodes: isRunning ? members.length : null,
      ray_token: isRunning ? `frt_${'a'.repeat(43)}` : null,
    }
    const shown = isRunning ? members : Array.from({ length: 4 }, () => pick(nodes))
    for (const [place, node] of [...new Set(shown)].entries()) {
      clusterMembers.push({
        cluster_id: cluster.id,
        generation: 3,
        node_id: node.id,
        role: place === 0 ? 'head' : 'worker',
        phase: isRunning ? 'running' : 'stopped',
        steps: stepsAt(at, [...checkSteps, 'pull', 'start', 'ray']),
        problem: null,
        warnings: '[]',
        last_lines: JSON.stringify(Array.from({ length: 50 }, (_, line) => `${line}: step ${index} of the training`)),
        last_lines_at: iso(at),
        assigned_at: iso(at),
        released_at: isRunning ? null : iso(at + minuteMs),
      })
    }
    return cluster
  })
  await insert('clusters', clusters)
  await insert('cluster_members', clusterMembers)

  const middlePulls = new Map<CloudId, Landmarks['pull']>()
  const sequences = new Map<string, number>()
  const owners: Tables['pull_owners'][] = []
  const train = { kind: 'RayCluster', name: 'train' }
  const podOwner = ownerKey('team', train)
  function* pulls(): Iterable<Tables['pulls']> {
    for (let index = 0; index < counts.pulls; index++) {
      const at = timeOf(index, counts.pulls, 90)
      const node = pick(nodes)
      const sequence = (sequences.get(node.id) ?? 0) + 1
      sequences.set(node.id, sequence)
      const chance = random()
      const purpose: PullPurpose = chance < 0.5 ? 'cluster' : chance < 0.8 ? 'door' : chance < 0.98 ? 'check' : 'once'
      const result = random()
      const decision: PullDecision = result < 0.02 ? 'refused' : result < 0.1 ? 'anonymous_no_secret' : 'authenticated'
      const code = result < 0.015 ? 'IMAGE_NOT_FOUND' : result < 0.02 ? 'REGISTRY_UNREACHABLE' : null
      const registry = `registry-${Math.floor(20 * random() * random())}.example.com`
      const hasPods = purpose === 'door' && random() < 0.1
      const record: PullRecord = {
        id: newId('pull', at),
        node_id: node.id,
        sequence,
        purpose,
        ...(purpose === 'door' && { engine: 'containerd' as const }),
        ...(hasPods && { pods: [{ namespace: 'team', name: `pod-${index}`, owner: train }] }),
        cluster_id: purpose === 'cluster' ? pick(clusters).id : null,
        build_id: purpose === 'check' ? pick(builds).id : null,
        image: `${registry}/team/app:${index}`,
        registry,
        repository: 'team/app',
        digest: `sha256:${hex(`digest ${index}`)}`,
        secret_reference: 'team/registry',
        secret_version: 'AWSCURRENT-0f1e2d3c',
        decision,
        login: 'accepted',
        code,
        bytes: Math.floor(random() * 2 ** 33),
        total_bytes: 2 ** 33,
        started_at: iso(at),
        duration_ms: Math.floor(random() * 60_000),
        steps: JSON.parse(stepsAt(at, [...checkSteps, 'pull'])) as StepReport[],
        previous_hash: hex(`${node.id} ${sequence - 1}`),
        hash: hex(`${node.id} ${sequence}`),
      }
      const key = newId('pull', at)
      if (index <= counts.pulls / 2) middlePulls.set(node.cloud_id, { id: record.id, key })
      const { id, hash, cluster_id, build_id, bytes, duration_ms } = record
      const listed: ListedPull = {
        key,
        cloud_id: node.cloud_id,
        node_id: node.id,
        cluster_id,
        build_id,
        purpose,
        code,
        registry,
        decision,
        bytes,
        duration_ms,
      }
      if (hasPods) owners.push({ ...listed, owner: podOwner })
      yield {
        ...listed,
        id,
        sequence,
        hash,
        record: JSON.stringify(record),
        chain: 'intact',
        received_at: iso(at),
      }
    }
  }
  await insert('pulls', pulls())
  await insert('pull_owners', owners)

  const acts: readonly AuditAct[] = ['grant.add', 'cluster.terminate', 'environment.archive', 'session.start']
  const auditEvents: Tables['audit_events'][] = Array.from({ length: counts.auditEvents }, (_, index) => {
    const at = timeOf(index, counts.auditEvents, 900)
    return {
      id: newId('aud', at),
      at: iso(at),
      request_id: `req_${index}`,
      token_id: creator.creator_id,
      token_name: creator.creator_name,
      role: 'admin',
      identity: null,
      act: pick(acts),
      resource_ids: JSON.stringify([pick(clusters).id]),
      cloud_id: someCloud(),
      outcome: 'done',
    }
  })
  await insert('audit_events', auditEvents)
  await insert(
    'events',
    Array.from({ length: counts.events }, (_, index) => {
      const { id, environment } = pick(builds)
      return {
        sequence: index + 1,
        kind: 'build' as const,
        resource_id: id,
        cloud_id: environment.cloud_id,
        at: iso(now),
      }
    }) as never,
  )

  const landmarksOf = (cloud: CloudId): Landmarks => {
    const middle = <Item extends { id: string; cloud_id: CloudId }>(items: readonly Item[]): Item => {
      const found = items.filter(({ cloud_id }) => cloud_id === cloud)
      const item = found[Math.floor(found.length / 2)]
      if (item === undefined) throw new Error(`the scale is too small: ${cloud} has nothing of a kind`)
      return item
    }
    const named = ({ id, name }: { id: string; name: string }) => ({ id, name })
    const environment = middle(environments)
    const pull = middlePulls.get(cloud)
    if (pull === undefined) throw new Error(`the scale is too small: ${cloud} has no pulls`)
    return {
      cloud,
      otherClouds: [cloud === large ? small : large, empty],
      environment: named(environment),
      build: builds.find((build) => build.environment === environment)?.id ?? '',
      cluster: named(middle(clusters.filter(({ state }) => state === 'Running'))),
      node: named(middle(nodes)),
      pull,
      podOwner,
      auditEvent: middle(auditEvents as (Tables['audit_events'] & { cloud_id: CloudId })[]).id,
      token: creator.creator_id,
    }
  }
  return { large: landmarksOf(large), small: landmarksOf(small) }
}
