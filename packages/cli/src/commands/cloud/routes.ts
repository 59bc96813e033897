/** `fairlead cloud`: the arguments of each command. */
import { buildRouteMap } from '@stricli/core'
import {
  choiceFlag,
  listFlags,
  optionalArgument,
  providerFlag,
  remoteFlags,
  switchFlag,
  textFlag,
  textsFlag,
  yesOrNoFlag,
} from '../../flags.ts'
import { command } from '../../help.ts'
import { byName, named, nameToMake, namingFlag } from '../../named.ts'
import { kubernetesFlags } from './kubernetes-flags.ts'

const made = nameToMake('Its name')
const cloud = named('cloud', 'CLOUD', 'Its name or id')

/** Facts of a cloud, except its name and provider. */
const factFlags = {
  region: textFlag('REGION', 'The region of its nodes'),
  accountId: textFlag('DIGITS', 'AWS account of the nodes'),
  partition: choiceFlag(['aws', 'aws-cn', 'aws-us-gov'], 'AWS partition of the nodes'),
  projectId: textFlag('PROJECT', 'Google Cloud project of the nodes'),
  projectNumber: textFlag('DIGITS', 'Its number'),
  nodeRole: textFlag('ROLE', 'The role or service account of the nodes, if not the default'),
  join: choiceFlag(
    ['proof', 'token'],
    'How machines join: by cloud identity (default on aws and gcp, and for pods), or by token',
  ),
  ...kubernetesFlags,
} as const

const create = command({
  loader: async () => import('./create.ts'),
  parameters: byName(made, {
    provider: {
      ...providerFlag('Where its nodes read secrets; local: in a folder on each node'),
      optional: false,
    },
    ...factFlags,
    allowAnySecret: switchFlag('Allow any secret that the nodes can read'),
    prefetch: switchFlag('Let idle nodes bring the images of new builds, before a cluster needs them'),
    ...remoteFlags,
  }),
  docs: { brief: 'Describe where nodes run and how they read secrets' },
  examples: [
    'fairlead cloud create -n prod --provider aws --region us-west-2 --account-id 111122223333',
    'fairlead cloud create -n lab --provider local',
    'fairlead cloud create -n k8s --provider local --kubernetes-issuer https://oidc.example.com --kubernetes-account ray/agent',
  ],
})

const edit = command({
  loader: async () => import('./edit.ts'),
  parameters: byName(cloud, {
    newName: textFlag('NAME', 'Its new name'),
    ...factFlags,
    removeKubernetes: switchFlag('Let no pods join any more'),
    allowAnySecret: yesOrNoFlag('Allow any secret that the nodes can read, or only granted ones'),
    prefetch: yesOrNoFlag('Let idle nodes bring the images of new builds, or not'),
    ...remoteFlags,
  }),
  docs: {
    brief: 'Change a cloud; settings that you leave out stay as they are',
    fullDescription:
      'While a cloud has nodes, its place (account, region, project) and the role of its nodes can be added but not changed.',
  },
  examples: [
    'fairlead cloud edit prod --region us-west-2',
    'fairlead cloud edit prod --new-name production',
    'fairlead cloud edit prod --prefetch',
    'kubectl get --raw /openid/v1/jwks | fairlead cloud edit prod --kubernetes-keys -',
  ],
})

const remove = command({
  loader: async () => import('./delete.ts'),
  parameters: byName(cloud, remoteFlags),
  docs: {
    brief: 'Delete a cloud that nothing uses any more',
    fullDescription:
      'It must have no nodes, no clusters that have not ended, and no environments that are not archived. Records of the past stay.',
  },
  examples: ['fairlead cloud delete lab'],
})

const resetRole = command({
  loader: async () => import('./reset-role.ts'),
  parameters: byName(cloud, remoteFlags),
  docs: { brief: "Trust the nodes' AWS role again, after it was deleted and recreated" },
  examples: ['fairlead cloud reset-role prod'],
})

const list = command({
  loader: async () => import('./list.ts'),
  parameters: { flags: listFlags },
  docs: { brief: 'List clouds' },
  examples: ['fairlead cloud list'],
})

const grant = command({
  loader: async () => import('./grant.ts'),
  parameters: {
    positional: optionalArgument('REFERENCE', 'A name or full identifier, or a prefix that ends in /'),
    flags: {
      cloudName: namingFlag('cloud', 'CLOUD', 'The cloud; required if there are several'),
      registry: textsFlag('HOST', 'Only for images of this registry; repeatable'),
      list: switchFlag('List the grants'),
      remove: textFlag('GRANT_ID', 'Remove a grant'),
      ...remoteFlags,
    },
  },
  docs: { brief: 'Allow builds of a cloud to use a secret' },
  examples: [
    'fairlead cloud grant team/registry-login --cloud-name prod --registry registry.example.com',
    'fairlead cloud grant team/ --cloud-name prod',
    'fairlead cloud grant --list',
  ],
})

export const cloudRoutes = buildRouteMap({
  routes: { create, list, edit, delete: remove, grant, resetRole },
  docs: { brief: 'Where nodes run, and which secrets builds may use' },
})
