/** What a control plane counts and measures, as text in Prometheus format. */
import { BuildStatus, ClusterState, type TakenPullEvent } from '@fairlead/contract/wire'
import type { Presence } from '../nodes/presence.ts'
import type { Store } from '../store/store.ts'
import { CertificateFault } from '@fairlead/contract/wire'
import type { CertificateState } from '../tls/certificate-watch.ts'
import { MetricSet } from './metric-set.ts'
import { methods } from './metric-table.ts'

export interface MetricSources {
  readonly store: Store
  readonly presence: Presence
  readonly waitingNodes: () => number
}

export interface Answered {
  readonly method: string
  /** The route's path, with its parameter names. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}

const statuses = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const

export class Metrics {
  readonly #sources: MetricSources
  readonly #set = new MetricSet()

  constructor(sources: MetricSources) {
    this.#sources = sources
  }

  answered({ method, route, status, seconds }: Answered): void {
    const labels = {
      method: methods.find((known) => known === method) ?? 'other',
      route,
      status: statuses[Math.floor(status / 100) - 1] ?? '5xx',
    } as const
    this.#set.observe('fairlead_http_request_seconds', labels, seconds)
  }

  pulled({ purpose, engine, decision, code, outcome, duration_ms, bytes, chain }: TakenPullEvent): void {
    this.#set.count('fairlead_pulls_total', { purpose, engine: engine ?? 'none', decision, code: code ?? 'none' })
    this.#set.observe('fairlead_pull_seconds', { purpose, outcome }, duration_ms / 1000)
    this.#set.count('fairlead_pull_bytes_total', {}, bytes)
    if (chain !== 'intact') this.#set.count('fairlead_pull_chain_breaks_total', { kind: chain })
  }

  removed(records: number): void {
    this.#set.count('fairlead_pull_records_removed_total', {}, records)
  }

  checked(outcome: 'succeeded' | 'failed'): void {
    this.#set.count('fairlead_build_checks_total', { outcome })
  }

  wrote(outcome: 'committed' | 'failed', seconds: number): void {
    this.#set.observe('fairlead_store_write_seconds', { outcome }, seconds)
  }

  grouped(size: number): void {
    this.#set.observe('fairlead_commit_group_size', {}, size)
  }

  certificate({ expiresAt, faults }: CertificateState): void {
    this.#set.set('fairlead_tls_certificate_expires_timestamp_seconds', {}, expiresAt / 1000)
    for (const fault of CertificateFault.options) {
      this.#set.set('fairlead_tls_certificate_faults', { fault }, faults.has(fault) ? 1 : 0)
    }
  }

  fault(): void {
    this.#set.count('fairlead_faults_total', {})
  }

  get contentType(): string {
    return this.#set.registry.contentType
  }

  /** States are read from their sources on request. */
  async text(): Promise<string> {
    await this.refresh()
    return this.#set.registry.metrics()
  }

  /** All current series. */
  async series(): ReturnType<MetricSet['registry']['getMetricsAsJSON']> {
    await this.refresh()
    return this.#set.registry.getMetricsAsJSON()
  }

  private async refresh(): Promise<void> {
    const { store, presence, waitingNodes } = this.#sources
    const { online, lost } = presence.count()
    this.#set.set('fairlead_nodes', { state: 'online' }, online)
    this.#set.set('fairlead_nodes', { state: 'lost' }, lost)
    this.#set.set('fairlead_waiting_polls', {}, waitingNodes())
    const { clusters, builds } = await store.reader.counts()
    for (const state of ClusterState.options) this.#set.set('fairlead_clusters', { state }, clusters[state] ?? 0)
    for (const status of BuildStatus.options) this.#set.set('fairlead_builds', { status }, builds[status] ?? 0)
  }
}
