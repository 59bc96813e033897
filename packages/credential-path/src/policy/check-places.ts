/** Checks the hosts and URLs of the node's file by the strict grammar (S3), so that an entry that can never match is reported at start. */
import { isLoopback, parseRegistryHost } from '@fairlead/contract/names'
import { type FieldProblem } from '@fairlead/contract/problems'
import { isLoopbackUrl, parseStrictUrl } from '../registry/http/strict-url.ts'
import type { NodePolicy } from './node-policy.ts'

/** One component of a repository's name, as the distribution specification defines it. */
const segment = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/

export function checkPlaces(policy: NodePolicy): readonly FieldProblem[] {
  const found: FieldProblem[] = []
  const check = (ok: boolean, path: string, detail: string) => {
    if (!ok) found.push({ path, detail })
  }
  const isHost = (text: string) => parseRegistryHost(text) !== null

  policy.trusted_realms.forEach(({ registry, realm }, index) => {
    check(isHost(registry), `trusted_realms[${index}].registry`, 'it is not host[:port]')
    const url = parseStrictUrl(realm)
    const exact = url !== null && url.query === '' && (url.scheme === 'https' || isLoopbackUrl(url))
    check(exact, `trusted_realms[${index}].realm`, 'it is not an https URL without a query (http is for loopback)')
  })
  policy.loopback_registries.forEach((text, index) => {
    const url = parseStrictUrl(text)
    const exact = url !== null && url.path === '' && url.query === ''
    check(exact, `loopback_registries[${index}]`, 'it is not scheme://host:port, such as http://127.0.0.1:5000')
  })
  policy.plain_http_registries.forEach((text, index) => {
    const host = parseRegistryHost(text)
    const plain = host !== null && !isLoopback(host.host) && !host.isDockerHub
    check(plain, `plain_http_registries[${index}]`, 'it is not host[:port] of another machine')
  })
  for (const host of Object.keys(policy.registry_ca))
    check(isHost(host), `registry_ca.${host}`, 'it is not host[:port]')
  policy.allowed_registries?.forEach((text, index) => {
    const [host = '', ...path] = text.replace(/\/$/, '').split('/')
    check(
      isHost(host) && path.every((part) => segment.test(part)),
      `allowed_registries[${index}]`,
      'it is neither host nor host/path',
    )
  })
  policy.allowed_secrets?.forEach(({ registries = [] }, index) => {
    check(registries.every(isHost), `allowed_secrets[${index}].registries`, 'one is not host[:port]')
  })
  check(policy.proxy === null || isProxy(policy.proxy), 'proxy', 'it is not http(s)://[user:password@]host:port')
  return found
}

/** Only here may a URL contain a login: the node owner's own, for their own proxy. */
function isProxy(text: string): boolean {
  return parseStrictUrl(text.replace(/^(https?:\/\/)[^@/]*@/i, '$1')) !== null
}
