/** `fairlead token`: the arguments of each command. */
import { buildRouteMap } from '@stricli/core'
import { listFlags, parsedFlag, remoteFlags, switchFlag } from '../../flags.ts'
import { command } from '../../help.ts'
import { byName, named, nameToMake, namingFlag } from '../../named.ts'
import { parseLifetime } from './lifetime.ts'

const made = nameToMake('Who or what the token is for')
const token = named('token', 'NAME', 'The token (name or id)')

const create = command({
  loader: async () => import('./create.ts'),
  parameters: byName(made, {
    role: {
      kind: 'enum',
      values: ['admin', 'developer', 'viewer'],
      brief: 'viewer: read; developer: all except tokens, clouds and nodes; admin: all',
    },
    cloudName: {
      ...namingFlag('cloud', 'CLOUD', 'Limit the token to this cloud, permanently; repeatable'),
      variadic: ',',
    },
    expiresIn: parsedFlag(parseLifetime, 'TIME', 'Let it expire after this time: 12h, 90d, 1y (default: never)'),
    ...remoteFlags,
  }),
  docs: { brief: 'Create a token; it is shown once' },
  examples: [
    'fairlead token create -n ci --role developer --expires-in 90d',
    'fairlead token create -n team-a --role admin --cloud-name team-a',
  ],
})

const list = command({
  loader: async () => import('./list.ts'),
  parameters: { flags: { sessions: switchFlag('List who has signed in instead'), ...listFlags } },
  docs: { brief: 'List tokens, without their secrets' },
  examples: ['fairlead token list', 'fairlead token list --sessions'],
})

const revoke = command({
  loader: async () => import('./revoke.ts'),
  parameters: byName(token, remoteFlags),
  docs: { brief: 'Revoke a token permanently, and the join tokens that it created' },
  examples: ['fairlead token revoke ci'],
})

export const tokenRoutes = buildRouteMap({
  routes: { create, list, revoke },
  docs: { brief: 'Create, list and revoke API tokens' },
})
