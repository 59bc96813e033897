/** Flags of `cluster start` that users may know from other tools. Each is rejected with a reason instead of ignored. */
import { typedFlag } from '../../flags.ts'
import { UsageError } from '../../usage-error.ts'

/** Completion recognizes them by this value and does not suggest them. */
export const notTaken = 'not taken'

const launcher = 'nodes are made by your cloud or by `ray up`; Fairlead places the cluster on machines that joined'
const inImage = 'the image decides this: build a cluster environment with it, and use --env'
const noIdle = 'Fairlead does not stop idle clusters; use `fairlead cluster terminate`'
const noProjects = 'there are no projects; the boundary is a cloud: use --cloud-name'

const reasons = {
  compute: launcher,
  computeFile: launcher,
  project: noProjects,
  projectId: noProjects,
  idleTimeout: noIdle,
  userServiceAccess: 'Fairlead opens no services to the network',
  docker: inImage,
  pythonVersion: inImage,
  rayVersion: inImage,
} as const

export type RefusedStartFlags = { readonly [Name in keyof typeof reasons]?: string }

function refused(name: keyof typeof reasons) {
  const flag = typedFlag(name)
  return {
    kind: 'parsed',
    optional: true,
    hidden: true,
    inferEmpty: true,
    brief: notTaken,
    parse: (): string => {
      throw new UsageError(`${flag} is not supported: ${reasons[name]}`, 'fairlead cluster start')
    },
  } as const
}

export const refusedStartFlags = {
  compute: refused('compute'),
  computeFile: refused('computeFile'),
  project: refused('project'),
  projectId: refused('projectId'),
  idleTimeout: refused('idleTimeout'),
  userServiceAccess: refused('userServiceAccess'),
  docker: refused('docker'),
  pythonVersion: refused('pythonVersion'),
  rayVersion: refused('rayVersion'),
}
