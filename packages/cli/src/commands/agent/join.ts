/** `fairlead agent join`: makes this machine a node, with a one-time token or with its cloud's identity document. */
import { joinNode, machineProver, type Admission } from '@fairlead/agent'
import { trustSystemStore } from '@fairlead/credential-path/process/secure-process'
import { type Provider } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { joinTokenPattern } from '@fairlead/contract/wire'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { readPrivateText } from '../../config-file/read-private-text.ts'
import { chosenCaFile } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { UsageError } from '../../usage-error.ts'
import { afterJoin } from './next-step.ts'
import { unitState } from './unit-state.ts'
import { namedPolicy, type PolicyFlags } from './paths.ts'

export interface JoinFlags extends RemoteFlags, PolicyFlags {
  readonly name?: string
  readonly provider: Provider
  readonly checker?: boolean
  readonly replace?: boolean
  readonly stateDir: string
  readonly tokenFile?: string
  readonly cloud?: string
  readonly caSha256?: string
}

const largestToken = 4096

export default async function join(this: CliContext, flags: JoinFlags): Promise<void> {
  const host = flags.host ?? this.env['FAIRLEAD_HOST']
  if (!host) throw new UsageError('--host needs a value: the address of the control plane', 'fairlead agent join')
  trustSystemStore()
  const stateDir = resolve(this.cwd, flags.stateDir)
  const admission = await admissionOf(this, flags)
  const joined = await joinNode(
    {
      host,
      admission,
      // Host names repeat in a scaling group; the instance ID that a cloud vouches for does not.
      name: flags.name ?? (admission.kind === 'proof' ? null : nameOfMachine()),
      checker: flags.checker ?? false,
      replace: flags.replace ?? false,
      stateDir,
      caFile: chosenCaFile(this, flags, null),
    },
    this.signal,
  )
  const { earlier } = joined
  if (earlier !== null && !earlier.isTold) {
    const warning = paintFor(this.stderr, this.env).yellow('warning:')
    this.stderr.write(`${warning} could not tell ${earlier.host} that node ${earlier.name} is gone; revoke it there\n`)
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

async function admissionOf(context: CliContext, flags: JoinFlags): Promise<Admission> {
  const { cloud, provider, caSha256 = null } = flags
  if (cloud === undefined) {
    if (caSha256 !== null) throw usage('--ca-sha256 needs --cloud; a join token already contains it')
    const token = await readToken(context, flags)
    if (token === '') throw usage('no token: give it on standard input, or with --token-file')
    if (!joinTokenPattern.test(token)) throw problem('JOIN_TOKEN_INVALID')
    return { kind: 'token', token, provider }
  }
  if (flags.tokenFile !== undefined) throw usage('with --cloud the machine proves what it is, and takes no token')
  if (provider === 'local') throw usage('with --cloud say --provider aws or gcp: nothing vouches for a local machine')
  if (caSha256 !== null && !/^[0-9a-f]{64}$/.test(caSha256)) throw usage('--ca-sha256 takes 64 hexadecimal digits')
  return { kind: 'proof', cloud, caSha256, prove: machineProver(provider, namedPolicy(context, flags)) }
}

const usage = (reason: string): UsageError => new UsageError(reason, 'fairlead agent join')

/** Never from the command line, where every user of the machine could read it (S10). */
async function readToken(context: CliContext, flags: JoinFlags): Promise<string> {
  if (flags.tokenFile === undefined) {
    if (context.stdin.isTTY) return (await context.stdin.askHidden('Join token (not shown): ')).trim()
    return textOf(await context.stdin.read(largestToken))
  }
  return readPrivateText(context, flags.tokenFile)
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trim()
}

function nameOfMachine(): string {
  const name = hostname()
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, 128)
  return name === '' ? 'node' : name
}
