/** A control plane of a lab, with one cloud that says where its secrets are, and the commands that a user runs against it. */
import { getFromApi } from '../fairlead/api.ts'
import { cli, cliJson } from '../fairlead/program.ts'
import type { FairleadServe, FairleadServeOptions } from '../fairlead/fairlead-serve.ts'
import type { CommandResult } from '../command.ts'
import type { TestNetwork } from '../machines/network.ts'
import type { Lab } from './lab.ts'
import type { SecretManager } from './secret-managers.ts'

export interface ControlPlaneOptions<Serve> {
  /** How it is started: `startFairleadServe`, or `startReplicas` for several on one PostgreSQL. */
  readonly serve: (options: FairleadServeOptions) => Promise<Serve>
  /** The name of the cloud. */
  readonly cloud?: string
  /** What builds may name; `login`: the secret of the lab's registry, for that registry; `nothing`: only what the story grants. */
  readonly allow?: 'any secret' | 'login' | 'nothing'
}

export interface ControlPlane<Serve> {
  readonly serve: Serve
  readonly cloud: { readonly id: string }
  readonly access: { readonly host: string; readonly token: string; readonly caFile: string | null }
  /** Runs a command against it. */
  readonly fairlead: (...args: string[]) => Promise<CommandResult>
  /** The same, for a command that must succeed: returns what it prints with `--json`. */
  readonly ask: <Answer>(...args: string[]) => Promise<Answer>
  /** What the API answers, for a test that watches something change. */
  readonly get: (path: string) => Promise<unknown>
}

export async function startControlPlane<Serve extends FairleadServe>(
  { host, use, registry, secrets, secretName }: Lab<{ readonly host: string }, SecretManager, TestNetwork | null>,
  { serve: start, cloud: name = 'lab', allow = 'any secret' }: ControlPlaneOptions<Serve>,
): Promise<ControlPlane<Serve>> {
  const serve = use(await start({ listen: `${host}:0`, ...secrets.serve }))
  const access = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
  const ask = <Answer>(...args: string[]) => cliJson<Answer>(args, access)
  const any = allow === 'any secret' ? ['--allow-any-secret'] : []
  const about = ['-n', name, '--provider', secrets.provider, ...secrets.cloud, ...any]
  const cloud = await ask<{ id: string }>('cloud', 'create', ...about)
  if (allow === 'login') await ask('cloud', 'grant', secretName, '--registry', registry.host)
  const get = (path: string) => getFromApi(serve, path)
  return { serve, cloud, access, get, fairlead: (...args) => cli(args, { ...access, timeoutMs: 280_000 }), ask }
}
