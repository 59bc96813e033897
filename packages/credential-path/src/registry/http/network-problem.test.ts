/** Network failures are identified by error codes; their texts are dropped. */
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { networkProblem } from './network-problem.ts'

const context = { registry: 'registry.example.com', signal: new AbortController().signal, timeoutMs: 30_000 }
const withCode = (code: string) => Object.assign(new Error('canary in the text'), { code })

test.each([
  [withCode('ENOTFOUND'), 'REGISTRY_DNS'],
  [withCode('EAI_AGAIN'), 'REGISTRY_DNS'],
  [withCode('ECONNREFUSED'), 'REGISTRY_UNREACHABLE'],
  [withCode('UND_ERR_SOCKET'), 'REGISTRY_UNREACHABLE'],
  [new Error('canary without a code'), 'REGISTRY_UNREACHABLE'],
  ['a thrown canary', 'REGISTRY_UNREACHABLE'],
  [withCode('UND_ERR_CONNECT_TIMEOUT'), 'REGISTRY_TIMEOUT'],
  [withCode('UND_ERR_HEADERS_TIMEOUT'), 'REGISTRY_TIMEOUT'],
  [new DOMException('canary', 'TimeoutError'), 'REGISTRY_TIMEOUT'],
  [withCode('UND_ERR_BODY_TIMEOUT'), 'PULL_STALLED'],
  [withCode('HPE_INVALID_CONSTANT'), 'REGISTRY_PROTOCOL'],
  [Object.assign(new Error('canary'), { name: 'HTTPParserError' }), 'REGISTRY_PROTOCOL'],
  [withCode('UND_ERR_HEADERS_OVERFLOW'), 'REGISTRY_PROTOCOL'],
  [withCode('DEPTH_ZERO_SELF_SIGNED_CERT'), 'REGISTRY_TLS'],
  [withCode('SELF_SIGNED_CERT_IN_CHAIN'), 'REGISTRY_TLS'],
  [withCode('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'REGISTRY_TLS'],
  [withCode('CERT_HAS_EXPIRED'), 'REGISTRY_TLS_EXPIRED'],
  [withCode('ERR_TLS_CERT_ALTNAME_INVALID'), 'REGISTRY_TLS_NAME'],
  [withCode('CERT_NOT_YET_VALID'), 'REGISTRY_TLS_NOT_YET_VALID'],
  [withCode('ERR_SSL_WRONG_VERSION_NUMBER'), 'REGISTRY_TLS_HANDSHAKE'],
  [withCode('FAIRLEAD_ADDRESS_REFUSED'), 'REGISTRY_ADDRESS_REFUSED'],
  [new AggregateError([new Error('canary'), withCode('ENOTFOUND')]), 'REGISTRY_DNS'],
  [new Error('canary', { cause: withCode('CERT_HAS_EXPIRED') }), 'REGISTRY_TLS_EXPIRED'],
])('%o is %s', (error, code) => {
  const found = networkProblem(error, context)
  expect(found.code).toBe(code)
  expect(inspect(found, { depth: null, showHidden: true })).not.toContain('canary')
})

test('reports an abort by the caller as such, whatever it broke', () => {
  expect(networkProblem(withCode('UND_ERR_ABORTED'), { ...context, signal: AbortSignal.abort() }).code).toBe(
    'INTERRUPTED',
  )
})
