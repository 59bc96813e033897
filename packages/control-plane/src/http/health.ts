/** /healthz: the process answers. /readyz: its database does too. */
import { z } from 'zod'
import type { Store } from '../store/store.ts'
import { get, type Route } from './route.ts'

const Health = z.object({ status: z.literal('ok') })

export function healthRoutes(): Route[] {
  return [
    get(
      { path: '/healthz', access: 'public', summary: 'The process answers', status: 200, answer: Health },
      async () => ({ status: 'ok' as const }),
    ),
    get(
      { path: '/readyz', access: 'public', summary: 'The database answers', status: 200, answer: Health },
      async (_call, reader: Store['reader']) => {
        await reader.clouds.count()
        return { status: 'ok' as const }
      },
    ),
  ]
}
