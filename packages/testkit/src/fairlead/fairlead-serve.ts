/** A control plane for tests, either one process or several replicas. */

export interface FairleadServeOptions {
  /** Its data folder; a new one when absent. */
  dir?: string
  /** `HOST:PORT`; port 0 picks any free one, kept across restarts. */
  listen?: string
  origin?: string
  /** Its certificate; without one, beyond loopback, it creates its own CA. */
  tls?: { certFile: string; keyFile: string; caFile: string }
  /** `HOST:PORT` of the stand-in for a cloud's host. */
  connectTo?: Record<string, string>
  /** Who may sign in, and where (docs/guides/sign-in.md). */
  signInFile?: string
  env?: Record<string, string>
}

export interface FairleadServe extends AsyncDisposable {
  readonly origin: string
  /** Created at the first start on its data. */
  readonly adminToken: string
  readonly caFile: string | null
  readonly pid: number
  /** For each replica. */
  readonly pids: readonly number[]
  readonly logFile: string
  readonly dir: string
  /** Its database if that is not in `dir`: the URL, with a password, and the folder where PostgreSQL keeps it. */
  readonly database: { readonly url: string; readonly folder: string } | null
  readonly tail: (lines?: number) => string
  /** All replicas, if there are several. */
  readonly kill: (signal?: NodeJS.Signals) => void
  /** Stops it cleanly, if it still runs, and starts it again at the same address. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}
