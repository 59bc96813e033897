/** Checks the hosts and URLs of the node's file by the strict grammar (S3), so that an entry that can never match is reported at start. */
import { isLoopback, looksLikeSecret, parseRegistryHost } from '@fairlead/contract/names'
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
  const isPlace = (text: string) => {
    const [host = '', ...path] = text.split('/')
    return isHost(host) && path.every((part) => segment.test(part))
  }
  policy.allowed_registries?.forEach((text, index) => {
    check(isPlace(text.replace(/\/$/, '')), `allowed_registries[${index}]`, 'it is neither host nor host/path')
  })
  const places = Object.keys(policy.doors).map(placeKey)
  Object.entries(policy.doors).forEach(([name, secret], index) => {
    // An engine needs the host in a path, where an IPv6 address cannot be.
    check(isPlace(name) && !name.startsWith('['), `doors.${name}`, 'it is neither host[:port] nor host[:port]/path')
    check(places.indexOf(places[index] ?? '') === index, `doors.${name}`, 'the same place is there twice')
    check(
      secret === null || !looksLikeSecret(secret),
      `doors.${name}`,
      'it looks like a secret, and must be the name of one',
    )
  })
  policy.allowed_secrets?.forEach(({ registries = [] }, index) => {
    check(registries.every(isHost), `allowed_secrets[${index}].registries`, 'one is not host[:port]')
  })
  check(policy.proxy === null || isProxy(policy.proxy), 'proxy', 'it is not http(s)://[user:password@]host:port')
  return found
}

/** The registry's identity and the path. */
function placeKey(text: string): string {
  const [host = '', ...path] = text.split('/')
  return [parseRegistryHost(host)?.key ?? host, ...path].join('/')
}

/** Only here may a URL contain a login: the node owner's own, for their own proxy. */
function isProxy(text: string): boolean {
  return parseStrictUrl(text.replace(/^(https?:\/\/)[^@/]*@/i, '$1')) !== null
}
