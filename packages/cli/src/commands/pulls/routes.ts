/** `fairlead pulls`: the arguments of each command. */
import { buildRouteMap } from '@stricli/core'
import { choiceFlag, listFlags, oneArgument, parsedFlag, remoteFlags, textFlag } from '../../flags.ts'
import { command } from '../../help.ts'
import { namingFlag } from '../../named.ts'
import { rayClusterOwner } from './ray-cluster-owner.ts'

const list = command({
  loader: async () => import('./list.ts'),
  parameters: {
    flags: {
      cluster: namingFlag('cluster', 'NAME', 'Only pulls for this cluster'),
      build: namingFlag('environment', 'NAME[:REVISION]', 'Only pulls for this build (name or id)'),
      node: namingFlag('node', 'NAME', 'Only pulls by this node'),
      rayCluster: parsedFlag(rayClusterOwner, 'NAMESPACE/NAME', 'Only pulls for pods of this RayCluster of Kubernetes'),
      purpose: choiceFlag(
        ['cluster', 'check', 'once', 'door', 'prefetch'],
        'Only pulls with this purpose (once: by hand, with `fairlead pull`)',
      ),
      code: textFlag('CODE', 'Only pulls that ended with this problem'),
      ...listFlags,
    },
  },
  docs: { brief: 'List pulls: what, by which node, with which decision' },
  examples: [
    'fairlead pulls list --cluster train',
    'fairlead pulls list --build my-env:2',
    'fairlead pulls list --purpose door',
    'fairlead pulls list --ray-cluster team/train',
    'fairlead pulls list --code CREDENTIAL_SERVER_MISMATCH',
  ],
})

const show = command({
  loader: async () => import('./show.ts'),
  parameters: {
    positional: oneArgument('PULL_ID', 'Its id, as `pulls list` prints it'),
    flags: remoteFlags,
  },
  docs: { brief: 'Show one record in full' },
  examples: ['fairlead pulls show pull_01jd2x8w9q5e7r3t6y8u0p2s4d'],
})

export const pullsRoutes = buildRouteMap({
  routes: { list, show },
  docs: { brief: 'Pull records, with the decision in each' },
})
