/** `fairlead pull`: its arguments. */
import { jsonFlag, oneArgument, pathFlag, providerFlag, switchFlag, textFlag } from '../../flags.ts'
import { command } from '../../help.ts'
import { defaultPaths, policyFlag } from '../agent/paths.ts'

export const pullCommand = command({
  loader: async () => import('./pull.ts'),
  parameters: {
    positional: oneArgument('IMAGE', 'As for docker pull; an image named only by digest gets a tag, which is printed'),
    flags: {
      registryLoginSecret: textFlag('SECRET', 'Name or full identifier of the secret with the login'),
      provider: providerFlag('Where the secret is; by default as its identifier or this machine says'),
      policy: policyFlag,
      secretsDir: pathFlag('DIR', defaultPaths.secretsDir, 'Secrets of provider local'),
      dockerSocket: pathFlag('FILE', defaultPaths.dockerSocket, 'The Docker Engine'),
      stateDir: textFlag(
        'DIR',
        'Its records and proofs; by default /var/lib/fairlead/once, or in your own state folder',
      ),
      logEvent: switchFlag('One line of JSON on standard error for this pull, as the agent of a node logs it'),
      ...jsonFlag,
    },
  },
  docs: {
    brief: 'Pull one private image onto this machine, without a server',
    fullDescription:
      "Reads the secret with the machine's own identity, checks that it is for the registry of the image, and pulls. Docker\n" +
      'never sees the password, and it is written nowhere.',
  },
  examples: [
    'fairlead pull example.jfrog.io/team/ray:2.44.0 --registry-login-secret team/registry-login',
    'fairlead pull registry.example.com/ray:2.44.0 --registry-login-secret login --json',
  ],
})
