/** One process of `fairlead serve`, which can be killed and started again at its address. */
import { readFileSync } from 'node:fs'
import { startService, untilReady, type Service } from '../service.ts'
import { fairleadProgram } from './program.ts'

export interface ServeProcessOptions {
  readonly dir: string
  readonly home: string
  readonly logFile: string
  /** `HOST:PORT`; port 0 picks any free one, kept across restarts. */
  readonly listen: string
  readonly origin?: string | undefined
  readonly tls?: { certFile: string; keyFile: string } | undefined
  readonly connectTo?: Record<string, string>
  readonly signInFile?: string | undefined
  readonly env?: Record<string, string> | undefined
}

export interface ServeProcess extends AsyncDisposable {
  readonly origin: string
  readonly address: string
  /** Created at the first start on its data, by one of those that share it. */
  readonly adminToken: string | null
  readonly caFile: string | null
  readonly pid: number
  readonly tail: (lines?: number) => string
  readonly kill: (signal?: NodeJS.Signals) => void
  /** Stops it cleanly, if it still runs, and starts it again at the same address. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

interface Told {
  origin: string
  address: string
  admin_token_file: string | null
  ca_file: string | null
}

export async function startServeProcess(options: ServeProcessOptions): Promise<ServeProcess> {
  const { dir, home, logFile, listen, origin, tls, connectTo = {}, signInFile, env } = options

  const start = async (address: string): Promise<{ service: Service; told: Told }> => {
    let printed = ''
    const service = startService({
      command: process.execPath,
      args: [
        fairleadProgram,
        'serve',
        '--json',
        `--listen=${address}`,
        `--data-dir=${dir}`,
        ...(origin === undefined ? [] : ['--origin', origin]),
        ...Object.entries(connectTo).flatMap(([name, place]) => ['--connect-to', `${name}=${place}`]),
        ...(signInFile === undefined ? [] : ['--sign-in', signInFile]),
        ...(tls === undefined ? [] : ['--tls-cert', tls.certFile, '--tls-key', tls.keyFile]),
      ],
      logFile,
      env: { HOME: home, NO_COLOR: '1', ...env },
      onStdout: (text) => (printed += text),
    })
    const told = await untilReady(service, `fairlead serve listens on ${address}`, () => firstDocument(printed))
    return { service, told }
  }

  let { service, told } = await start(listen)
  const { admin_token_file: tokenFile, ca_file: caFile } = told
  const adminToken = tokenFile === null ? null : readFileSync(tokenFile, 'utf8').trim()
  const stop = (): Promise<void> => service.stop()
  return {
    origin: told.origin,
    address: told.address,
    adminToken,
    caFile,
    get pid() {
      return service.pid
    },
    tail: (lines) => service.tail(lines),
    kill: (signal) => service.kill(signal),
    async restart() {
      await service.stop()
      ;({ service, told } = await start(told.address))
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function firstDocument(printed: string): Told | undefined {
  const end = printed.indexOf('\n')
  return end === -1 ? undefined : (JSON.parse(printed.slice(0, end)) as Told)
}
