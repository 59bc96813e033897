/** `fairlead admin`: what each command takes. They work on the data directory itself, with no control plane and no token. */
import { buildCommand, buildRouteMap } from '@stricli/core'
import { argument, jsonFlag, pathFlag, switchFlag, textFlag } from '../../flags.ts'
import { withExamples } from '../../help.ts'

const database = textFlag('URL', 'postgres://…, in place of SQLite; with a password only as FAIRLEAD_DATABASE')
const dataDir = pathFlag('DIR', 'fairlead-data', 'The folder that `fairlead serve` uses')

const backup = withExamples(
  buildCommand({
    loader: async () => import('./backup.ts'),
    parameters: {
      flags: { dataDir, database, ...jsonFlag },
      positional: { kind: 'tuple', parameters: [argument('FILE', 'Where to write; it must not exist')] },
    },
    docs: {
      brief: 'Back up the whole control plane to one file; safe while it is running',
      fullDescription:
        "The file holds the key of the control plane's own CA and the hashes of its tokens: keep it like a key.",
    },
  }),
  ['fairlead admin backup fairlead-2026-11-26.backup --data-dir /var/lib/fairlead-server'],
)

const restore = withExamples(
  buildCommand({
    loader: async () => import('./restore.ts'),
    parameters: {
      flags: {
        dataDir,
        database,
        replace: switchFlag('Move existing data aside, to a folder next to it'),
        ...jsonFlag,
      },
      positional: { kind: 'tuple', parameters: [argument('FILE', 'What `fairlead admin backup` wrote')] },
    },
    docs: {
      brief: 'Restore a data directory from a backup; stop its control plane first',
      fullDescription: 'All of the backup is proved before anything changes; a restore that is killed changed nothing.',
    },
  }),
  [
    'fairlead admin restore fairlead-2026-11-26.backup --data-dir /var/lib/fairlead-server',
    'fairlead admin restore fairlead-2026-11-26.backup --replace',
  ],
)

const verify = withExamples(
  buildCommand({
    loader: async () => import('./verify.ts'),
    parameters: {
      flags: { dataDir, database, backup: textFlag('FILE', 'Verify only this backup'), ...jsonFlag },
    },
    docs: {
      brief: 'Check the database, and the hash chain of every pull record',
      fullDescription: 'Reads only, also while a control plane runs.',
    },
  }),
  [
    'fairlead admin verify --data-dir /var/lib/fairlead-server',
    'fairlead admin verify --backup fairlead-2026-11-26.backup',
  ],
)

const kinds = { kind: 'enum', values: ['sqlite', 'postgres'] } as const

const copy = withExamples(
  buildCommand({
    loader: async () => import('./copy.ts'),
    parameters: {
      flags: {
        from: { ...kinds, brief: 'Which database holds the data: --data-dir or --database' },
        to: { ...kinds, brief: 'The target, which must be empty' },
        dataDir,
        database,
        ...jsonFlag,
      },
    },
    docs: {
      brief: 'Move all data between SQLite and PostgreSQL; stop the control plane first',
      fullDescription: 'One transaction; each table is compared by count and hash before it counts. The source stays.',
    },
  }),
  ['fairlead admin copy --from sqlite --to postgres --data-dir /var/lib/fairlead-server'],
)

export const adminRoutes = buildRouteMap({
  routes: { backup, restore, verify, copy },
  docs: { brief: 'Back up, restore, verify and copy a control plane, on its machine' },
})
