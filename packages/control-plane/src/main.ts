/** Builds the parts of a control plane and listens: the only reader of its configuration. */
import { type NodeId } from '@fairlead/contract/names'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from './clock.ts'
import { readConfig, type ControlPlaneConfig } from './config.ts'
import { openNodeChannel } from './nodes/open-channel.ts'
import { PresenceExchange } from './nodes/presence-exchange.ts'
import { Presence } from './nodes/presence.ts'
import { PullRetention } from './pulls/retention.ts'
import { createSchedule } from './schedule.ts'
import { Housekeeping } from './housekeeping.ts'
import { Waiters } from './events/waiters.ts'
import { createApp } from './http/app.ts'
import { readConsoleFiles } from './http/console-files.ts'
import { listenForMetrics } from './http/metrics-listener.ts'
import { allRoutes } from './http/routes.ts'
import { RefusedActs } from './audit/refused-acts.ts'
import { FailedAttempts } from './identity/failed-attempts.ts'
import { ensureAdmin } from './identity/first-admin.ts'
import { FairTurns } from './identity/proof/fair-turns.ts'
import { challengeKey } from './identity/proof/join-challenge.ts'
import { createVouch } from './identity/proof/vouch.ts'
import { TokenUsage } from './identity/token-usage.ts'
import { signInWays } from './sign-in/ways.ts'
import { Readiness } from './http/readiness.ts'
import { nodesLimits, strangersLimits, UnverifiedBytes } from './http/unverified-bytes.ts'
import { defaultOrigin, readListenAddress, readOrigin } from './listen-address.ts'
import { logFault } from './log-fault.ts'
import { createLog } from './log.ts'
import { Metrics } from './metrics/metrics.ts'
import { bind } from './server.ts'
import { openStore, placeOf } from './store/open-store.ts'
import { timedStore } from './store/timed-store.ts'
import { CertificateWatch } from './tls/certificate-watch.ts'
import { prepareTls } from './tls/server-tls.ts'

export interface ControlPlane {
  /** The address that clients and nodes use. */
  readonly origin: string
  /** HOST:PORT that it listens on. */
  readonly address: string
  /** HOST:PORT of the metrics, if they have a separate listener. */
  readonly metricsAddress: string | null
  /** On the first start only; never stored. */
  readonly adminToken: string | null
  /** HOST:PORT/NAME of its PostgreSQL database. */
  readonly database: string | null
  /** The CA that it made for itself, if it did. */
  readonly caFile: string | null
  /** What to register at the identity provider of people, if there is one. */
  readonly signIn: { readonly provider: string; readonly redirectUri: string } | null
  /** The address of the web console, if there is one. */
  readonly consoleUrl: string | null
  /** Checks immediately whether its certificate was renewed. */
  reload(): Promise<void>
  /** It is not ready from the moment this is called. */
  close(): Promise<void>
}

