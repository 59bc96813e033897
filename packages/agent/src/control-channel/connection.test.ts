import { expect, test } from 'vitest'
import { connectionProblem } from './connection.ts'
import { parseControlPlaneAddress } from './control-plane-address.ts'

const address = parseControlPlaneAddress('https://control.example.com')

test.each([
  ['a time that is over', new DOMException('late', 'TimeoutError'), 'CONTROL_PLANE_UNREACHABLE'],
  ['nobody who listens', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 'CONTROL_PLANE_UNREACHABLE'],
  ['what is no error', undefined, 'CONTROL_PLANE_UNREACHABLE'],
  [
    'a certificate of somebody else',
    Object.assign(new Error('no'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
    'CONTROL_PLANE_TLS_NAME',
  ],
  [
    'a certificate that has ended',
    Object.assign(new Error('no'), { code: 'CERT_HAS_EXPIRED' }),
    'CONTROL_PLANE_TLS_EXPIRED',
  ],
  [
    'an authority that nobody named',
    Object.assign(new Error('no'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
    'CONTROL_PLANE_TLS',
  ],
])('%s has its code', (_, error, code) => {
  expect(connectionProblem(error, address)).toMatchObject({ code })
})
