/** A control plane as tests have it, be it one process or several replicas. */

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
  /** Of each replica. */
  readonly pids: readonly number[]
  readonly logFile: string
  readonly dir: string
  /** Its database where that is not in `dir`: the URL, with a password, and the folder that PostgreSQL keeps it in. */
  readonly database: { readonly url: string; readonly folder: string } | null
  readonly tail: (lines?: number) => string
  /** All replicas, where there are several. */
  readonly kill: (signal?: NodeJS.Signals) => void
  /** Ends it in order, if it still runs, and starts it again at the same address. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}
