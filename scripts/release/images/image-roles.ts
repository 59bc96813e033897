/** How each image starts: both contain the same files. */

import { agentEnvironment } from '../../../packages/cli/src/commands/agent/agent-environment.ts'

/** Owns its data folder and nothing else. Not a number that a distribution gives to a person. */
export const user = { name: 'fairlead', id: 65_532, home: '/var/lib/fairlead' } as const

const common = {
  User: `${user.id}:${user.id}`,
  Env: ['PATH=/usr/bin', `HOME=${user.home}`],
  Entrypoint: ['/usr/bin/fairlead'],
  Volumes: { [user.home]: {} },
  WorkingDir: user.home,
}

export const imageRoles = {
  server: {
    title: 'fairlead-server',
    config: {
      ...common,
      Cmd: ['serve', '--listen', '0.0.0.0:8470', '--data-dir', user.home],
      ExposedPorts: { '8470/tcp': {} },
    },
  },
  agent: {
    title: 'fairlead-agent',
    config: {
      ...common,
      Env: [...common.Env, ...Object.entries(agentEnvironment).map(([name, value]) => `${name}=${value}`)],
      Cmd: ['agent', 'run'],
    },
  },
} as const

export type ImageRole = keyof typeof imageRoles
