import { randomBytes } from 'node:crypto'
import { newId } from '@fairlead/contract'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { challengeEnd, challengeMs, makeChallenge } from './join-challenge.ts'

const key = randomBytes(32)
const cloud = newId('cld')
const now = 1_800_000_000_000

describe('S18: a challenge', () => {
  test('is known again for five minutes, by its own key and for its own cloud', () => {
    const { nonce, expiresAt } = makeChallenge(key, cloud, now)
    expect(expiresAt).toBe(now + challengeMs)
    expect(challengeEnd(key, nonce, cloud, now)).toBe(expiresAt)
    expect(challengeEnd(key, nonce, cloud, expiresAt - 1)).toBe(expiresAt)
    expect(challengeEnd(key, nonce, cloud, expiresAt)).toBeNull()
    expect(challengeEnd(key, nonce, newId('cld'), now)).toBeNull()
    expect(challengeEnd(randomBytes(32), nonce, cloud, now)).toBeNull()
  })

  test('no two are the same', () => {
    const made = Array.from({ length: 1000 }, () => makeChallenge(key, cloud, now).nonce)
    expect(new Set(made).size).toBe(made.length)
  })

  test('with any one character changed is not known', () => {
    const { nonce } = makeChallenge(key, cloud, now)
    const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('')
    fc.assert(
      fc.property(fc.nat(nonce.length - 1), fc.constantFrom(...characters), (at, character) => {
        fc.pre(nonce[at] !== character)
        const other = nonce.slice(0, at) + character + nonce.slice(at + 1)
        expect(challengeEnd(key, other, cloud, now)).toBeNull()
      }),
    )
  })

  test('S9: whatever is given for one is no challenge, and no fault', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(challengeEnd(key, text, cloud, now)).toBeNull()
      }),
    )
  })
})
