/** The settings of a control plane, read once. */
import { problem } from '@fairlead/contract/problems'
import { z } from 'zod'
import { SignInSettings } from './sign-in/settings.ts'

export const ControlPlaneConfig = z.strictObject({
  /** HOST:PORT; port 0 picks a free one. */
  listen: z.string(),
  dataDir: z.string().min(1),
  /** postgres://…, for several replicas; without it the database is in the data directory. May contain a password, so it is not logged. */
  database: z.string().optional(),
  /** The address that clients and nodes use for this control plane; by default the listen address. */
  origin: z.string().optional(),
  /** PEM files. Without them, a control plane that is not on loopback creates its own CA. */
  tlsCert: z.string().optional(),
  tlsKey: z.string().optional(),
  /** Creates another admin token, for when the first one is lost. */
  newAdminToken: z.boolean().optional(),
  /** host -> HOST:PORT: where to reach a cloud's own service, such as an endpoint inside a private network. */
  connectTo: z
    .record(
      z.string().regex(/^[a-z0-9.-]{1,253}$/),
      z.string().regex(/^(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:]{2,45}\]):\d{1,5}$/),
    )
    .optional(),
  /** HOST:PORT for metrics and health without a token; the main listener then has no metrics. */
  metricsListen: z.string().optional(),
  /** How long to keep serving after /readyz starts to fail. */
  drainSeconds: z.int().min(0).max(600).optional(),
  /** Pull records that arrived longer ago are removed; without it they are kept forever. */
  pullRetentionDays: z.int().min(1).max(3650).optional(),
  /** A node that joined by proof is forgotten after this many hours of silence; 0: never. */
  forgetLostHours: z.int().min(0).max(8760).optional(),
  /** A folder with the built web console, or its files by path; without it there is only the API. */
  console: z.union([z.string().min(1), z.map(z.string().min(1), z.instanceof(Uint8Array))]).optional(),
  /** How people and programs sign in; without it they need tokens. May contain a secret, so it is not logged. */
  signIn: SignInSettings.optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional(),
})
export type ControlPlaneConfig = z.input<typeof ControlPlaneConfig>

export function readConfig(input: ControlPlaneConfig): z.output<typeof ControlPlaneConfig> {
  const result = ControlPlaneConfig.safeParse(input)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw problem('USAGE', { reason: `${issue?.path.join('.') ?? 'the settings'}: ${issue?.message ?? 'not valid'}` })
}
