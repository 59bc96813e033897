/** A control plane: `fairlead serve` as a process of its own, which can be killed and started again. */
import { join } from 'node:path'
import { newFolder } from '../run-folder.ts'
import { startService, untilReady, type Service } from '../service.ts'
import { fairleadProgram } from './program.ts'

export interface FairleadServeOptions {
  /** Its data; a new folder when absent. */
  dir?: string
  /** `HOST:PORT`; port 0 is any free one, kept over restarts. */
  listen?: string
  origin?: string
  /** A certificate for it; beyond loopback it else makes a CA of its own. */
  tls?: { certFile: string; keyFile: string; caFile: string }
  /** `HOST:PORT` of what plays a cloud's host. */
  connectTo?: Record<string, string>
  env?: Record<string, string>
}

export interface FairleadServe extends AsyncDisposable {
  readonly origin: string
  /** Made at the first start on its data. */
  readonly adminToken: string
  readonly caFile: string | null
  readonly pid: number
  readonly logFile: string
  readonly dir: string
  readonly tail: (lines?: number) => string
  readonly kill: (signal?: NodeJS.Signals) => void
  /** Ends it in order, if it still runs, and starts it again at the same address. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

interface Told {
  origin: string
  address: string
  admin_token: string | null
  ca_file: string | null
}

export async function startFairleadServe(options: FairleadServeOptions = {}): Promise<FairleadServe> {
  const { dir = newFolder('control-plane'), listen = '127.0.0.1:0', origin, tls, connectTo = {}, env } = options
  const home = newFolder('serve')
  const logFile = join(home, 'serve.log')

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
  const { admin_token: adminToken, ca_file: ownCa } = told
  if (adminToken === null) throw new Error(`${dir} already belongs to a control plane, whose admin token is not known`)
  const stop = (): Promise<void> => service.stop()
  return {
    origin: told.origin,
    adminToken,
    caFile: tls?.caFile ?? ownCa,
    get pid() {
      return service.pid
    },
    logFile,
    dir,
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
