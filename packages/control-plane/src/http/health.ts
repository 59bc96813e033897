/** /healthz: the process answers. /readyz: it should receive requests. Both are public and answer under any name, as probes require. */
import { z } from 'zod'
import type { Reader } from '../store/store.ts'
import type { Readiness } from './readiness.ts'
import { get, type Route } from './route.ts'

const Health = z.object({ status: z.literal('ok') })

export const healthPaths: ReadonlySet<string> = new Set(['/healthz', '/readyz'])

export function healthRoutes(readiness: Readiness): Route[] {
  return [
    get(
      { path: '/healthz', access: 'public', summary: 'The process is alive', status: 200, answer: Health },
      async () => ({ status: 'ok' as const }),
    ),
    get(
      {
        path: '/readyz',
        access: 'public',
        summary: 'The database answers, and the control plane is not shutting down',
        status: 200,
        answer: Health,
        problems: ['NOT_READY'],
      },
      async (_call, reader: Reader) => {
        await readiness.check(reader)
        return { status: 'ok' as const }
      },
    ),
  ]
}
