/** `fairlead explain`: what each command takes. */
import { buildCommand, buildRouteMap } from '@stricli/core'
import { argument, jsonFlag, textFlag } from '../../flags.ts'
import { withExamples } from '../../help.ts'

const explainFlags = {
  input: textFlag('FILE', 'Read the question as one JSON object; - for standard input'),
  ...jsonFlag,
}

const image = withExamples(
  buildCommand({
    loader: async () => import('./image.ts'),
    parameters: {
      positional: {
        kind: 'tuple',
        parameters: [{ ...argument('IMAGE', 'An image name, as for docker pull'), optional: true }],
      },
      flags: { server: textFlag('SERVER', 'Would a secret with this server be used for it?'), ...explainFlags },
    },
    docs: { brief: 'How an image name is read, and which secret would be used for it' },
  }),
  [
    'fairlead explain image my-registry/my-image:tag',
    'fairlead explain image example.jfrog.io/anyscale:2.4.0 --server example.jfrog.io',
    `echo '{"image": "ubuntu", "server": "docker.io"}' | fairlead explain image --input - --json`,
  ],
)

const secretReference = withExamples(
  buildCommand({
    loader: async () => import('./secret-reference.ts'),
    parameters: {
      positional: {
        kind: 'tuple',
        parameters: [{ ...argument('REFERENCE', 'As in registry_login_secret'), optional: true }],
      },
      flags: {
        provider: { kind: 'enum', values: ['aws', 'gcp', 'local'], optional: true, brief: 'Of the nodes' },
        partition: textFlag('PARTITION', 'AWS partition of the nodes'),
        region: textFlag('REGION', 'AWS region of the nodes'),
        account: textFlag('DIGITS', 'AWS account of the nodes'),
        project: textFlag('PROJECT', 'Google Cloud project of the nodes'),
        projectNumber: textFlag('DIGITS', 'Its number'),
        ...explainFlags,
      },
    },
    docs: { brief: 'Which secret a reference names' },
  }),
  [
    'fairlead explain secret-reference mysecretid --provider aws --region us-west-2 --account 111122223333',
    'fairlead explain secret-reference /projects/my-project/secrets/login/versions/3 --provider gcp',
  ],
)

export const explainRoutes = buildRouteMap({
  routes: { image, secretReference },
  docs: { brief: 'How names, secrets, challenges and realms are read; offline, with the functions of the node' },
})
