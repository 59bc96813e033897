/** `fairlead cluster-env build`: registers an image under a name and shows its check. */
import { readConfigYaml } from '@fairlead/config-file'
import { checkEnvironmentConfig, type Build, type ConfigWarning } from '@fairlead/contract/wire'
import { basename } from 'node:path'
import { largestConfig, readInput } from '../../config-file/read-input.ts'
import { connect } from '../../connection/connect.ts'
import { findCloud } from '../../connection/find.ts'
import { Interrupted, LeftRunning, type CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { stepBoard } from '../../steps/step-board.ts'
import { paintFor } from '../../terminal/paint.ts'
import { printBuild } from './print-build.ts'
import { printWarnings } from './print-warnings.ts'

export interface BuildFlags extends RemoteFlags {
  readonly name?: string
  readonly cloudName?: string
  readonly timeout?: number
  readonly noWait?: boolean
  readonly requireCheck?: boolean
  readonly prefetch?: boolean
}

export default async function build(this: CliContext, flags: BuildFlags, file: string): Promise<void> {
  const fields = readConfigYaml(file, await readInput(this, file, largestConfig))
  // Checked here first: a password pasted as a reference must not leave this machine (S22).
  const { config, warnings } = checkEnvironmentConfig(fields, null)
  if (!flags.json) printWarnings(this, warnings)
  const client = await connect(this, flags)
  const cloud = flags.cloudName === undefined ? null : await findCloud(client, flags.cloudName, this.signal)
  const name = flags.name ?? defaultName(file)

  const paint = paintFor(this.stdout, this.env)
  if (!flags.json) this.stdout.write(`Registering and checking ${paint.bold(name)}\n`)
  const board = stepBoard(this, flags)
  const registered = new Set<string>()
  const told = new Set(warnings.map(keyOf))
  try {
    const built = await client.buildClusterEnvironment(
      {
        name,
        config_json: config,
        ...(cloud && { cloud_id: cloud.id }),
        ...(flags.prefetch !== undefined && { prefetch: flags.prefetch }),
      },
      {
        signal: this.signal,
        timeoutSeconds: flags.timeout,
        pollRateSeconds: 0.5,
        wait: !flags.noWait,
        requireCheck: flags.requireCheck ?? false,
        onBuild: (current) => {
          registered.add(current.id)
          board.show([{ title: null, steps: current.steps, waiting: waitingText(current) }])
        },
      },
    )
    board.end()
    if (flags.json) return printJson(this, built)
    printWarnings(
      this,
      built.warnings.filter((warning) => !told.has(keyOf(warning))),
    )
    const cloudName = cloud?.name ?? (await client.clouds.get(built.cloud_id, { signal: this.signal })).name
    printBuild(this, { build: built, name, cloudName })
  } catch (error) {
    const [id] = registered
    if (!(error instanceof Interrupted) || id === undefined) throw error
    const look = `look:  fairlead cluster-env get --id ${id}`
    throw new LeftRunning(`The check of ${name} continues without this terminal.\n${look}\n`)
  } finally {
    board.end()
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
