/** The authorities that the node's owner names for one host: a PEM file that must be as safe as the policy that names it. */
import { problem } from '@fairlead/contract/problems'
import { holdsCertificate } from '../process/holds-certificate.ts'
import { readOwnerFile } from './owner-file.ts'

/** `setting`: where the policy names the file. Throws POLICY_UNSAFE or POLICY_INVALID. */
export function readOwnerCa(path: string, setting: string): string {
  const invalid = (reason: string) => problem('POLICY_INVALID', { path: setting, reason })
  const pem = readOwnerFile(path, { unsafe: () => problem('POLICY_UNSAFE', { path }), invalid })
  if (pem === null) throw invalid('the file cannot be read')
  if (!holdsCertificate(pem)) throw invalid('the file holds no certificate in PEM')
  return pem
}
