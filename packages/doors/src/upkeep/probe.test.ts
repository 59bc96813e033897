/** What an engine's words show of the door. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeProbe, newNonce, probeImage, proofOf, type EngineFailure, type Judged } from './probe.ts'

const key = Buffer.from('-----BEGIN PRIVATE KEY-----\ncanary\n')
const nonce = 'a'.repeat(32)
const expected = { proof: proofOf(key, nonce), port: 7464, keyFolder: '/var/lib/fairlead/door' }

test.each<[string, string, Judged['verdict'] | EngineFailure]>([
  [
    'the proof, wherever it is',
    `Error: error from registry: the door answers the probe ${expected.proof} (…)`,
    'answered',
  ],
  ['the door’s address', 'dial tcp 127.0.0.1:7464: connect: connection refused', 'unanswered'],
  ['another port of it', 'dial tcp 127.0.0.1:74640: connect: connection refused', 'bypassed'],
  ['a registry', 'Get "https://r.example.com/v2/": dial tcp: lookup r.example.com: no such host', 'bypassed'],
  ['a registry that takes too long', 'Head "https://r.example.com/v2/x": context deadline exceeded', 'bypassed'],
  [
    'a registry’s certificate',
    'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'bypassed',
  ],
  ['a registry’s refusal', 'unexpected status from HEAD request: 401 Unauthorized', 'bypassed'],
  [
    'a registry that wants a login',
    'pull access denied, repository does not exist or may require authorization',
    'bypassed',
  ],
  ['a registry’s own denial', 'denied: requested access to the resource is denied', 'bypassed'],
  [
    'a registry that has no such image',
    `failed to resolve reference "r.example.com/fairlead/probe:${nonce}": not found`,
    'bypassed',
  ],
  ['nothing: the engine pulled it, from somewhere', '', 'bypassed'],
  ['a proof for another nonce', `DOOR_PROBE_ANSWERED ${proofOf(key, 'b'.repeat(32))}`, 'unknown'],
  ['our code without a proof, which anybody can print', 'Forbidden: (DOOR_PROBE_ANSWERED)', 'unknown'],
  ['a full disk', 'failed to create lease: write /var/lib/containerd/x/meta.db: no space left on device', 'no_room'],
  [
    'a file system that cannot be written',
    'mkdir /var/lib/containers/storage/libpod: read-only file system',
    'read_only',
  ],
  ['the door’s own keys', 'open /var/lib/fairlead/door/docker.key: permission denied', 'keys'],
  [
    'keys that are not there',
    'failed to load X509 key pair: open /var/lib/fairlead/door/docker.crt: no such file or directory',
    'keys',
  ],
  ['another file that it may not use', 'mkdir /var/lib/docker/tmp: permission denied', 'not_allowed'],
  ['a policy that is missing', 'Error: open /etc/containers/policy.json: no such file or directory', 'configuration'],
  [
    'a configuration that is no TOML',
    'loading registries configuration "/etc/containers/registries.conf": toml: line 3',
    'configuration',
  ],
  ['a storage driver', "'overlay' is not supported over overlayfs, a mount_program is required", 'storage'],
  ['a snapshotter', 'snapshotter not loaded: zfs: invalid argument', 'storage'],
  ['a wait that was too long', 'context deadline exceeded', 'timeout'],
  ['nobody’s name', 'signal: killed', 'unknown'],
])('words with %s', (_, words, outcome) => {
  const judged = judgeProbe(words, expected)
  expect(judged.verdict === 'failed' ? judged.cause : judged.verdict).toBe(outcome)
})

test('a probe is asked for under a name that nobody could know before', () => {
  expect(newNonce()).toMatch(/^[0-9a-f]{32}$/)
  expect(newNonce()).not.toBe(newNonce())
  expect(probeImage('docker.io', nonce)).toBe(`docker.io/fairlead/probe:${nonce}`)
})

test('S9: no words without the proof are taken for an answer', () => {
  fc.assert(fc.property(fc.string(), (words) => judgeProbe(words, expected).verdict !== 'answered'))
})
