/** What an admin runs once on Google Cloud, as gcloud commands: each word arrives as it is, whatever the control plane sent (S7). Pure. */
import { gcloudCommand, type GcpAccessPolicy, type GcpSecretBinding } from '@fairlead/contract/names'
import { shellCommand } from '../../terminal/shell-quote.ts'
import {
  enterOnGcp,
  gcpAccountToMake,
  gcpPlace,
  howToEnter,
  isGcpSecretToMake,
  type AccessSubject,
} from './access-subject.ts'

export function gcloudText(subject: AccessSubject<GcpAccessPolicy>): string {
  const { policy, exists } = subject
  const account = gcpAccountToMake(subject)
  const secrets = policy.bindings.filter((binding) => isGcpSecretToMake(subject, binding))
  const lines = [
    `# Run this once, as an admin of the project.${exists ? '' : ' With --existing, only the rights are printed.'}`,
    'set -eu',
    ...(account === null
      ? []
      : [
          '',
          '# The service account of the nodes: create their machines with it, and with the scope cloud-platform.',
          shellCommand('gcloud', 'iam', 'service-accounts', 'create', account.id, `--project=${account.project}`),
        ]),
    ...(secrets.length === 0 ? [] : ['', '# The secret, without a value.']),
    ...secrets.map(createSecret),
    '',
    '# The right to read exactly these secrets, not all of a project.',
    ...policy.bindings.map(gcloudCommand),
    ...howToEnter(secrets.map(enterOnGcp)),
  ]
  return `${lines.join('\n')}\n`
}

function createSecret(binding: GcpSecretBinding): string {
  // A regional secret stays in its location.
  const copies = binding.location === null ? ['--replication-policy=automatic'] : []
  return shellCommand('gcloud', 'secrets', 'create', binding.secret, ...gcpPlace(binding), ...copies)
}
