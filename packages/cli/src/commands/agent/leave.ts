/** `fairlead agent leave`: reports that this machine is no longer a node; at shutdown, only if it powers off for good. */
import { leaveNode } from '@fairlead/agent'
import { resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { isPoweringOff } from './powering-off.ts'

export interface LeaveFlags extends JsonFlag {
  readonly stateDir: string
  readonly atShutdown?: boolean
}

/** A shutdown does not wait long for any service. */
const shutdownMs = 10_000

export default async function leave(this: CliContext, flags: LeaveFlags): Promise<void> {
  const { atShutdown = false } = flags
  if (atShutdown && !(await isPoweringOff())) return
  const signal = atShutdown ? AbortSignal.any([this.signal, AbortSignal.timeout(shutdownMs)]) : this.signal
  const left = await leaveNode({ stateDir: resolve(this.cwd, flags.stateDir), atShutdown }, signal)
  if (flags.json) return printJson(this, { left: left?.name ?? null, host: left?.host ?? null })
  if (left === null) return
  this.stdout.write(`This machine is no longer node ${left.name} of ${left.host}. Its policy and records stay.\n`)
}
