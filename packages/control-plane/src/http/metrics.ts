/** /metrics behind a token, when it has no separate listener. */
import { z } from 'zod'
import type { Metrics } from '../metrics/metrics.ts'
import { compressedWhereAccepted } from './compressed.ts'
import { respond, type Route } from './route.ts'

export function metricsRoutes(metrics: Metrics): Route[] {
  return [
    respond(
      {
        path: '/metrics',
        access: 'viewer',
        summary: 'Metrics for Prometheus',
        reach: 'all clouds',
        status: 200,
        answer: z.string(),
        contentType: 'text/plain',
      },
      ({ request }) => answerMetrics(metrics, request.header('accept-encoding')),
    ),
  ]
}

export async function answerMetrics(metrics: Metrics, accepted: string | undefined): Promise<Response> {
  const headers = { 'content-type': metrics.contentType }
  return compressedWhereAccepted(await metrics.text(), { status: 200, headers }, accepted)
}