export async function startControlPlane(input: ControlPlaneConfig, clock: Clock = Date.now): Promise<ControlPlane> {
  const config = readConfig(input)
  const log = createLog(config.logLevel ?? 'info')
  const address = readListenAddress(config.listen)
  const asked = config.origin === undefined ? null : readOrigin(config.origin)
  const { metricsListen, drainSeconds = 0, forgetLostHours = 24 } = config
  const watching = metricsListen === undefined ? null : readListenAddress(metricsListen, '--metrics-listen')

  await using stack = new AsyncDisposableStack()
  const store = timedStore(await openStore(config), (outcome, seconds) => metrics.wrote(outcome, seconds))
  stack.defer(() => store.close())
  const tls = await prepareTls({ ...config, address, asked, now: clock() })
  const bound = await bind(address, tls?.certificate ?? null)
  stack.defer(() => bound.close())
  const own = asked ?? readOrigin(defaultOrigin(address, bound.port, tls !== null))
  const { origin } = own

  const presence = new Presence(clock)
  const schedule = createSchedule({ clock, presence })
  const nodeWaiters = new Waiters<NodeId>()
  const eventWaiters = new Waiters<'events'>()
  const usage = new TokenUsage(clock)
  const metrics = new Metrics({ store, presence, waitingNodes: () => nodeWaiters.size })
  const onFault = (error: unknown) => logFault(error, log, () => metrics.fault())
  const readiness = new Readiness()
  const channel = openNodeChannel({
    store,
    clock,
    log,
    origin,
    presence,
    schedule,
    waiters: nodeWaiters,
    metrics,
    onFault,
  })
  store.onCommit(({ events }) => {
    if (events) eventWaiters.wake('events')
  })
  store.onGap(() => eventWaiters.wake('events'))

  const exchange = new PresenceExchange({ store, clock, presence, onFault })
  await exchange.start()
  stack.defer(() => exchange.stop())
  const sweep = new Housekeeping({
    exchange,
    store,
    clock,
    log,
    presence,
    schedule,
    onFault,
    flush: (transaction) => usage.writeTo(transaction),
    onTidy: () => channel.recogniser.forgetExpired(),
    forgetLostMs: forgetLostHours === 0 ? null : forgetLostHours * 3600 * 1000,
  })
  stack.defer(() => sweep.stop())
  const days = config.pullRetentionDays ?? null
  const onRemoved = (records: number) => metrics.removed(records)
  const retention = days === null ? null : new PullRetention({ store, clock, log, days, onRemoved, onFault })
  stack.defer(() => retention?.stop())
  stack.defer(() => {
    nodeWaiters.end()
    eventWaiters.end()
  })

  const certificate =
    tls === null
      ? null
      : new CertificateWatch({
          tls,
          host: own.authority,
          clock,
          log,
          present: (renewed) => bound.present(renewed),
          onState: (state) => metrics.certificate(state),
          onFault,
        })
  await certificate?.start()
  stack.defer(() => certificate?.stop())

  const metricsListener =
    watching === null ? null : await listenForMetrics(watching, { reader: store.reader, metrics, readiness, onFault })
  stack.defer(() => metricsListener?.close())

  const refusedActs = new RefusedActs(store)
  const signIn = signInWays(config.signIn, { origin, clock })
  const adminToken = await ensureAdmin(store, clock(), { another: config.newAdminToken ?? false })
  const app = createApp({
    store,
    clock,
    log,
    own,
    console: config.console === undefined ? null : await readConsoleFiles(config.console),
    onFault,
    nodes: channel.recogniser,
    nodesBytes: new UnverifiedBytes(nodesLimits),
    strangersBytes: new UnverifiedBytes(strangersLimits),
    onApiCall: (caller) => usage.note(caller.id),
    failedAttempts: new FailedAttempts(clock),
    refusedActs,
    onAnswer: (answer) => metrics.answered(answer),
    routes: allRoutes({
      store,
      clock,
      presence,
      schedule,
      ...channel,
      metrics: metricsListener === null ? metrics : null,
      readiness,
      eventWaiters,
      certificate: () => certificate?.state ?? null,
      onFault,
      origin,
      caFingerprint: tls?.caFingerprint ?? null,
      challengeKey: await store.write(challengeKey),
      turns: new FairTurns({ atOnce: 16, atOnceEach: 8, waiting: 1024 }),
      signIn,
      signInTurns: new FairTurns({ atOnce: 16, atOnceEach: 4, waiting: 256 }),
      refusedActs,
      vouch: createVouch({ origin, clock, connectTo: new Map(Object.entries(config.connectTo ?? {})) }),
      onJoined: (id) => presence.heard(id),
    }),
  })
  await channel.recogniser.recall()
  bound.serve(app)
  sweep.start()
  retention?.start()

  log.info({ origin, address: `${address.host}:${bound.port}`, ...placeOf(config) }, 'listening')
  const parts = stack.move()
  return {
    origin,
    database: placeOf(config).database ?? null,
    address: `${address.host}:${bound.port}`,
    adminToken,
    metricsAddress: metricsListener?.address ?? null,
    caFile: tls?.caFile ?? null,
    signIn:
      signIn.people === null ? null : { provider: signIn.people.provider.host, redirectUri: signIn.people.redirectUri },
    consoleUrl: config.console === undefined ? null : `${origin}/`,
    async reload() {
      await certificate?.look()
    },
    async close() {
      readiness.end()
      if (drainSeconds > 0) await sleep(drainSeconds * 1000)
      await parts.disposeAsync()
    },
  }
}
