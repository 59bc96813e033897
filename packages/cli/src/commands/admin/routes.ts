/** `fairlead admin`: the arguments of each command. They work on the data directory directly, without a control plane or a token. */
import { buildRouteMap } from '@stricli/core'
import { jsonFlag, oneArgument, pathFlag, switchFlag, textFlag } from '../../flags.ts'
import { command } from '../../help.ts'

const database = textFlag('URL', 'postgres://…, in place of SQLite; with a password only as FAIRLEAD_DATABASE')
const dataDir = pathFlag('DIR', 'fairlead-data', 'The folder that `fairlead serve` uses')

const backup = command({
  loader: async () => import('./backup.ts'),
  parameters: {
    flags: {
      dataDir,
      database,
      stopped: switchFlag('Refuse if a control plane is running on it: for a move, which must not miss a write'),
      ...jsonFlag,
    },
    positional: oneArgument('FILE', 'Where to write; it must not exist'),
  },
  docs: {
    brief: 'Back up the whole control plane to one file; safe while it is running',
    fullDescription:
      "The file holds the key of the control plane's own CA and the hashes of its tokens: protect it like a key.",
  },
  examples: ['fairlead admin backup fairlead-2026-11-26.backup --data-dir /var/lib/fairlead-server'],
})

const restore = command({
  loader: async () => import('./restore.ts'),
  parameters: {
    flags: {
      dataDir,
      database,
      replace: switchFlag('Move existing data into a folder replaced-TIME in the data directory'),
      ...jsonFlag,
    },
    positional: oneArgument('FILE', 'The file that `fairlead admin backup` wrote'),
  },
  docs: {
    brief: 'Restore a data directory or PostgreSQL from a backup; stop its control plane first',
    fullDescription: [
      'A backup of SQLite or PostgreSQL restores into either: this is how a control plane moves between them.',
      'The whole backup is verified before anything changes. A restore that is killed changes nothing, or the next start completes it.',
    ].join('\n'),
  },
  examples: [
    'fairlead admin restore fairlead-2026-11-26.backup --data-dir /var/lib/fairlead-server',
    'fairlead admin restore fairlead-2026-11-26.backup --replace',
    'FAIRLEAD_DATABASE=postgres://… fairlead admin restore fairlead-2026-11-26.backup',
  ],
})

const verify = command({
  loader: async () => import('./verify.ts'),
  parameters: {
    flags: { dataDir, database, backup: textFlag('FILE', 'Verify only this backup'), ...jsonFlag },
  },
  docs: {
    brief: 'Check the database, and the hash chain of every pull record',
    fullDescription: 'Only reads; safe while the control plane is running.',
  },
  examples: [
    'fairlead admin verify --data-dir /var/lib/fairlead-server',
    'fairlead admin verify --backup fairlead-2026-11-26.backup',
  ],
})

export const adminRoutes = buildRouteMap({
  routes: { backup, restore, verify },
  docs: { brief: 'Back up, restore, move and verify a control plane, on its machine' },
})
