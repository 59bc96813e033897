/** `fairlead agent join`: makes this machine a node, with a one-time token, or because its cloud or cluster vouches for it. */
import { joinNode, type Admission } from '@fairlead/agent'
import { trustSystemStore } from '@fairlead/credential-path/process/secure-process'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { chosenCaFile } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { warn } from '../../terminal/warn.ts'
import { UsageError } from '../../usage-error.ts'
import { afterJoin } from './next-step.ts'
import { unitState } from './unit-state.ts'
import { proofAdmission, tokenAdmission } from './admission.ts'
import type { ProofFlags } from './proof-flags.ts'

export interface JoinFlags extends RemoteFlags, ProofFlags {
  readonly checker?: boolean
  readonly replace?: boolean
  readonly stateDir: string
  readonly tokenFile?: string
}

export default async function join(this: CliContext, flags: JoinFlags): Promise<void> {
  const host = flags.host ?? this.env['FAIRLEAD_HOST']
  if (!host) throw new UsageError('--host needs a value: the address of the control plane', 'fairlead agent join')
  trustSystemStore()
  const stateDir = resolve(this.cwd, flags.stateDir)
  const admission = await admissionOf(this, host, flags)
  const joined = await joinNode(
    {
      host,
      admission,
      // Host names repeat in a scaling group; the instance ID that a cloud vouches for does not.
      name: flags.name ?? (admission.kind === 'proof' ? null : nameOfMachine()),
      checker: flags.checker ?? false,
      replace: flags.replace ?? false,
      stateDir,
      caFile: chosenCaFile(this, flags, host, null),
    },
    this.signal,
  )
  const { earlier } = joined
  if (earlier !== null && !earlier.isTold) {
    warn(this, `could not tell ${earlier.host} that node ${earlier.name} is gone; revoke it there`)
  }
  if (flags.json) {
    const { nodeId, cloudId, name, host: controlPlane } = joined
    const replaced = earlier?.name ?? null
    return printJson(this, {
      node_id: nodeId,
      cloud_id: cloudId,
      name,
      host: controlPlane,
      state_dir: stateDir,
      replaced,
    })
  }
  const paint = paintFor(this.stdout, this.env)
  this.stdout.write(`This machine is now node ${paint.bold(joined.name)} of ${joined.host}\n`)
  if (earlier !== null) this.stdout.write(`Its earlier node ${earlier.name} of ${earlier.host} is gone.\n`)
  if (joined.strangerTrusted !== null) {
    this.stdout.write(
      `The server there belongs to the user with the id ${joined.strangerTrusted}; the agent obeys no other user.\n`,
    )
  }
  this.stdout.write(`${paint.dim('next:')}  ${afterJoin({ stateDir, unit: unitState() })}\n`)
}

async function admissionOf(context: CliContext, host: string, flags: JoinFlags): Promise<Admission> {
  const { cloud, tokenFile } = flags
  if (cloud === undefined) return tokenAdmission(context, flags, tokenFile)
  if (tokenFile !== undefined) {
    throw new UsageError('with --cloud the machine proves what it is, and takes no token', 'fairlead agent join')
  }
  return proofAdmission(context, flags, { host, cloud, command: 'fairlead agent join' })
}

function nameOfMachine(): string {
  const name = hostname()
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, 128)
  return name === '' ? 'node' : name
}
