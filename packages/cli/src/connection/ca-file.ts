/** The file with the CA of a control plane. */
import { holdsCertificate } from '@fairlead/credential-path/process/holds-certificate'
import { problem } from '@fairlead/contract/problems'
import { readRegularFile } from '@fairlead/credential-path/process/regular-file'

/** PEM. Throws CONFIG_FILE_UNREADABLE or FILE_TOO_LARGE. */
export async function readCaFile(path: string): Promise<string> {
  const pem = await readRegularFile(path)
  if (holdsCertificate(pem)) return pem
  throw problem('CONFIG_FILE_UNREADABLE', { path, reason: 'it holds no certificate in PEM' })
}
