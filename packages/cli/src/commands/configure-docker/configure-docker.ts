/** `fairlead configure-docker`: which secret belongs to which registry, and that Docker asks our helper for it. */
import { chooseProvider } from '@fairlead/credential-path/secret/choose-provider'
import {
  setUpDocker,
  undoDockerSetup,
  type DockerSetup,
  type SetupChange,
  type SetupFile,
} from '@fairlead/doors/docker-config/docker-setup'
import { userLoginMap } from '@fairlead/doors/places'
import { type Provider } from '@fairlead/contract/names'
import { printable } from '@fairlead/contract/problems'
import { join, resolve } from 'node:path'
import { lockUserFiles } from '../../connection/lock-user-files.ts'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { warn } from '../../terminal/warn.ts'
import { UsageError } from '../../usage-error.ts'
import { isOnPath, readSetupFile, writeSetupFile } from '../../machine-steps/setup-file.ts'

export interface ConfigureDockerFlags extends JsonFlag {
  readonly provider?: Provider
  readonly map?: string
  readonly remove?: boolean
}

const command = 'fairlead configure-docker'
const helper = 'docker-credential-fairlead'

export default async function configureDocker(
  this: CliContext,
  flags: ConfigureDockerFlags,
  ...pairs: string[]
): Promise<void> {
  const mapPath = flags.map === undefined ? userLoginMap(this.env, this.home) : resolve(this.cwd, flags.map)
  const dockerPath = join(this.env['DOCKER_CONFIG'] || join(this.home, '.docker'), 'config.json')
  using _lock = await lockUserFiles(this)
  const files = { map: await readSetupFile(mapPath), docker: await readSetupFile(dockerPath) }
  const setup = flags.remove
    ? undoDockerSetup(
        files,
        pairs.map((pair) => splitPair(pair)[0]),
      )
    : setUpDocker(
        files,
        await Promise.all(pairs.map(async (pair) => withProvider(loginIn(pair), flags.provider ?? null))),
      )
  // The map comes first: Docker uses the helper only once the helper knows the registry.
  if (setup.mapText !== null) await writeSetupFile(mapPath, setup.mapText)
  if (setup.dockerText !== null) await writeSetupFile(dockerPath, setup.dockerText)
  const warnings = flags.remove ? [] : warningsOf(this, setup, files.docker)
  if (flags.json) {
    return printJson(this, { map: mapPath, docker_config: dockerPath, changes: setup.changes, warnings })
  }
  const paths = { map: mapPath, docker: dockerPath }
  for (const change of setup.changes) this.stdout.write(`${paths[change.file]}: ${sentenceOf(change)}\n`)
  for (const warning of warnings) warn(this, warning)
}

/** At the first `=`: a host contains none, and a reference may. */
function splitPair(pair: string): readonly [host: string, secret: string | null] {
  const at = pair.indexOf('=')
  return at === -1 ? [pair.toLowerCase(), null] : [pair.slice(0, at).toLowerCase(), pair.slice(at + 1)]
}

function loginIn(pair: string): { host: string; secret: string } {
  const [host, secret] = splitPair(pair)
  if (secret === null || secret === '')
    throw new UsageError('expected HOST=SECRET, such as docker.io=hub-login', command)
  return { host, secret }
}

async function withProvider(login: { host: string; secret: string }, given: Provider | null) {
  return { ...login, provider: await chooseProvider(given, login.secret) }
}

function sentenceOf({ file, host, change, before }: SetupChange): string {
  const what = file === 'map' ? `the login of ${printable(host)}` : `the helper for ${printable(host)}`
  const was = before === null ? '' : `, it was ${printable(before)}`
  return change === 'kept' ? `${what} is unchanged` : `${what} was ${change}${was}`
}

function warningsOf(context: CliContext, { leftovers }: DockerSetup, docker: SetupFile): string[] {
  const left = leftovers.map(
    (name) =>
      `${docker.path} still has a login under auths for ${printable(name)}. Docker uses it if the helper ` +
      `refuses, which defeats the refusal; remove it: docker logout ${printable(name)}`,
  )
  if (isOnPath(helper, context.env['PATH'])) return left
  return [...left, `${helper} is not on your PATH, where Docker looks for it`]
}
