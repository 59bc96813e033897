/** Whether a file of authorities begins with one: Node takes any text for a list, and then trusts nobody. */
import { X509Certificate } from 'node:crypto'

export function holdsCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== ''
  } catch {
    return false
  }
}
