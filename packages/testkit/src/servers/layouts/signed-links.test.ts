/** The layouts' object store: it would notice what a test says never happens. */
import { expect, test } from 'vitest'
import type { ObjectStore } from './product.ts'
import { signedLinks } from './signed-links.ts'

const store: ObjectStore = {
  host: 'store.example.com',
  status: 307,
  linkTo: (digest) => `/${digest}?expires=600`,
  signature: 'sig',
}
const links = signedLinks()
const link = links.to(store, 'sha256:ab').replace('https://store.example.com', '')

test('a link works as signed', () => {
  expect(links.refusal(store, link, undefined)).toBeNull()
})

test.each([
  ['with a login beside the signature', link, 'Bearer token', 400],
  ['for another blob', link.replace('ab?', 'cd?'), undefined, 403],
  ['without its signature', '/sha256:ab?expires=600', undefined, 403],
  ['with another signature', link.replace(/.$/, (last) => (last === '0' ? '1' : '0')), undefined, 403],
])('a link %s is refused', (_, asked, authorization, status) => {
  expect(links.refusal(store, asked, authorization)).toMatchObject({ status })
})

test('a link is valid only for the store that it was signed for', () => {
  expect(links.refusal({ ...store, host: 'other.example.com' }, link, undefined)).toMatchObject({ status: 403 })
})
