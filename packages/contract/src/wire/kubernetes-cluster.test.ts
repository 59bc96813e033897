import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KubernetesCluster } from './kubernetes-cluster.ts'

const rsa = { kty: 'RSA', use: 'sig', alg: 'RS256', kid: 'k', n: 'AQAB', e: 'AQAB' }
const ec = { kty: 'EC', use: 'sig', alg: 'ES256', kid: 'k', crv: 'P-256', x: 'AQAB', y: 'AQAB' }
const cluster = { issuer: 'https://oidc.example.com/id/A1', service_accounts: ['fairlead/agent'], keys: [rsa, ec] }
const isTaken = (part: object) => KubernetesCluster.safeParse({ ...cluster, ...part }).success

describe('a Kubernetes cluster whose pods may join', () => {
  test.each([
    ['https://kubernetes.default.svc.cluster.local'],
    ['https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E'],
    ['https://container.googleapis.com/v1/projects/p/locations/europe-west1/clusters/c'],
    ['https://eastus.oic.prod-aks.azure.com/tenant/uuid/'],
    ['https://10.0.0.1:6443'],
  ])('may have the issuer %s', (issuer) => {
    expect(isTaken({ issuer })).toBe(true)
  })

  test.each([
    ['http://oidc.example.com'],
    ['kubernetes/serviceaccount'],
    ['https://user@oidc.example.com'],
    ['https://oidc.example.com/?x'],
    ['https://oidc.example.com/#x'],
    ['https://oidc.example.com:99999'],
    ['https://'],
    ['https://oidc.example.com/ x'],
  ])('may not have the issuer %s', (issuer) => {
    expect(isTaken({ issuer })).toBe(false)
  })

  test('has an issuer that can be asked for its keys, whatever the form lets through', () => {
    const given = fc.webUrl({ validSchemes: ['https'], withQueryParameters: false })
    const host = fc.stringMatching(/^[A-Za-z0-9.[\]:-]{1,20}$/).map((text) => `https://${text}`)
    fc.assert(
      fc.property(fc.oneof(given, host), (issuer) => {
        expect(isTaken({ issuer }) && !URL.canParse(issuer)).toBe(false)
      }),
    )
    for (const issuer of ['https://a.999', 'https://xn--a', 'https://a.[b]', 'https://-a.example.com', 'https://a:0']) {
      expect(isTaken({ issuer }), issuer).toBe(false)
    }
  })

  test('names its service accounts one by one', () => {
    expect(isTaken({ service_accounts: ['kube-system/a.b-c', 'fairlead/checker'] })).toBe(true)
    for (const account of [
      'fairlead',
      'fairlead/',
      'fairlead/*',
      '*/agent',
      'fairlead/agent/x',
      'Fairlead/agent',
      'a:b/c',
    ])
      expect(isTaken({ service_accounts: [account] })).toBe(false)
    expect(isTaken({ service_accounts: [] })).toBe(false)
  })

  test.each<[string, object]>([
    ['a private key', { ...rsa, d: 'AQAB' }],
    ['the primes of one', { ...rsa, p: 'AQAB' }],
    ['a private key on a curve', { ...ec, d: 'AQAB' }],
    ['a shared secret', { kty: 'oct', use: 'sig', alg: 'HS256', kid: 'k', k: 'AQAB' }],
    ['a key for HS256', { ...rsa, alg: 'HS256' }],
    ['a key for no algorithm', { ...rsa, alg: 'none' }],
    ['a key for encryption', { ...rsa, use: 'enc' }],
    ['a key without a name', { ...rsa, kid: undefined }],
  ])('S31: is not known by %s', (_, key) => {
    expect(isTaken({ keys: [rsa] })).toBe(true)
    expect(isTaken({ keys: [rsa, key] })).toBe(false)
  })
})
