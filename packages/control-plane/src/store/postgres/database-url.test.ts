import { inspect } from 'node:util'
import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { thrown } from '../../testing/thrown.ts'
import { readDatabaseUrl } from './database-url.ts'

test('reads values from the URL, and uses the defaults for the rest', () => {
  expect(readDatabaseUrl('postgres://me:p%40ss@db.example.com:5433/fleet?sslmode=require')).toMatchObject({
    hosts: [{ host: 'db.example.com', port: 5433 }],
    user: 'me',
    name: 'fleet',
    sslMode: 'require',
    text: 'db.example.com:5433/fleet',
  })
  const local = readDatabaseUrl('postgresql://me@[::1]/fleet')
  expect(local).toMatchObject({
    hosts: [{ host: '::1', port: 5432 }],
    password: null,
    sslMode: 'disable',
    address: '[::1]:5432',
  })
})

test('beyond loopback verifies the server’s certificate, unless the URL says otherwise', () => {
  expect(readDatabaseUrl('postgres://me@10.0.0.7/fleet').sslMode).toBe('verify-full')
  expect(readDatabaseUrl('postgres://me@10.0.0.7/fleet?sslmode=disable').sslMode).toBe('disable')
})

test('several hosts belong to one database, in libpq syntax; each has its own port or the default', () => {
  const url = 'postgres://me:a,b@one.example.com:5433,[::1],10.0.0.7:6000/fleet?target_session_attrs=read-write'
  expect(readDatabaseUrl(url)).toMatchObject({
    hosts: [
      { host: 'one.example.com', port: 5433 },
      { host: '::1', port: 5432 },
      { host: '10.0.0.7', port: 6000 },
    ],
    sslMode: 'verify-full',
    text: 'one.example.com:5433,[::1]:5432,10.0.0.7:6000/fleet',
    address: 'one.example.com:5433,[::1]:5432,10.0.0.7:6000',
  })
  expect(readDatabaseUrl(url).password?.()).toBe('a,b')
  expect(readDatabaseUrl('postgres://me@localhost,127.0.0.1/fleet').sslMode).toBe('disable')
})

test('a password is returned only on request, and never printed', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 8 }).filter((text) => text.isWellFormed() && !text.includes('\0')),
      (password) => {
        const place = readDatabaseUrl(`postgres://me:${encodeURIComponent(password)}@localhost/fleet`)
        expect(place.password?.()).toBe(password)
        expect(JSON.stringify(place) + inspect(place, { depth: null, showHidden: true })).not.toContain(password)
      },
    ),
  )
})

test.each([
  '',
  'fleet',
  'mysql://me:canary@localhost/fleet',
  'postgres://me:canary@localhost',
  'postgres://me:canary@localhost/a/b',
  'postgres://:canary@localhost/fleet',
  'postgres://me:canary%00@/fleet',
  'postgres://me:canary@localhost:99999/fleet',
  'postgres://me:canary@localhost/fleet?sslmode=prefer',
  'postgres://me:canary@localhost/fleet?sslmode=disable&sslmode=verify-full',
  'postgres://me:canary@%2Fvar%2Frun%2Fpostgresql/fleet',
  'postgres://me:canary@localhost/fleet?options=-c%20fsync=off',
  'postgres://me:canary@one,/fleet',
  'postgres://me:canary@one,two:99999/fleet',
  'postgres://me:canary@a,b,c,d,e,f,g,h,i/fleet',
  'postgres://me:canary@one,two/fleet?target_session_attrs=any',
  // A password that is not percent-encoded changes the meaning of what follows it.
  'postgres://me:12?canary@localhost/fleet',
  'postgres://me:12#canary@localhost/fleet',
  'postgres://me:12/canary@localhost/fleet',
])('rejects %j without repeating it', (text) => {
  const error = thrown(() => readDatabaseUrl(text))
  expect(error).toSatisfy((found) => isProblem(found, 'USAGE'))
  expect(String(error)).not.toContain('canary')
})

test('parses any text to a place or a problem', () => {
  const urls = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.string().map((text) => `postgres://${text}`),
    fc.array(fc.string()).map((hosts) => `postgres://me@${hosts.join(',')}/fleet`),
  )
  fc.assert(
    fc.property(urls, (text) => {
      const error = thrown(() => readDatabaseUrl(text))
      expect(error === null || isProblem(error)).toBe(true)
    }),
  )
}, 60_000)
