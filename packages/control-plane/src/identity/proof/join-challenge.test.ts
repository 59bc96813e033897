import { randomBytes } from 'node:crypto'
import { newId } from '@fairlead/contract/names'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openSqliteStore } from '../../store/sqlite/sqlite.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { burnChallenge, idForName, makeChallenge, openChallenge } from './join-challenge.ts'

const key = randomBytes(32)
const cloud = newId('cld')
const now = 1_800_000_000_000

describe('S18: a challenge', () => {
  test('is recognized for five minutes, with its own key and its own stand-in, and names its cloud', () => {
    const { expiresAt, ...made } = makeChallenge(key, cloud, now)
    expect(expiresAt).toBe(now + 5 * 60_000)
    expect(openChallenge(key, made, now)).toEqual({ end: expiresAt, cloudId: cloud })
    expect(openChallenge(key, made, expiresAt - 1)).not.toBeNull()
    expect(openChallenge(key, made, expiresAt)).toBeNull()
    expect(openChallenge(key, { ...made, standIn: newId('cld') }, now)).toBeNull()
    expect(openChallenge(key, { ...made, standIn: cloud }, now)).toBeNull()
    expect(openChallenge(randomBytes(32), made, now)).toBeNull()
  })

  test('for no cloud is recognized too, carries an id of none, and looks like any other', () => {
    const none = idForName([{ id: cloud, name: 'prod' }], 'other', now)
    expect(none).not.toBe(cloud)
    const { expiresAt, ...made } = makeChallenge(key, none, now)
    expect(openChallenge(key, made, now)).toEqual({ end: expiresAt, cloudId: none })
    const shape = ({ nonce, standIn }: { nonce: string; standIn: string }) => [
      nonce.length,
      standIn.length,
      standIn.slice(0, 12),
    ]
    expect(shape(made)).toEqual(shape(makeChallenge(key, cloud, now)))
  })

  test('reveals no more about its cloud than chance: each byte takes every value, with and without a cloud', () => {
    const bytesOf = (id: typeof cloud) => {
      const seen = Array.from({ length: 74 }, () => new Set<number>())
      for (let made = 0; made < 600; made++)
        for (const [at, byte] of Buffer.from(makeChallenge(key, id, now).nonce, 'base64url').entries())
          seen[at]?.add(byte)
      // All but the six bytes of its end, which are not secret.
      return seen.filter((values) => values.size > 150).length
    }
    expect([bytesOf(cloud), bytesOf(newId('cld'))]).toEqual([68, 68])
  })

  test('takes the same work for a name that exists as for one that does not: every name is compared', () => {
    const looks = (wanted: string) => {
      let count = 0
      const clouds = ['a', 'b', 'c'].map((name) => ({
        id: newId('cld'),
        get name() {
          count += 1
          return name
        },
      }))
      idForName(clouds, wanted, now)
      return count
    }
    expect(['a', 'b', 'c', 'none'].map(looks)).toEqual([3, 3, 3, 3])
  })

  test('is unique', () => {
    const made = Array.from({ length: 1000 }, () => makeChallenge(key, cloud, now).nonce)
    expect(new Set(made).size).toBe(made.length)
  })

  test('has one spelling: the bits that its last character does not need count, too', () => {
    const { nonce, standIn } = makeChallenge(key, cloud, now)
    const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('')
    const spelt = characters.map((last) => nonce.slice(0, -1) + last)
    expect(
      spelt.filter((other) => Buffer.from(other, 'base64url').equals(Buffer.from(nonce, 'base64url'))),
    ).toHaveLength(4)
    expect(spelt.filter((other) => openChallenge(key, { nonce: other, standIn }, now) !== null)).toEqual([nonce])
  })

  test('with any one character changed is not recognized', () => {
    const { nonce, standIn } = makeChallenge(key, cloud, now)
    const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('')
    fc.assert(
      fc.property(fc.nat(nonce.length - 1), fc.constantFrom(...characters), (at, character) => {
        fc.pre(nonce[at] !== character)
        const other = nonce.slice(0, at) + character + nonce.slice(at + 1)
        expect(openChallenge(key, { nonce: other, standIn }, now)).toBeNull()
      }),
    )
  })

  test('S9: any other value is not a challenge, and causes no fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('latin1', 'base64url'), (bytes, form) => {
        const text = Buffer.from(bytes).toString(form)
        expect(openChallenge(key, { nonce: text, standIn: cloud }, now)).toBeNull()
      }),
    )
  })
})

test('S18: an answered challenge stays spent even if the clock of another replica is behind', async () => {
  using dir = tempDir()
  const store = await openSqliteStore(dir.path)
  const end = 1_700_000_000_000
  const burn = () => store.write((transaction) => burnChallenge(transaction, 'a nonce', end))
  expect(await burn()).toBe(true)
  // The replica that cleans up is thirty seconds ahead of one for which the challenge has not ended.
  await store.write((transaction) => transaction.challenges.removeExpired(new Date(end + 30_000).toISOString()))
  expect(await burn()).toBe(false)
  await store.write((transaction) => transaction.challenges.removeExpired(new Date(end + 600_000).toISOString()))
  expect(await burn()).toBe(true)
  await store.close()
})
