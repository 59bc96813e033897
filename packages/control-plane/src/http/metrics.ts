/** /metrics behind a token, when it has no separate listener. */
import { z } from 'zod'
import type { Metrics } from '../metrics/metrics.ts'
import { respond, type Route } from './route.ts'

export function metricsRoutes(metrics: Metrics): Route[] {
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
      () => answerMetrics(metrics),
    ),
  ]
}

export async function answerMetrics(metrics: Metrics): Promise<Response> {
  return new Response(await metrics.text(), { headers: { 'content-type': metrics.contentType } })
}
