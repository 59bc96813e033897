/** `fairlead agent run`: runs the node's agent until Ctrl-C or SIGTERM. Containers keep running without it. */
import { leaveNode, openClusterApi, runAgent, type AgentOptions } from '@fairlead/agent'
import { isProblem } from '@fairlead/contract/problems'
import { resolve } from 'node:path'
import { chosenCaFile } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import { doorPlace } from '../door/door-place.ts'
import { keepDoorsAt } from '../door/keep-doors.ts'
import { leaveNodeOfCluster } from './leave-node-of-cluster.ts'
import { UsageError } from '../../usage-error.ts'
import { proofAdmission } from './admission.ts'
import type { ProofFlags } from './proof-flags.ts'
import { namedPolicy } from './paths.ts'

export interface RunFlags extends ProofFlags {
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
  readonly podsOfNode?: string
  readonly leave?: boolean
  readonly host?: string
  readonly caFile?: string
}

/** Whoever ends it waits for the answer. */
const leaveWithinMs = 10_000

export default async function run(this: CliContext, flags: RunFlags): Promise<void> {
  this.loseOutput()
  const doors = doorPlace(flags, this.cwd)
  const joins = flags.cloud !== undefined
  const ofCluster =
    flags.daemonset === undefined ? null : { name: flags.daemonset, api: openClusterApi(this.env), joins }
  const keepFiles = (signal: AbortSignal) => keepDoorsAt(doors, { ...this, signal })
  const stateDir = resolve(this.cwd, flags.stateDir)
  await runAgent(
    {
      stateDir,
      policyFile: namedPolicy(this, flags),
      secretsDir: resolve(this.cwd, flags.secretsDir),
      dockerSocket: resolve(this.cwd, flags.dockerSocket),
      advertiseAddress: flags.advertiseAddress ?? null,
      checker: flags.checker ?? false,
      metricsListen: flags.metricsListen ?? null,
      keepFiles: flags.keepDoors ? keepFiles : null,
      healthListen: flags.healthListen ?? null,
      untaintNode: flags.untaintNode ?? null,
      podsOfNode: flags.podsOfNode ?? null,
      join: joinOf(this, flags),
    },
    this.signal,
  )
  if (ofCluster !== null) await leaveNodeOfCluster(doors, ofCluster, this)
  if (flags.leave === true) await leave(stateDir)
}

async function leave(stateDir: string): Promise<void> {
  try {
    await leaveNode({ stateDir, atShutdown: true }, AbortSignal.timeout(leaveWithinMs))
  } catch (error) {
    if (!isProblem(error, 'AGENT_NOT_JOINED')) throw error
  }
}

function joinOf(context: CliContext, flags: RunFlags): AgentOptions['join'] {
  const { cloud, name = null } = flags
  if (cloud === undefined) return null
  const command = 'fairlead agent run'
  const host = flags.host ?? context.env['FAIRLEAD_HOST']
  if (!host) throw new UsageError('--cloud needs --host: the address of the control plane', command)
  const admission = proofAdmission(context, flags, { host, cloud, command })
  return { host, admission, name, caFile: chosenCaFile(context, flags, host, null) }
}
