/** A separate listener for monitoring: metrics and health without a token, and nothing else. */
import { Hono } from 'hono'
import { problem } from '@fairlead/contract/problems'
import type { ListenAddress } from '../listen-address.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { bind } from '../server.ts'
import type { Reader } from '../store/store.ts'
import { requireOwnHost } from './host-header.ts'
import { answerMetrics } from './metrics.ts'
import { asProblem, problemResponse } from './problems.ts'
import type { Readiness } from './readiness.ts'

export interface MetricsListenerParts {
  readonly reader: Reader
  readonly metrics: Metrics
  readonly readiness: Readiness
  readonly onFault: (error: unknown) => void
}

export interface MetricsListener {
  /** HOST:PORT that it listens on. */
  readonly address: string
  close(): Promise<void>
}

/** Plain http: nothing served here contains a name or a secret. */
export async function listenForMetrics(address: ListenAddress, parts: MetricsListenerParts): Promise<MetricsListener> {
  const { reader, metrics, readiness, onFault } = parts
  const app = new Hono()
  if (address.loopback) {
    app.use(async (context, next) => {
      requireOwnHost(context.req.header('host'), address)
      await next()
    })
  }
  app.get('/metrics', (context) => answerMetrics(metrics, context.req.header('accept-encoding')))
  app.get('/healthz', (context) => context.json({ status: 'ok' }))
  app.get('/readyz', async (context) => {
    await readiness.check(reader)
    return context.json({ status: 'ok' })
  })
  app.notFound(() => {
    throw problem('ROUTE_NOT_FOUND')
  })
  app.onError((error) => problemResponse(asProblem(error, onFault), 'req_metrics'))
  const bound = await bind(address, null)
  bound.serve(app)
  return { address: `${address.host}:${bound.port}`, close: () => bound.close() }
}
