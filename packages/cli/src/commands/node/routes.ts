/** `fairlead node`: the arguments of each command. */
import { buildRouteMap } from '@stricli/core'
import { choiceFlag, listFlags, remoteFlags } from '../../flags.ts'
import { command } from '../../help.ts'
import { byName, named, namingFlag } from '../../named.ts'

const node = named('node', 'NAME', 'The node (name or id)')

const list = command({
  loader: async () => import('./list.ts'),
  parameters: {
    flags: {
      cloudName: namingFlag('cloud', 'CLOUD', 'Only the nodes of this cloud'),
      state: choiceFlag(
        ['online', 'lost', 'revoked'],
        'Only nodes in this state; revoked includes nodes that left or were forgotten',
      ),
      ...listFlags,
    },
  },
  docs: { brief: 'List the machines that joined' },
  examples: ['fairlead node list', 'fairlead node list --state lost', 'fairlead node list --cloud-name prod --json'],
})

const joinToken = command({
  loader: async () => import('./join-token.ts'),
  parameters: {
    flags: {
      cloudName: namingFlag('cloud', 'CLOUD', 'The cloud; required if there are several'),
      ...remoteFlags,
    },
  },
  docs: { brief: 'Print the command that joins a machine; creates a 15-minute token if one is needed' },
  examples: ['fairlead node join-token --cloud-name prod'],
})

const status = command({
  loader: async () => import('./status.ts'),
  parameters: byName(node, remoteFlags),
  docs: { brief: 'Show a machine, and what its cloud attested' },
  examples: ['fairlead node status gpu-3'],
})

const revoke = command({
  loader: async () => import('./revoke.ts'),
  parameters: byName(node, remoteFlags),
  docs: { brief: 'Revoke a node' },
  examples: ['fairlead node revoke gpu-3'],
})

export const nodeRoutes = buildRouteMap({
  routes: { list, status, joinToken, revoke },
  docs: { brief: 'Join, list, show and revoke the machines that pull and run' },
})
