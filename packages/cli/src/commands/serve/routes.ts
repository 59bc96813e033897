/** `fairlead serve`: its arguments, and those of its installation. */
import { buildRouteMap } from '@stricli/core'
import {
  choiceFlag,
  jsonFlag,
  parsedFlag,
  pathFlag,
  switchFlag,
  textFlag,
  textsFlag,
  wholeNumber,
} from '../../flags.ts'
import { command } from '../../help.ts'
import { executableFlag, placeFlags, removalFlags } from '../../machine-steps/place-flags.ts'

const origin = textFlag('URL', 'URL that clients and nodes use, if not the listen address')
const tlsCert = textFlag('FILE', 'Its certificate in PEM; without one it creates its own CA')
const tlsKey = textFlag('FILE', 'The key of that certificate')

const signIn = textFlag('FILE', 'Who may sign in, by which identity provider (docs/guides/sign-in.md)')

const run = command({
  loader: async () => import('./serve.ts'),
  parameters: {
    flags: {
      listen: {
        kind: 'parsed',
        parse: String,
        default: '127.0.0.1:8470',
        placeholder: 'HOST:PORT',
        brief: 'Address to listen on; beyond loopback it serves TLS',
      },
      dataDir: pathFlag('DIR', 'fairlead-data', 'Directory of its database'),
      database: textFlag('URL', 'PostgreSQL, for several replicas; a URL with a password only as FAIRLEAD_DATABASE'),
      origin,
      tlsCert,
      tlsKey,
      connectTo: textsFlag('HOST=ADDRESS:PORT', 'Address of a cloud service, for private networks; repeatable'),
      metricsListen: textFlag('HOST:PORT', 'Serve metrics and health there, without a token; /metrics then only there'),
      drainSeconds: parsedFlag(wholeNumber(0, 600), 'N', 'On shutdown, fail /readyz and keep serving for N seconds'),
      pullRetentionDays: parsedFlag(
        wholeNumber(1, 3650),
        'N',
        'Remove pull records older than N days (default: keep them forever)',
      ),
      forgetLostHours: parsedFlag(
        wholeNumber(0, 8760),
        'N',
        'Forget attested nodes after N hours of silence (default 24; 0: never)',
      ),
      signIn,
      newAdminToken: switchFlag('Create another admin token, to replace one that was lost'),
      logLevel: choiceFlag(
        ['debug', 'info', 'warn', 'error', 'silent'],
        'Level of the log on standard error; on a terminal only warnings',
      ),
      ...jsonFlag,
    },
  },
  docs: {
    brief: 'Run the control plane',
    fullDescription: [
      'The first start creates an admin token. On a terminal it prints the token once; otherwise it writes it',
      'to the file admin-token in the data directory, readable only by this user. On SIGHUP it reads its',
      'certificate again. The control plane stores names of secrets, never secrets.',
    ].join('\n'),
  },
  examples: [
    'fairlead serve',
    'fairlead serve --listen 0.0.0.0:8470 --origin https://fairlead.example.com:8470 --data-dir /var/lib/fairlead-server',
  ],
})

const install = command({
  loader: async () => import('./install.ts'),
  parameters: {
    flags: {
      listen: textFlag('HOST:PORT', 'Address to listen on (default: 127.0.0.1:8470); beyond loopback it serves TLS'),
      origin,
      tlsCert,
      tlsKey,
      signIn,
      databaseFile: textFlag('FILE', 'Read the URL of a PostgreSQL database, with its password, from this 0600 file'),
      executable: executableFlag,
      ...placeFlags,
    },
  },
  docs: {
    brief: 'Install the control plane as a service of systemd, or update it',
    fullDescription: [
      'Installs the executable, a unit that runs it as the user fairlead, and its settings, which stay if they exist.',
      'Its data are in /var/lib/fairlead-server. The admin token is in the file admin-token there, for root and that',
      'user only. The certificate is copied; put renewed files in the same place.',
    ].join('\n'),
  },
  examples: [
    'sudo ./fairlead-linux-x64 serve install',
    'sudo ./fairlead-linux-x64 serve install --listen 0.0.0.0:8470 --origin https://fairlead.example.com:8470',
    'fairlead serve install --dry-run',
  ],
})

const uninstall = command({
  loader: async () => import('./uninstall.ts'),
  parameters: {
    flags: {
      purge: switchFlag('Also remove settings, certificate and data: the whole control plane'),
      ...removalFlags,
    },
  },
  docs: { brief: 'Remove the service; its settings and data stay, and clusters keep running' },
  examples: ['sudo fairlead serve uninstall', 'sudo fairlead serve uninstall --purge'],
})

export const serveRoutes = buildRouteMap({
  routes: { run, install, uninstall },
  defaultCommand: 'run',
  docs: { brief: 'Run the control plane, or install it as a service', hideRoute: { run: true } },
})
