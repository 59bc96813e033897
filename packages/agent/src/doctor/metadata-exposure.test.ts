import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exposureOfAll, judgeAws, judgeGoogle, sessionToken, type MetadataAnswer } from './metadata-exposure.ts'

const ok = (text: string): MetadataAnswer => ({ status: 200, text })
const status = (code: number): MetadataAnswer => ({ status: code, text: '' })
const silence = null
const none = { whose: 'nobody' } as const
const given = fc.oneof(fc.constant('unreadable' as const), fc.string({ unit: anyCharacter }).map(ok))
const notGiven = fc.oneof(
  fc.constant(silence),
  fc
    .integer({ min: 100, max: 599 })
    .filter((code) => code !== 200)
    .map(status),
)

describe('on AWS', () => {
  const token = ok('AQAEAK0abcdefghijklmnopqrstuvwxyz0123456789-_==')
  test.each([
    ['nobody', 'silence', silence, silence, null],
    ['nobody', 'a session is needed and not given, as behind a hop limit', status(401), silence, null],
    ['nobody', 'a session on a machine without a role', status(401), token, status(404)],
    ['node', 'a role without a session', ok('role'), silence, null],
    ['node', 'a role in a session', status(401), token, ok('role')],
    ['node', 'silence in a session', status(401), token, silence],
    ['node', 'an unknown answer in a session', status(401), token, 'unreadable'],
    ['node', 'a token of an unknown form', status(401), ok('<token>'), null],
  ] as const)('%s’s identity: %s', (whose, _, withoutSession, session, inSession) => {
    expect(judgeAws(withoutSession, session, inSession).whose).toBe(whose)
  })

  test('whatever is answered with 200 exposes the node', () => {
    fc.assert(
      fc.property(given, notGiven, notGiven, (answer, other, another) => {
        expect(judgeAws(answer, other, another).whose).toBe('node')
        expect(judgeAws(other, token, answer).whose).toBe('node')
        expect(judgeAws(other, another, null).whose).toBe('nobody')
      }),
    )
  })

  test('only what is fit for a header opens a session', () => {
    const text = 'AQAEAK0abcdefghijklmnopqrstuvwxyz0123456789-_=='
    expect(sessionToken(ok(`${text}\n`))).toBe(text)
    for (const other of [ok('<html>'), ok(`a\r\nb: ${text}`), ok(''), ok('a'.repeat(1025)), status(403), silence]) {
      expect(sessionToken(other)).toBeNull()
    }
    expect(sessionToken('unreadable')).toBeNull()
    fc.assert(
      fc.property(given, (answer) => {
        const found = sessionToken(answer)
        expect(found === null || /^[\x21-\x7e]{16,1024}$/.test(found)).toBe(true)
      }),
    )
  })
})

describe('on Google Cloud', () => {
  test.each([
    'team-project.svc.id.goog',
    'example.com:team-project.svc.id.goog\n',
    'pool.global.123456789.workload.id.goog',
    'principal://iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/team-project.svc.id.goog/subject/ns/default/sa/default',
  ])('%s is the pod', (email) => {
    expect(judgeGoogle(ok(email))).toEqual({ whose: 'pod' })
  })

  test.each([
    '123-compute@developer.gserviceaccount.com',
    'nodes@team-project.iam.gserviceaccount.com',
    'nodes@team-project.svc.id.goog',
    'team-project.svc.id.goog.example.com',
    'nodes@x\nteam-project.svc.id.goog',
    'principal://example.com/svc.id.goog',
    '',
  ])('%j is the node, or may be', (email) => {
    expect(judgeGoogle(ok(email)).whose).toBe('node')
  })

  test('a pod’s own identity is nothing with an @, and nothing that is not answered with 200 is an identity', () => {
    fc.assert(
      fc.property(given, notGiven, (answer, other) => {
        expect(judgeGoogle(other).whose).toBe('nobody')
        const isPod = judgeGoogle(answer).whose === 'pod'
        expect(isPod && (answer === 'unreadable' || answer?.text.includes('@'))).toBe(false)
      }),
    )
  })
})

test('one way to the node is enough, whatever else answers', () => {
  const node = { whose: 'node', by: 'IMDSv1' } as const
  expect(exposureOfAll([none, { whose: 'pod' }, node, none])).toEqual(node)
  expect(exposureOfAll([none, { whose: 'pod' }])).toEqual({ whose: 'pod' })
  expect(exposureOfAll([])).toEqual(none)
})
