/** How to reach Ray's dashboard. It runs code for anyone who can reach it, so by default it listens on the head's loopback address. Pure. */
import type { Cluster } from '@fairlead/contract/wire'

export interface DashboardWay {
  readonly url: string
  /** What to type first if the dashboard is on the head's loopback address. */
  readonly tunnel: string | null
}

export function dashboardWay({
  dashboard_url: url,
  ray_address,
}: Pick<Cluster, 'dashboard_url' | 'ray_address'>): DashboardWay | null {
  if (url === null) return null
  const port = /^http:\/\/127\.0\.0\.1:(\d+)/.exec(url)?.[1]
  if (port === undefined) return { url, tunnel: null }
  const head = /^ray:\/\/\[?([^\]]*?)\]?:\d+$/.exec(ray_address ?? '')?.[1] ?? 'HEAD_NODE'
  return { url, tunnel: `ssh -L ${port}:127.0.0.1:${port} ${head}` }
}
