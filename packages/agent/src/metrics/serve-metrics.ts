/** A listener for monitoring: this node's counts, and a sign that the process answers. Off unless the node's owner asks for it. */
import type { AgentMetrics } from './agent-metrics.ts'
import { serveText, type TextListener } from './serve-text.ts'

export function serveMetrics(listen: string, metrics: AgentMetrics): Promise<TextListener> {
  return serveText(listen, '--metrics-listen', (path) => {
    if (path === '/metrics') return { status: 200, text: metrics.text() }
    return path === '/healthz' ? { status: 200, text: 'ok\n' } : null
  })
}
