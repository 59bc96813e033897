import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { firstPullError, parsePullEvent, PullStreamError, readPullStream, type PullEvent } from './pull-stream.ts'

async function* inPieces(text: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** As written by Docker 20.10. */
const good = [
  '{"status":"Pulling from 0123456789abcdef0123456789abcdef","id":"sha256:aaaa"}',
  '{"status":"Pulling fs layer","progressDetail":{},"id":"5f70bf18a086"}',
  '{"status":"Downloading","progressDetail":{"current":32,"total":32},"progress":"[==\\u003e]  32B/32B","id":"5f70bf18a086"}',
  '{"status":"Status: Downloaded newer image for 127.0.0.1:5000/x@sha256:aaaa"}',
  '',
].join('\r\n')
const diskFull =
  '{"errorDetail":{"message":"write /data/tmp/GetImageBlob1: no space left on device"},"error":"write /data/tmp/GetImageBlob1: no space left on device"}\r\n'

describe('the stream of a pull', () => {
  test('yields the events in order, however it is chunked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 400 }), async (size) => {
        const events: PullEvent[] = []
        for await (const event of readPullStream(inPieces(good, size))) events.push(event)
        expect(events.map(({ status }) => status.split(' ')[0])).toEqual([
          'Pulling',
          'Pulling',
          'Downloading',
          'Status:',
        ])
        expect(events[1]).toEqual({ status: 'Pulling fs layer', id: '5f70bf18a086', error: null })
      }),
    )
  })

  test('without an error record is a success', async () => {
    expect(await firstPullError(inPieces(good, 100))).toBeNull()
    expect(await firstPullError(inPieces('', 1))).toBeNull()
  })

  test('with an error record inside its 200 is a failure, but is read to its end', async () => {
    let ended = false
    const body = (async function* () {
      yield* inPieces(good + diskFull + good, 50)
      ended = true
    })()
    expect(await firstPullError(body)).toBe('write /data/tmp/GetImageBlob1: no space left on device')
    expect(ended).toBe(true)
  })

  test('reports an error on a last line without a line break', async () => {
    expect(await firstPullError(inPieces(good + diskFull.trim(), 64))).toContain('no space left')
  })

  test.for([
    ['{"error":"unauthorized"}', 'unauthorized'],
    ['{"errorDetail":{"code":1,"message":"m"}}', 'm'],
    ['{"errorDetail":{}}', 'an error without a message'],
    ['{"error":{"nested":true}}', 'an error without a message'],
    ['{"errorDetail":null,"error":null}', null],
    ['{"status":"x","error":""}', ''],
  ] as const)('%s has the error %s', ([line, error]) => {
    expect(parsePullEvent(line)?.error).toBe(error)
  })

  test.for(['not json', '[]', '"text"', '1', 'null', '{"status":'])(
    'containing %s is rejected and not quoted',
    (line) => {
      expect(() => parsePullEvent(line)).toThrow(/^a line is not JSON|^a line is not a JSON object/)
    },
  )

  test('rejects a line that never ends, within the limit', async () => {
    let taken = 0
    const endless = (async function* () {
      for (;;) {
        taken += 64 * 1024
        yield new Uint8Array(64 * 1024).fill(97)
      }
    })()
    await expect(firstPullError(endless)).rejects.toThrow(PullStreamError)
    expect(taken).toBeLessThanOrEqual(256 * 1024 + 64 * 1024)
  })

  test('ends with events or a PullStreamError for any input', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), async (bytes, size) => {
        const outcome = await firstPullError(inPieces(bytes, size)).catch((error: unknown) => error)
        expect(outcome === null || typeof outcome === 'string' || outcome instanceof PullStreamError).toBe(true)
      }),
    )
  })
})
