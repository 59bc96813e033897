/** Builds the parts of a control plane and listens. */
import { problem } from '@fairlead/contract'
import { ControlPlaneConfig } from './config.ts'
import { createSettle } from './fleet/settle.ts'
import { Presence } from './fleet/presence.ts'
import { apiTokenRoutes } from './http/api-tokens.ts'
import { createApp } from './http/app.ts'
import { buildRoutes } from './http/builds.ts'
import { cloudRoutes } from './http/clouds.ts'
import { clusterEnvironmentRoutes } from './http/cluster-environments.ts'
import { grantRoutes } from './http/grants.ts'
import { healthRoutes } from './http/health.ts'
import { ensureAdmin } from './identity/first-admin.ts'
import { NodeRecogniser } from './identity/node-caller.ts'
import { defaultOrigin, readListenAddress, readOrigin } from './listen-address.ts'
import { createLog } from './log.ts'
import { bind } from './server.ts'
import { openSqliteStore } from './store/sqlite.ts'
import { prepareTls } from './tls/server-tls.ts'

export interface ControlPlane {
  /** What clients and nodes call it. */
  readonly origin: string
  /** HOST:PORT on which it listens. */
  readonly address: string
  /** On the first start only; nothing keeps it. */
  readonly adminToken: string | null
  /** The CA that it made for itself, where it did. */
  readonly caFile: string | null
  close(): Promise<void>
}

export async function startControlPlane(input: ControlPlaneConfig): Promise<ControlPlane> {
  const config = readConfig(input)
  const clock = Date.now
  const log = createLog(config.logLevel ?? 'info')
  const address = readListenAddress(config.listen)
  const asked = config.origin === undefined ? null : readOrigin(config.origin)

  await using stack = new AsyncDisposableStack()
  const store = await openSqliteStore(config.dataDir)
  stack.defer(() => store.close())
  const tls = await prepareTls({
    dataDir: config.dataDir,
    address,
    originHost: asked?.host ?? null,
    originIsTls: asked?.tls ?? null,
    certFile: config.tlsCert,
    keyFile: config.tlsKey,
    now: clock(),
  })
  const bound = await bind(address, tls)
  const { origin, host: originHost } = asked ?? readOrigin(defaultOrigin(address, bound.port, tls !== null))

  const presence = new Presence(clock)
  const settle = createSettle({ clock, presence })
  const recogniser = new NodeRecogniser({ store, clock, origin, onHeard: (id) => presence.heard(id) })
  const adminToken = await ensureAdmin(store, clock(), { another: config.newAdminToken ?? false })
  const app = createApp({
    store,
    clock,
    log,
    originHost,
    recogniseNode: (request) => recogniser.recognise(request),
    onApiCall: () => {},
    onAnswer: () => {},
    routes: [
      ...healthRoutes(),
      ...cloudRoutes({ clock }),
      ...grantRoutes({ clock }),
      ...apiTokenRoutes({ clock }),
      ...clusterEnvironmentRoutes({ clock, settle }),
      ...buildRoutes({ clock, settle }),
    ],
  })
  const listening = bound.serve(app)
  stack.defer(() => listening.close())

  log.info({ origin, address: `${address.host}:${bound.port}`, data_dir: config.dataDir }, 'listening')
  const parts = stack.move()
  return {
    origin,
    address: `${address.host}:${bound.port}`,
    adminToken,
    caFile: tls?.caFile ?? null,
    close: () => parts.disposeAsync(),
  }
}

function readConfig(input: ControlPlaneConfig): ControlPlaneConfig {
  const result = ControlPlaneConfig.safeParse(input)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw problem('USAGE', { reason: `${issue?.path.join('.') ?? 'the settings'}: ${issue?.message ?? 'not valid'}` })
}
