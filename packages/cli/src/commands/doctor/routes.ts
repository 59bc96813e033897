/** `fairlead doctor`: its arguments. */
import { jsonFlag, optionalArgument, pathFlag, providerFlag, switchFlag, textFlag } from '../../flags.ts'
import { command } from '../../help.ts'
import { defaultPaths, policyFlag } from '../agent/paths.ts'

export const doctorCommand = command({
  loader: async () => import('./doctor.ts'),
  parameters: {
    positional: optionalArgument('IMAGE', 'Check every step of pulling it; without it, check the installation'),
    flags: {
      image: textFlag('IMAGE', 'Same as the IMAGE argument'),
      registryLoginSecret: textFlag(
        'SECRET',
        "Name or full identifier of the secret with the login; by default that of the image's door",
      ),
      provider: providerFlag('Where the secret is; by default as this machine joined, or as for `fairlead pull`'),
      pod: switchFlag("In an ordinary pod: check that it cannot act as its node, through the cloud's metadata service"),
      ownIdentity: switchFlag('With --pod: agents read secrets with an identity of their own, so only warn'),
      policy: policyFlag,
      secretsDir: pathFlag('DIR', defaultPaths.secretsDir, 'Secrets of provider local'),
      dockerSocket: pathFlag('FILE', defaultPaths.dockerSocket, 'The Docker Engine'),
      stateDir: pathFlag('DIR', defaultPaths.stateDir, "The node's own key and records"),
      ...jsonFlag,
    },
  },
  docs: {
    brief: 'Check this node: each step of the credential path, or the installation',
    fullDescription:
      'Runs the code of a pull, but pulls nothing. Each step has its result and time; if one fails,\n' +
      'steps that do not depend on it still run. The exit code is that of the first problem.',
  },
  examples: [
    'fairlead doctor',
    'fairlead doctor example.jfrog.io/team/ray:2.44.0 --registry-login-secret team/registry-login',
    'fairlead doctor --pod',
  ],
})
