/** Who somebody is to the API server: a certificate of its authority, in a kubeconfig file. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newFolder } from '../run-folder.ts'
import type { TestCa } from '../servers/test-ca.ts'

export interface Subject {
  readonly user: string
  readonly groups?: readonly string[]
}

/** May do everything. */
export const administrator: Subject = { user: 'administrator', groups: ['system:masters'] }

export interface KubernetesAccess {
  readonly server: string
  /** With which a program is this subject; it needs no other file. */
  readonly kubeconfig: string
  /** For requests to the API server as this subject. */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string }
}

export async function grantAccess(
  server: string,
  ca: TestCa,
  { user, groups = [] }: Subject,
): Promise<KubernetesAccess> {
  const { certPem, keyPem } = await ca.issueClient(user, groups)
  const base64 = (pem: string): string => Buffer.from(pem).toString('base64')
  const kubeconfig = join(newFolder('kubeconfig'), 'config')
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': base64(ca.caPem) } }],
    users: [{ name: 'test', user: { 'client-certificate-data': base64(certPem), 'client-key-data': base64(keyPem) } }],
  }
  // JSON is YAML.
  await writeFile(kubeconfig, JSON.stringify(content), { mode: 0o600 })
  return { server, kubeconfig, tls: { ca: ca.caPem, cert: certPem, key: keyPem } }
}
