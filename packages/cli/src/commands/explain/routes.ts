/** `fairlead explain`: the arguments of each command. */
import { buildRouteMap } from '@stricli/core'
import { jsonFlag, manyArguments, optionalArgument, providerFlag, switchFlag, textFlag } from '../../flags.ts'
import { command } from '../../help.ts'

const explainFlags = {
  input: textFlag('FILE', 'Read the input as one JSON object; - for standard input'),
  ...jsonFlag,
}

const image = command({
  loader: async () => import('./image.ts'),
  parameters: {
    positional: optionalArgument('IMAGE', 'An image name, as for docker pull'),
    flags: { server: textFlag('SERVER', 'Would a secret with this server be used for it?'), ...explainFlags },
  },
  docs: { brief: 'How an image name is read, and which secret would be used for it' },
  examples: [
    'fairlead explain image my-registry/my-image:tag',
    'fairlead explain image example.jfrog.io/anyscale:2.4.0 --server example.jfrog.io',
    `echo '{"image": "ubuntu", "server": "docker.io"}' | fairlead explain image --input - --json`,
  ],
})

const secretReference = command({
  loader: async () => import('./secret-reference.ts'),
  parameters: {
    positional: optionalArgument('REFERENCE', 'As in registry_login_secret'),
    flags: {
      provider: providerFlag('The provider of the nodes'),
      partition: textFlag('PARTITION', 'AWS partition of the nodes'),
      region: textFlag('REGION', 'AWS region of the nodes'),
      account: textFlag('DIGITS', 'AWS account of the nodes'),
      project: textFlag('PROJECT', 'Google Cloud project of the nodes'),
      projectNumber: textFlag('DIGITS', 'Its number'),
      ...explainFlags,
    },
  },
  docs: { brief: 'Which secret a reference names' },
  examples: [
    'fairlead explain secret-reference mysecretid --provider aws --region us-west-2 --account 111122223333',
    'fairlead explain secret-reference /projects/my-project/secrets/login/versions/3 --provider gcp',
  ],
})

const secretDocument = command({
  loader: async () => import('./secret-document.ts'),
  parameters: {
    positional: optionalArgument('FILE', 'The document; - for standard input'),
    flags: { fingerprint: switchFlag('Show the SHA-256 of the password'), ...explainFlags },
  },
  docs: { brief: 'Check whether a secret is well formed; never shows the password' },
  examples: [
    'fairlead explain secret-document login.json',
    'my-secret-tool get login | fairlead explain secret-document -',
  ],
})

const challenge = command({
  loader: async () => import('./challenge.ts'),
  parameters: {
    positional: manyArguments('HEADER', 'The value of a WWW-Authenticate header'),
    flags: explainFlags,
  },
  docs: { brief: 'How a WWW-Authenticate header is read' },
  examples: [`fairlead explain challenge 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"'`],
})

const realm = command({
  loader: async () => import('./realm.ts'),
  parameters: {
    positional: optionalArgument('URL', 'The realm in the challenge'),
    flags: {
      registry: textFlag('HOST', 'The registry that names it'),
      policy: textFlag('FILE', "A node's own policy file, for its trusted realms"),
      ...explainFlags,
    },
  },
  docs: { brief: 'Show whether a node would send a login to a token realm' },
  examples: ['fairlead explain realm https://auth.example.com/token --registry registry.example.com'],
})

const problem = command({
  loader: async () => import('./problem.ts'),
  parameters: {
    positional: optionalArgument('CODE', 'A problem code; without one, all are listed'),
    flags: jsonFlag,
  },
  docs: { brief: 'What a problem code means, how to fix it, and who can' },
  examples: ['fairlead explain CREDENTIAL_SERVER_MISMATCH', 'fairlead explain problem --json'],
})

export const explainRoutes = buildRouteMap({
  routes: { problem, image, secretReference, secretDocument, challenge, realm },
  defaultCommand: 'problem',
  docs: { brief: 'Explain a problem code, or how a node reads names, secrets, challenges and realms; works offline' },
})
