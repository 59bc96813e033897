/** The node owner's own file: all that may widen trust on this node, and what its containers may have. The control plane cannot change it (S7). */
import { z } from 'zod'

const strings = z.array(z.string().min(1).max(2048)).max(1000)

export const NodePolicy = z.strictObject({
  /** Token realms on other hosts that may receive a login for a registry. */
  trusted_realms: z
    .array(z.strictObject({ registry: z.string(), realm: z.string() }))
    .max(1000)
    .default([]),
  /** Loopback registries by exact scheme, host and port, such as `http://127.0.0.1:5000` (S23). */
  loopback_registries: strings.default([]),
  /** Ids of users, besides root and the agent's own, whose loopback servers may be reached over http: any user can bind a free port. */
  loopback_users: z.array(z.int().nonnegative()).max(1000).default([]),
  /** Hosts reached over plain http, only anonymously. */
  plain_http_registries: strings.default([]),
  /** Maps host[:port] of a registry or a realm to the path of a PEM file; changes to the file apply to the next connection. */
  registry_ca: z.record(z.string(), z.string()).default({}),
  /** The path of a PEM file, read at start; it replaces the system's authorities for the secret manager and its token services. */
  secret_manager_ca: z.string().nullable().default(null),
  /** For registries, realms and the secret manager. Listed loopback registries, trusted loopback realms and metadata services bypass it. */
  proxy: z.string().nullable().default(null),
  /** Where images may come from, as `host` or `host/path`; if absent, anywhere. */
  allowed_registries: strings.nullable().default(null),
  /** Which secrets may be used, each for which registries; if absent, all, and `doctor` warns. */
  allowed_secrets: z
    .array(z.strictObject({ reference: z.string(), registries: strings.optional() }))
    .max(1000)
    .nullable()
    .default(null),
  /**
   * What the engines of this node may pull by themselves, as `host` or `host/path`, and the secret with the login for it; null: without a
   * login. The longest path that covers a repository decides. Read again whenever the file changes.
   */
  doors: z.record(z.string(), z.string().min(1).max(2048).nullable()).default({}),
  /** Where the doors are served, on 127.0.0.1. */
  door_port: z.int().min(1).max(65_535).default(7464),
  /** If the secret is for another registry: stop, or try without a login. */
  on_mismatch: z.enum(['fail', 'anonymous']).default('fail'),
  /** Whether an image that was verified within a day may start while its registry is unreachable. */
  offline_start: z.enum(['allow', 'forbid']).default('allow'),
  /** Whether workloads can reach the cloud's metadata service, and so act as the node's role. */
  workload_metadata: z.enum(['deny', 'allow']).default('deny'),
  /** Whether the last lines of a failed container are shown with its cluster, or `always`, while it runs too; otherwise they stay on the node. */
  share_logs: z.union([z.boolean(), z.literal('always')]).default(false),
  /** What the containers of workloads get. */
  containers: z
    .strictObject({
      /** A network of Docker. */
      network: z
        .string()
        .regex(/^[A-Za-z0-9_.-]{1,128}$/)
        .default('host'),
      /** All GPUs, a number of them, or their ids. */
      gpus: z
        .union([z.literal('all'), z.int().positive(), z.array(z.string()).min(1)])
        .nullable()
        .default(null),
      /** The size of /dev/shm: bytes, or a number with k, m or g. */
      shm_size: z
        .union([z.int().positive(), z.string().regex(/^\d+[kmgKMG]?$/)])
        .nullable()
        .default(null),
      /** Limits of the kernel by name, such as `nofile`. */
      ulimits: z.record(z.string(), z.union([z.int(), z.strictObject({ soft: z.int(), hard: z.int() })])).default({}),
      /** Folders of the node in each container. */
      mounts: z
        .array(
          z.strictObject({
            /** A folder of the node. */
            source: z.string().startsWith('/'),
            /** Where it is in the container. */
            target: z.string().startsWith('/'),
            /** Whether the container may only read it. */
            read_only: z.boolean().default(false),
          }),
        )
        .max(100)
        .default([]),
    })
    .prefault({}),
  /** The largest image to pull, as the sum of what the registry sends. */
  max_image_bytes: z
    .int()
    .positive()
    .default(200 * 1024 ** 3),
  /** How much disk space stays free. */
  disk_reserve_bytes: z
    .int()
    .nonnegative()
    .default(2 * 1024 ** 3),
})
export type NodePolicy = z.infer<typeof NodePolicy>

/** A policy and its source. */
export interface PolicyInForce {
  readonly file: string
  readonly policy: NodePolicy
  /** The settings that the file itself makes, such as `containers.gpus`; all others have their defaults. Null: there is no file. */
  readonly given: readonly string[] | null
}
