/** What an admin runs once on AWS, as commands of its own CLI: each word arrives as it is, whatever the control plane sent (S7). Pure. */
import type { AwsAccessPolicy } from '@fairlead/contract/names'
import { shellCommand } from '../../terminal/shell-quote.ts'
import {
  accountOf,
  awsRole,
  awsSecretsToMake,
  awsTrustPolicy,
  enterOnAws,
  howToEnter,
  regionOf,
  type AccessSubject,
} from './access-subject.ts'

export function awsText(subject: AccessSubject<AwsAccessPolicy>): string {
  const { policy, exists } = subject
  const { partition, account, name, path } = awsRole(policy)
  const secrets = awsSecretsToMake(subject)
  const makeRole = [
    '',
    '# The role that the nodes run as, and the instance profile that gives it to a machine.',
    aws('iam create-role', {
      'role-name': name,
      path,
      'assume-role-policy-document': awsTrustPolicy(partition),
    }),
    aws('iam create-instance-profile', { 'instance-profile-name': name, path }),
    aws('iam add-role-to-instance-profile', { 'instance-profile-name': name, 'role-name': name }),
  ]
  const lines = [
    `# Run this once, as an admin of the account ${account}.${exists ? '' : ' With --existing, only the rights are printed.'}`,
    'set -eu',
    ...(exists ? [] : makeRole),
    '',
    '# The right to read exactly these secrets.',
    aws('iam put-role-policy', {
      'role-name': name,
      'policy-name': 'fairlead-registry-logins',
      'policy-document': policy.identity_policy,
    }),
    ...(secrets.length === 0 ? [] : ['', '# The secret, without a value.']),
    ...secrets.map((secret) => aws('secretsmanager create-secret', { ...secret })),
    ...policy.secret_policies.flatMap(({ secret, policy: document }) => [
      '',
      `# Then, as an admin of the account ${accountOf(secret)}:`,
      `# ${aws('secretsmanager put-resource-policy', { region: regionOf(secret), 'secret-id': secret, 'resource-policy': document })}`,
    ]),
    ...policy.key_policies.flatMap(({ secret, policy: document }) => [
      '',
      `# Add this to the policy of the key of ${secret}, unless the key leaves access to IAM of the account ${account}:`,
      `# ${JSON.stringify(document.Statement)}`,
    ]),
    ...howToEnter(secrets.map(enterOnAws)),
  ]
  return `${lines.join('\n')}\n`
}

/** Documents are JSON on one line. */
function aws(command: string, flags: Readonly<Record<string, string | object>>): string {
  const words = Object.entries(flags).flatMap(([flag, value]) => [
    `--${flag}`,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return shellCommand('aws', ...command.split(' '), ...words)
}
