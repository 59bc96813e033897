/** The minimal policy for the nodes, as documents to paste in the right place. */
import { gcloudCommand, type AccessPolicy, type AwsSecretDocument } from '@fairlead/contract/names'
import { Checkbox, Text } from '@mantine/core'
import { CopyBlock } from '../ui/copy-block.tsx'

export function PolicyDocuments({
  policy,
  customerKeys,
  onCustomerKeys,
}: {
  policy: AccessPolicy
  customerKeys: boolean
  onCustomerKeys: (wanted: boolean) => void
}) {
  if (policy.provider === 'gcp') {
    return (
      <>
        <Text size="sm">Run this once; it lets {policy.service_account} read this secret and no other.</Text>
        <CopyBlock label="commands" text={policy.bindings.map(gcloudCommand).join('\n')} />
      </>
    )
  }
  return (
    <>
      <Checkbox
        size="sm"
        label="The secret is encrypted with our own KMS key"
        checked={customerKeys}
        onChange={(event) => onCustomerKeys(event.currentTarget.checked)}
      />
      <Text size="sm">
        Attach this to <span className="mono">{policy.role_arn}</span>
      </Text>
      <CopyBlock label="policy of the role" text={JSON.stringify(policy.identity_policy, null, 2)} />
      {policy.secret_policies.map((document) => (
        <SecretDocument key={document.secret} document={document} where="In its own account, put this on the secret" />
      ))}
      {policy.key_policies.map((document) => (
        <SecretDocument key={document.secret} document={document} where="Add this to the policy of the key of" />
      ))}
    </>
  )
}

function SecretDocument({ document, where }: { document: AwsSecretDocument; where: string }) {
  return (
    <>
      <Text size="sm">
        {where} <span className="mono">{document.secret}</span>
      </Text>
      <CopyBlock label={where} text={JSON.stringify(document.policy, null, 2)} />
    </>
  )
}
