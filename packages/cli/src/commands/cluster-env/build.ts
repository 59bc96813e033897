/** `fairlead cluster-env build`: registers an image under a name and shows its check. */
import { readConfigYaml } from '@fairlead/config-file'
import { isProblem } from '@fairlead/contract/problems'
import {
  checkEnvironmentConfig,
  type Build,
  type ConfigWarning,
  type CreateClusterEnvironment,
} from '@fairlead/contract/wire'
import type { FairleadClient } from '@fairlead/sdk'
import { basename } from 'node:path'
import { largestConfig, readInput } from '../../config-file/read-input.ts'
import { connect } from '../../connection/connect.ts'
import { findCloud } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { showSteps } from '../../steps/step-board.ts'
import { paintFor } from '../../terminal/paint.ts'
import { UsageError } from '../../usage-error.ts'
import { leaveRunning } from '../leave-running.ts'
import { followPrefetch } from './follow-prefetch.ts'
import { prefetchSentence } from './prefetch-text.ts'
import { printBuild } from './print-build.ts'
import { printWarnings } from './print-warnings.ts'

export interface BuildFlags extends RemoteFlags {
  readonly name?: string
  readonly cloudName?: string
  readonly timeout?: number
  readonly noWait?: boolean
  readonly requireCheck?: boolean
  readonly prefetch?: boolean
  readonly waitPrefetch?: boolean
}

export default async function build(this: CliContext, flags: BuildFlags, file: string): Promise<void> {
  assertFlagsAgree(flags)
  const fields = readConfigYaml(file, await readInput(this, file, largestConfig))
  // Checked here first: a password pasted as a reference must not leave this machine (S22).
  const { config, warnings } = checkEnvironmentConfig(fields, null)
  if (!flags.json) printWarnings(this, warnings)
  const client = await connect(this, flags)
  const cloud = flags.cloudName === undefined ? null : await findCloud(client, flags.cloudName, this.signal)
  const name = flags.name ?? defaultName(file)
  const prefetch = flags.waitPrefetch ? true : flags.prefetch
  const create = {
    name,
    config_json: config,
    ...(cloud && { cloud_id: cloud.id }),
    ...(prefetch !== undefined && { prefetch }),
  }
  const paint = paintFor(this.stdout, this.env)
  if (!flags.json) this.stdout.write(`Registering and checking ${paint.bold(name)}\n`)
  const began = this.clock.now()
  const built = await check(this, client, create, flags)
  const follow = async (): Promise<Build> => {
    if (!flags.waitPrefetch || built.status !== 'succeeded') return built
    const spent = Math.floor((this.clock.now() - began) / 1000)
    const timeout = flags.timeout === undefined ? undefined : Math.max(flags.timeout - spent, 1)
    return followPrefetch(this, client, built, { ...flags, timeout, name })
  }
  if (flags.json) return printJson(this, await follow())
  const told = new Set(warnings.map(keyOf))
  printWarnings(
    this,
    built.warnings.filter((warning) => !told.has(keyOf(warning))),
  )
  const cloudName = cloud?.name ?? (await client.clouds.get(built.cloud_id, { signal: this.signal })).name
  printBuild(this, { build: built, name, cloudName })
  if (built.status !== 'succeeded' || !built.prefetch) return
  this.stdout.write(`${prefetchSentence({ build: await follow(), cloudName })}\n`)
}

function assertFlagsAgree({ waitPrefetch, noWait, prefetch, requireCheck }: BuildFlags): void {
  const contradictions = [
    { one: '--wait-prefetch', other: '--no-wait', both: waitPrefetch && noWait },
    { one: '--wait-prefetch', other: '--no-prefetch', both: waitPrefetch && prefetch === false },
    { one: '--require-check', other: '--no-wait', both: requireCheck && noWait },
  ]
  const found = contradictions.find(({ both }) => both)
  if (found === undefined) return
  throw new UsageError(`${found.one} and ${found.other} contradict each other`, 'fairlead cluster-env build')
}

/** The registered build, once its check has ended or if no node can check it. */
async function check(
  context: CliContext,
  client: FairleadClient,
  create: CreateClusterEnvironment,
  flags: BuildFlags,
): Promise<Build> {
  let latest = null as Build | null
  try {
    return await showSteps(context, flags, (show) =>
      client.buildClusterEnvironment(create, {
        signal: context.signal,
        timeoutSeconds: flags.timeout,
        pollRateSeconds: 0.5,
        wait: !flags.noWait,
        requireCheck: flags.requireCheck ?? false,
        onBuild: (current) => {
          latest = current
          show([{ title: null, steps: current.steps, waiting: waitingText(current) }])
        },
      }),
    )
  } catch (error) {
    if (latest === null || latest.status === 'failed' || latest.status === 'canceled') throw error
    if (isProblem(error, 'CHECK_PENDING')) throw error
    const look = `look:  fairlead cluster-env get --id ${latest.id}`
    throw leaveRunning(context, flags, error, `The check of ${create.name} continues without this terminal.\n${look}\n`)
  }
}

/** The file's own name, without the characters that a name cannot contain. */
function defaultName(file: string): string {
  const stem = basename(file).replace(/\.(?:ya?ml|json)$/i, '')
  const name = stem.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^-+|-+$/g, '')
  return name === '' ? 'cluster-env' : name.slice(0, 128)
}

function waitingText(build: Build): string {
  return build.status === 'pending' ? 'waiting for a node to take the check' : 'a node has taken the check'
}

function keyOf(warning: ConfigWarning): string {
  return `${warning.code} ${warning.path}`
}
