/** `fairlead agent run`: runs the node's agent until Ctrl-C or SIGTERM. Containers keep running without it. */
import { runAgent } from '@fairlead/agent'
import { resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import { namedPolicy, type PolicyFlags } from './paths.ts'

export interface RunFlags extends PolicyFlags {
  readonly stateDir: string
  readonly secretsDir: string
  readonly dockerSocket: string
  readonly advertiseAddress?: string
  readonly checker?: boolean
  readonly metricsListen?: string
}

export default async function run(this: CliContext, flags: RunFlags): Promise<void> {
  await runAgent(
    {
      stateDir: resolve(this.cwd, flags.stateDir),
      policyFile: namedPolicy(this, flags),
      secretsDir: resolve(this.cwd, flags.secretsDir),
      dockerSocket: resolve(this.cwd, flags.dockerSocket),
      advertiseAddress: flags.advertiseAddress ?? null,
      checker: flags.checker ?? false,
      metricsListen: flags.metricsListen ?? null,
    },
    this.signal,
  )
}
