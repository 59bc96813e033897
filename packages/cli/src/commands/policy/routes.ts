/** `fairlead policy`: its arguments. */
import { remoteFlags, switchFlag } from '../../flags.ts'
import { command } from '../../help.ts'
import { namingFlag } from '../../named.ts'

export const policyCommand = command({
  loader: async () => import('./policy.ts'),
  parameters: {
    flags: {
      clusterEnv: {
        ...namingFlag('environment', 'NAME[:REV]', 'The cluster environment whose secrets the nodes read'),
        optional: false,
      },
      cloudName: namingFlag('cloud', 'CLOUD', 'The cloud (default: that of the build)'),
      format: {
        kind: 'enum',
        values: ['json', 'aws', 'gcloud', 'terraform'],
        default: 'json',
        brief: 'The rights as JSON; or the whole setup, as commands or Terraform',
      },
      existing: switchFlag('The role and the secrets exist already: print only the rights'),
      customerKeys: switchFlag('AWS: the secrets are encrypted with your own KMS keys'),
      ...remoteFlags,
    },
  },
  docs: {
    brief: "Print what a cloud's nodes need to read their secrets, and no more",
    fullDescription:
      'For exactly the granted secrets that the environment uses: its newest build (or the revision), and builds that clusters run now.\n' +
      'The formats aws, gcloud and terraform create the role of the nodes (with its trust policy and instance profile) or their service\n' +
      'account, its rights, and the secret without a value. A last comment has the command that asks for the password.\n\n' +
      'On AWS identity_policy is for the role of the nodes. For a secret of another account, secret_policies say what that account\n' +
      "must add to the secret. key_policies are for the key of a secret, in whichever account it is; a key of the nodes' own account\n" +
      'that leaves it to IAM needs none.',
  },
  examples: [
    'fairlead policy --cluster-env train',
    'fairlead policy --cluster-env train | jq .identity_policy > policy.json',
    'fairlead policy --cluster-env train --format aws > setup.sh',
    'fairlead policy --cluster-env train --format terraform --existing > rights.tf',
  ],
})
