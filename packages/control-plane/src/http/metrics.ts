/** /metrics, as Prometheus reads it. Labels are routes, states and statuses: never a name or an id. */
import { BuildStatus, ClusterState } from '@fairlead/contract'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { z } from 'zod'
import type { Presence } from '../fleet/presence.ts'
import type { Store } from '../store/store.ts'
import { respond, type Route } from './route.ts'

export interface MetricSources {
  readonly store: Store
  readonly presence: Presence
  readonly waitingNodes: () => number
}

export class Metrics {
  readonly #registry = new Registry()
  readonly #requests: Histogram<'method' | 'route' | 'status'>
  readonly #groups: Histogram
  readonly #faults: Counter

  constructor(sources: MetricSources) {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    this.#requests = new Histogram({
      name: 'fairlead_http_request_seconds',
      help: 'Time to answer a request; waiting polls are not in it',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
      registers,
    })
    this.#groups = new Histogram({
      name: 'fairlead_commit_group_size',
      help: 'Writes that shared one commit',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
      registers,
    })
    this.#faults = new Counter({ name: 'fairlead_faults_total', help: 'Faults of the program', registers })
    for (const gauge of stateGauges(sources)) this.#registry.registerMetric(gauge)
  }

  answered({
    method,
    route,
    status,
    seconds,
  }: {
    method: string
    route: string
    status: number
    seconds: number
  }): void {
    this.#requests.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, seconds)
  }

  grouped(size: number): void {
    this.#groups.observe(size)
  }

  fault(): void {
    this.#faults.inc()
  }

  routes(): Route[] {
    return [
      respond(
        'get',
        {
          path: '/metrics',
          access: 'viewer',
          summary: 'Metrics for Prometheus',
          reach: 'all clouds',
          status: 200,
          answer: z.string(),
          contentType: 'text/plain',
        },
        async () =>
          new Response(await this.#registry.metrics(), { headers: { 'content-type': this.#registry.contentType } }),
      ),
    ]
  }
}

/** Read from their sources when they are asked for. */
function stateGauges({ store, presence, waitingNodes }: MetricSources): Gauge[] {
  return [
    new Gauge({
      name: 'fairlead_nodes',
      help: 'Nodes by state',
      labelNames: ['state'],
      registers: [],
      collect() {
        const { online, lost } = presence.count()
        this.set({ state: 'online' }, online)
        this.set({ state: 'lost' }, lost)
      },
    }),
    new Gauge({
      name: 'fairlead_waiting_polls',
      help: 'Nodes whose request waits for a change',
      registers: [],
      collect() {
        this.set(waitingNodes())
      },
    }),
    new Gauge({
      name: 'fairlead_clusters',
      help: 'Clusters by state',
      labelNames: ['state'],
      registers: [],
      async collect() {
        const { clusters } = await store.reader.counts()
        for (const state of ClusterState.options) this.set({ state }, clusters[state] ?? 0)
      },
    }),
    new Gauge({
      name: 'fairlead_builds',
      help: 'Builds by status',
      labelNames: ['status'],
      registers: [],
      async collect() {
        const { builds } = await store.reader.counts()
        for (const status of BuildStatus.options) this.set({ status }, builds[status] ?? 0)
      },
    }),
  ]
}
