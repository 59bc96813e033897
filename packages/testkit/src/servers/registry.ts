/** A private registry: Debian's docker-registry, with no login, with htpasswd, or with a token server. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hash } from 'bcryptjs'
import { newFolder } from '../run-folder.ts'
import { inLog, startService, untilReady } from '../service.ts'
import type { TestCa } from './test-ca.ts'
import type { TokenServer } from './token-server.ts'

export type RegistryAuth =
  | { kind: 'none' }
  | { kind: 'htpasswd'; users: Record<string, string> }
  | { kind: 'token'; tokenServer: TokenServer }

export interface RegistryOptions {
  /** The address to listen on; 127.0.0.1 when absent. */
  host?: string
  /** 0 or absent: any free port. */
  port?: number
  /** The name that clients use for it, if not the address. */
  name?: string
  /** Names that its certificate has, too. */
  alsoNamed?: readonly string[]
  auth: RegistryAuth
  tls?: TestCa
  /** Where it keeps its images; passed again, they are still there. */
  dir?: string
  command?: string
}

/** What a client needs to reach a registry. */
export interface RegistryTarget {
  readonly url: string
  readonly caPem: string | null
}

export interface Registry extends RegistryTarget, AsyncDisposable {
  /** `H:P`, as in an image's name. */
  readonly host: string
  readonly port: number
  readonly pid: number
  readonly logFile: string
  readonly dir: string
  /** Changes a password while it runs (htpasswd); with a token server, use its own `rotate`. */
  rotate(user: string, password: string): Promise<void>
  readonly kill: (signal?: NodeJS.Signals) => void
  readonly stop: () => Promise<void>
}

export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  const { host = '127.0.0.1', port = 0, name = host, alsoNamed = [], auth, tls, command = 'docker-registry' } = options
  const dir = options.dir ?? newFolder('registry')
  await mkdir(join(dir, 'images'), { recursive: true })
  const certificate = await tls?.issue([...new Set([name, host, ...alsoNamed])])
  const htpasswdFile = join(dir, 'htpasswd')
  const users = new Map(auth.kind === 'htpasswd' ? Object.entries(auth.users) : [])
  await writeHtpasswd(htpasswdFile, users)

  const configFile = join(dir, 'config.yml')
  // JSON is YAML.
  await writeFile(
    configFile,
    JSON.stringify({
      version: 0.1,
      log: { level: 'info', accesslog: { disabled: false } },
      storage: { filesystem: { rootdirectory: join(dir, 'images') }, delete: { enabled: true } },
      http: {
        addr: `${host}:${port}`,
        ...(certificate && { tls: { certificate: certificate.certFile, key: certificate.keyFile } }),
      },
      ...authSection(auth, htpasswdFile),
    }),
  )
  const service = startService({ command, args: ['serve', configFile], logFile: join(dir, 'registry.log') })
  const listening = await untilReady(
    service,
    `${command} listens on ${host}`,
    inLog(service, /listening on \S*:(?<port>\d+)/),
  )
  const bound = Number(listening.groups?.['port'])
  return {
    host: `${name}:${bound}`,
    port: bound,
    url: `${tls === undefined ? 'http' : 'https'}://${name}:${bound}`,
    caPem: tls?.caPem ?? null,
    pid: service.pid,
    logFile: service.logFile,
    dir,
    async rotate(user, password) {
      users.set(user, password)
      await writeHtpasswd(htpasswdFile, users)
    },
    kill: service.kill,
    stop: service.stop,
    [Symbol.asyncDispose]: service.stop,
  }
}

function authSection(auth: RegistryAuth, htpasswdFile: string): object {
  if (auth.kind === 'none') return {}
  if (auth.kind === 'htpasswd') return { auth: { htpasswd: { realm: 'Test registry', path: htpasswdFile } } }
  const { realm, service, issuer, signingCertFile } = auth.tokenServer
  return { auth: { token: { realm, service, issuer, rootcertbundle: signingCertFile } } }
}

// The registry checks the file's time on each request and reads it again if it changed.
async function writeHtpasswd(file: string, users: ReadonlyMap<string, string>): Promise<void> {
  const lines = await Promise.all([...users].map(async ([user, password]) => `${user}:${await hash(password, 4)}`))
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 })
}
