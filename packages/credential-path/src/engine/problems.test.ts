import { describe, expect, test } from 'vitest'
import { callProblem, pullProblem } from './problems.ts'

const failure = (message: string, status = 500) =>
  pullProblem({ message, status, platform: 'linux/amd64', registry: '127.0.0.1:40000', repository: 'abc' })

/** Each message as an engine wrote it; the first word names the engine. */
const seen = [
  ['20.10', 'NODE_DISK_FULL', 'write /var/lib/docker/tmp/GetImageBlob123456: no space left on device'],
  [
    '20.10',
    'NODE_DISK_FULL',
    'failed to register layer: Error processing tar file(exit status 1): write /usr/lib/a.so: no space left on device',
  ],
  ['20.10', 'IMAGE_PLATFORM_MISMATCH', 'no matching manifest for linux/amd64 in the manifest list entries'],
  ['20.10', 'IMAGE_PLATFORM_MISMATCH', 'image operating system "windows" cannot be used on this platform'],
  ['20.10', 'IMAGE_UNSUPPORTED', 'unsupported media type application/vnd.cncf.helm.config.v1+json'],
  ['20.10', 'IMAGE_UNSUPPORTED', 'missing signature key'],
  ['20.10', 'IMAGE_CORRUPT', `manifest verification failed for digest sha256:${'a'.repeat(64)}`],
  ['20.10', 'IMAGE_CORRUPT', `filesystem layer verification failed for digest sha256:${'a'.repeat(64)}`],
  ['20.10', 'IMAGE_CORRUPT', "layers from manifest don't match image configuration"],
  [
    '29',
    'IMAGE_CORRUPT',
    `wrong diff id "sha256:${'a'.repeat(64)}" calculated on extraction "sha256:${'b'.repeat(64)}", desc`,
  ],
  ['29', 'IMAGE_CORRUPT', "number of layers and diffIDs don't match: 2 != 3"],
  ['20.10', 'ENGINE_FAILED', 'unknown blob'],
  ['20.10', 'ENGINE_FAILED', 'Get "http://127.0.0.1:40000/v2/": dial tcp 127.0.0.1:40000: connect: connection refused'],
  ['20.10', 'ENGINE_FAILED', 'unauthorized: authentication required'],
  ['any', 'ENGINE_FAILED', ''],
] as const

describe('what Docker says', () => {
  test.for(seen)('%s, %s: %s', ([, code, message]) => {
    expect(failure(message)).toMatchObject({ code, facts: { reason: message } })
  })

  test('stays on the node: the report contains none of its text', () => {
    const { code, facts } = failure('write /secret/path: no space left on device').toReport()
    expect(code).toBe('NODE_DISK_FULL')
    expect(JSON.stringify(facts)).not.toContain('secret')
  })

  test('is truncated and escaped', () => {
    const { reason } = failure(`\u001b[2J${'x'.repeat(1000)}`).facts
    expect(reason).toMatch(/^\\u001b\[2Jx+…$/)
    expect(String(reason)).toHaveLength(200)
  })

  test('about a container is a full disk, or a refusal with its status', () => {
    expect(callProblem('mkdir /var/lib/docker/x: no space left on device', 500).code).toBe('NODE_DISK_FULL')
    expect(callProblem('Conflict. The container name is in use', 409)).toMatchObject({
      code: 'ENGINE_FAILED',
      facts: { http_status: 409 },
    })
  })
})
