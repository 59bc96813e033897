/** `fairlead policy`: its arguments. */
import { buildCommand } from '@stricli/core'
import { remoteFlags, switchFlag } from '../../flags.ts'
import { withExamples } from '../../help.ts'
import { completing, namingFlag } from '../../named.ts'

export const policyCommand = withExamples(
  buildCommand({
    loader: async () => import('./policy.ts'),
    parameters: {
      flags: {
        clusterEnv: {
          kind: 'parsed',
          parse: String,
          placeholder: 'NAME[:REV]',
          proposeCompletions: completing('environment'),
          brief: 'The cluster environment whose secrets the nodes read',
        },
        cloudName: namingFlag('cloud', 'CLOUD', 'The cloud (default: that of the build)'),
        format: {
          kind: 'enum',
          values: ['json', 'terraform', 'gcloud'],
          default: 'json',
          brief: 'As the API returns it, as Terraform, or as gcloud commands (Google Cloud)',
        },
        customerKeys: switchFlag('AWS: the secrets are encrypted with your own KMS keys'),
        ...remoteFlags,
      },
    },
    docs: {
      brief: "Print the minimal policy that lets a cloud's nodes read their secrets",
      fullDescription:
        'For exactly the granted secrets that the environment uses: its newest build (or the revision), and builds that clusters run now.\n' +
        'On AWS identity_policy is for the role of the nodes. For a secret of another account, secret_policies say what that account\n' +
        "must add to the secret. key_policies are for the key of a secret, in whichever account it is; a key of the nodes' own account\n" +
        'that leaves it to IAM needs none.',
    },
  }),
  [
    'fairlead policy --cluster-env train',
    'fairlead policy --cluster-env train | jq .identity_policy > policy.json',
    'fairlead policy --cluster-env train --format gcloud',
  ],
)
