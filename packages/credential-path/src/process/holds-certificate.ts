/** Whether a file of authorities starts with a certificate: Node accepts any text as a list, and then trusts no one. */
import { X509Certificate } from 'node:crypto'

export function holdsCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== ''
  } catch {
    return false
  }
}
