/** The names that a control plane knows, for shell completion. On any error there are none: a shell is no place for problems. */
import type { CallOptions, FairleadClient, Pages } from '@fairlead/sdk'
import type { CliContext } from '../context.ts'
import { connect } from './connect.ts'

export type NamedKind = 'cloud' | 'cluster' | 'environment' | 'node' | 'token'

interface Named {
  readonly name: string
}

const timeoutMs = 1000
const most = 500

type Lister = (client: FairleadClient, query: { name_contains?: string }, options: CallOptions) => Pages<Named>

const listers: Record<NamedKind, Lister> = {
  cloud: ({ clouds }, query, options) => clouds.list(query, options),
  cluster: ({ clusters }, query, options) => clusters.list(query, options),
  environment: ({ clusterEnvironments }, query, options) => clusterEnvironments.list(query, options),
  node: ({ nodes }, query, options) => nodes.list(query, options),
  token: ({ apiTokens }, query, options) => apiTokens.list({ ...query, kind: 'token' }, options),
}

export async function proposeNames(context: CliContext, kind: NamedKind, partial: string): Promise<readonly string[]> {
  try {
    const client = await connect(context, {})
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeoutMs)])
    const query = partial === '' ? {} : { name_contains: partial }
    const { results } = await listers[kind](client, query, { signal }).take(most)
    return [...new Set(results.map(({ name }) => name))]
  } catch {
    return []
  }
}
