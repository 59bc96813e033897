/**
 * The systemd service of a control plane: its unit, its user and its settings, each as the text of one file. It needs less than an agent: no
 * capability but the one for ports below 1024, and nothing of the machine but its own folder.
 */

export const serverUnitName = 'fairlead-server.service'
export const serverUser = 'fairlead'

/** Separate from an agent's, which may run on the same machine as another user. */
export const serverPaths = {
  dataDir: '/var/lib/fairlead-server',
  configDir: '/etc/fairlead-server',
  settings: '/etc/fairlead-server/server.env',
  tlsCert: '/etc/fairlead-server/cert.pem',
  tlsKey: '/etc/fairlead-server/key.pem',
  signIn: '/etc/fairlead-server/sign-in.yaml',
  users: '/etc/sysusers.d/fairlead-server.conf',
} as const

/** Exit status of a usage error: a mistake in the settings does not go away by trying again. */
const usageError = 2

export function serverUnitText(executable: string): string {
  return `[Unit]
Description=Fairlead control plane
Wants=network-online.target
After=network-online.target postgresql.service
StartLimitIntervalSec=0

[Service]
Type=exec
User=${serverUser}
# The flags, and the password of a PostgreSQL database: only root can read this file, and systemd does.
EnvironmentFile=-${serverPaths.settings}
ExecStart=${executable} serve --data-dir ${serverPaths.dataDir} $FAIRLEAD_SERVE_FLAGS
# Looks for a renewed certificate now; it does so every 30 seconds anyway.
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=2
RestartPreventExitStatus=${usageError}
# Longer than --drain-seconds, if it is set.
TimeoutStopSec=30
# One connection for each agent, and some.
LimitNOFILE=65536

# The tokens that Ray requires, and the key of its CA, are in its memory: keep them off the disk.
LimitCORE=0
MemorySwapMax=0

StateDirectory=fairlead-server
StateDirectoryMode=0700
UMask=0077

NoNewPrivileges=yes
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
AmbientCapabilities=CAP_NET_BIND_SERVICE
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`
}

/** For systemd-sysusers: a user without a password, a shell or a home folder. */
export const serverUserText = `# The user of ${serverUnitName}.
u ${serverUser} - "Fairlead control plane" ${serverPaths.dataDir}
`

export interface ServerSettings {
  /** HOST:PORT. */
  readonly listen: string
  readonly origin: string | null
  /** Whether certificate and key are at their paths in `serverPaths`. */
  readonly hasCertificate: boolean
  /** Whether the file of who may sign in is at its path in `serverPaths`. */
  readonly hasSignIn: boolean
  /** postgres://…, with its password. */
  readonly database: string | null
}

export const standardSettings: ServerSettings = {
  listen: '127.0.0.1:8470',
  origin: null,
  hasCertificate: false,
  hasSignIn: false,
  database: null,
}

/** What the owner may change; an installation never writes over it. */
export function serverSettingsText({ listen, origin, hasCertificate, hasSignIn, database }: ServerSettings): string {
  const flags = [
    `--listen ${listen}`,
    ...(origin === null ? [] : [`--origin ${origin}`]),
    ...(hasCertificate ? [`--tls-cert ${serverPaths.tlsCert} --tls-key ${serverPaths.tlsKey}`] : []),
    ...(hasSignIn ? [`--sign-in ${serverPaths.signIn}`] : []),
  ]
  const example = 'postgres://fairlead:PASSWORD@db.example.com/fairlead'
  return `# ${serverPaths.settings}: how ${serverUnitName} runs. Only root can read it.
# After a change: systemctl restart fairlead-server

# The flags of \`fairlead serve\`: see \`fairlead serve --help\`.
FAIRLEAD_SERVE_FLAGS="${flags.join(' ')}"

# PostgreSQL instead of SQLite in ${serverPaths.dataDir}. The password may be here, never among the flags.
${database === null ? `# FAIRLEAD_DATABASE="${example}"` : `FAIRLEAD_DATABASE="${escaped(database)}"`}
`
}

/** Within double quotes, as systemd reads an EnvironmentFile. */
function escaped(value: string): string {
  return value.replaceAll(/["\\$`]/g, String.raw`\$&`)
}
