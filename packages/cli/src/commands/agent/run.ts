/** `fairlead agent run`: runs the node's agent until Ctrl-C or SIGTERM. Containers keep running without it. */
import { openClusterApi, runAgent } from '@fairlead/agent'
import { resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import { doorPlace } from '../door/door-place.ts'
import { openDoorsAt } from '../door/open-doors.ts'
import { leaveNodeOfCluster } from './leave-node-of-cluster.ts'
import { namedPolicy, type PolicyFlags } from './paths.ts'

export interface RunFlags extends PolicyFlags {
  readonly stateDir: string
  readonly secretsDir: string
  readonly dockerSocket: string
  readonly advertiseAddress?: string
  readonly checker?: boolean
  readonly metricsListen?: string
  readonly keepDoors?: boolean
  readonly healthListen?: string
  readonly daemonset?: string
  readonly untaintNode?: string
}

export default async function run(this: CliContext, flags: RunFlags): Promise<void> {
  const doors = doorPlace(flags, this.cwd)
  const ofCluster = flags.daemonset === undefined ? null : { name: flags.daemonset, api: openClusterApi(this.env) }
  const keepFiles = async (signal: AbortSignal): Promise<void> => {
    // Without words: the agent logs what came of it.
    await openDoorsAt(doors, [], { json: true }, { ...this, signal })
  }
  await runAgent(
    {
      stateDir: resolve(this.cwd, flags.stateDir),
      policyFile: namedPolicy(this, flags),
      secretsDir: resolve(this.cwd, flags.secretsDir),
      dockerSocket: resolve(this.cwd, flags.dockerSocket),
      advertiseAddress: flags.advertiseAddress ?? null,
      checker: flags.checker ?? false,
      metricsListen: flags.metricsListen ?? null,
      keepFiles: flags.keepDoors ? keepFiles : null,
      healthListen: flags.healthListen ?? null,
      untaintNode: flags.untaintNode ?? null,
    },
    this.signal,
  )
  if (ofCluster !== null) await leaveNodeOfCluster(doors, ofCluster, this)
}
