/** Where a node keeps what is its own, unless told otherwise. */
export const defaultPaths = {
  stateDir: '/var/lib/fairlead',
  policy: '/etc/fairlead/policy.yaml',
  secretsDir: '/etc/fairlead/secrets',
  dockerSocket: '/var/run/docker.sock',
} as const
