/** `fairlead node`: the arguments of each command. */
import { buildCommand, buildRouteMap } from '@stricli/core'
import { choiceFlag, listFlags, remoteFlags } from '../../flags.ts'
import { withExamples } from '../../help.ts'
import { byName, named, namingFlag } from '../../named.ts'

const node = named('node', 'NAME', 'The node (name or id)')

const list = withExamples(
  buildCommand({
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
  }),
  ['fairlead node list', 'fairlead node list --state lost', 'fairlead node list --cloud-name prod --json'],
)

const joinToken = withExamples(
  buildCommand({
    loader: async () => import('./join-token.ts'),
    parameters: {
      flags: {
        cloudName: namingFlag('cloud', 'CLOUD', 'The cloud; required if there are several'),
        ...remoteFlags,
      },
    },
    docs: { brief: 'Print the command that joins a machine; creates a 15-minute token if one is needed' },
  }),
  ['fairlead node join-token --cloud-name prod'],
)

const status = withExamples(
  buildCommand({
    loader: async () => import('./status.ts'),
    parameters: byName(node, remoteFlags),
    docs: { brief: 'Show a machine, and what its cloud attested' },
  }),
  ['fairlead node status gpu-3'],
)

const revoke = withExamples(
  buildCommand({
    loader: async () => import('./revoke.ts'),
    parameters: byName(node, remoteFlags),
    docs: { brief: 'Revoke a node' },
  }),
  ['fairlead node revoke gpu-3'],
)

export const nodeRoutes = buildRouteMap({
  routes: { list, status, joinToken, revoke },
  docs: { brief: 'Join, list, show and revoke the machines that pull and run' },
})
