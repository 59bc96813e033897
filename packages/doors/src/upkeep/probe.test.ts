/** What an engine's words show of the door. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeProbe, newNonce, probeImage, proofOf } from './probe.ts'

const key = Buffer.from('-----BEGIN PRIVATE KEY-----\ncanary\n')
const nonce = 'a'.repeat(32)
const expected = { proof: proofOf(key, nonce), port: 7464 }

test.each([
  [
    'the proof, wherever it is',
    `Error: error from registry: the door answers the probe ${expected.proof} (…)`,
    'answered',
  ],
  ['a proof for another nonce', `DOOR_PROBE_ANSWERED ${proofOf(key, 'b'.repeat(32))}`, 'bypassed'],
  ['our code without a proof, which anybody can print', 'Forbidden: (DOOR_PROBE_ANSWERED)', 'bypassed'],
  ['the door’s address', 'dial tcp 127.0.0.1:7464: connect: connection refused', 'unanswered'],
  ['another port of it', 'dial tcp 127.0.0.1:74640: connect: connection refused', 'bypassed'],
  ['a registry', 'Get "https://r.example.com/v2/": dial tcp: lookup r.example.com: no such host', 'bypassed'],
  ['nothing', '', 'bypassed'],
])('words with %s', (_, words, verdict) => {
  expect(judgeProbe(words, expected)).toBe(verdict)
})

test('a probe is asked for under a name that nobody could know before', () => {
  expect(newNonce()).toMatch(/^[0-9a-f]{32}$/)
  expect(newNonce()).not.toBe(newNonce())
  expect(probeImage('docker.io', nonce)).toBe(`docker.io/fairlead/probe:${nonce}`)
})

test('S9: no words without the proof are taken for an answer', () => {
  fc.assert(fc.property(fc.string(), (words) => judgeProbe(words, expected) !== 'answered'))
})
