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

/** The file with which a program is this subject; it needs no other file. */
export async function writeKubeconfig(server: string, ca: TestCa, { user, groups = [] }: Subject): Promise<string> {
  const { certPem, keyPem } = await ca.issueClient(user, groups)
  const base64 = (pem: string): string => Buffer.from(pem).toString('base64')
  const file = join(newFolder('kubeconfig'), 'config')
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': base64(ca.caPem) } }],
    users: [{ name: 'test', user: { 'client-certificate-data': base64(certPem), 'client-key-data': base64(keyPem) } }],
  }
  // JSON is YAML.
  await writeFile(file, JSON.stringify(content), { mode: 0o600 })
  return file
}
