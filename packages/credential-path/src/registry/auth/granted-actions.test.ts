import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { grantedActions } from './granted-actions.ts'

const answer = (value: unknown) => Buffer.from(JSON.stringify(value))
const jwt = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`
const access = (name: string, ...actions: string[]) => ({ type: 'repository', name, actions })

test.each([
  ['a token that names both', { token: jwt({ access: [access('team/app', 'pull', 'push')] }) }, ['pull', 'push']],
  ['a token under its other name', { access_token: jwt({ access: [access('team/app', 'pull')] }) }, ['pull']],
  ['a token for another repository', { token: jwt({ access: [access('team/app2', 'push')] }) }, []],
  ['a token for nothing', { token: jwt({ access: [] }) }, []],
  ['a token for null', { token: jwt({ access: null }) }, []],
  ['an opaque token', { token: 'v1.opaque' }, null],
  ['an opaque token with its scope', { token: 'x', scope: 'repository:team/app:pull,push' }, ['pull', 'push']],
  ['a scope of another repository', { token: 'x', scope: 'repository:team/app2:push registry:catalog:*' }, []],
  ['a token whose claims are of another kind', { token: jwt({ access: 'push' }) }, null],
  ['no object', 'push', null],
])('what %s grants', (_name, value, expected) => {
  expect(grantedActions(answer(value), 'team/app')).toEqual(expected)
})

test('reads or ignores any input', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.string(), fc.anything(), (bytes, token, claims) => {
      grantedActions(bytes, 'team/app')
      grantedActions(answer({ token, scope: token }), 'team/app')
      const written = JSON.stringify(claims) as string | undefined
      grantedActions(answer({ token: `a.${Buffer.from(written ?? '').toString('base64url')}.b` }), 'team/app')
    }),
  )
})
