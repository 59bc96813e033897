import { describe, expect, test } from 'vitest'
import { FairleadClient } from './client.ts'
import { problemDocument } from './scripted-resources.ts'
import { scriptedServer } from './scripted-server.ts'

const signal = new AbortController().signal

describe('events', () => {
  test('are reported as changes, and a cut stream resumes where it ended', async () => {
    const { client, sent } = scriptedServer([
      { text: ': hello\n\nid: 1\nevent: build\ndata: {"id":"bld_a"}\n\nid: 2\nevent: novel\ndata: {"id":"x"}\n\n' },
      { text: 'id: 3\nevent: cluster\ndata: {"id":"ses_a"}\n\n' },
      { status: 403, json: problemDocument('ROLE_TOO_LOW', 403) },
    ])
    const seen: unknown[] = []
    const follow = async () => {
      for await (const change of client.events({ signal })) seen.push(change)
    }
    await expect(follow()).rejects.toMatchObject({ code: 'ROLE_TOO_LOW' })
    expect(seen).toEqual([
      { eventId: '1', kind: 'build', id: 'bld_a' },
      { eventId: '3', kind: 'cluster', id: 'ses_a' },
    ])
    expect(sent.map((call) => call.headers['last-event-id'])).toEqual([undefined, '2', '3'])
  })

  test('report when the stream is open and when it was cut', async () => {
    const { client } = scriptedServer([
      { text: ': hello\n\n' },
      { text: 'id: 1\nevent: build\ndata: {"id":"bld_a"}\n\n' },
      { status: 403, json: problemDocument('ROLE_TOO_LOW', 403) },
    ])
    const seen: string[] = []
    const stream = client.events({ signal, onOpen: () => seen.push('open'), onCut: () => seen.push('cut') })
    const follow = async () => {
      for await (const { id } of stream) seen.push(id)
    }
    await expect(follow()).rejects.toMatchObject({ code: 'ROLE_TOO_LOW' })
    expect(seen).toEqual(['open', 'cut', 'open', 'bld_a', 'cut'])
  })

  test('report all incoming data, including keep-alives', async () => {
    const { client } = scriptedServer([
      { text: ': still here\n\n' },
      { status: 403, json: problemDocument('ROLE_TOO_LOW', 403) },
    ])
    const seen: string[] = []
    const stream = client.events({ signal, onOpen: () => seen.push('open'), onHeard: () => seen.push('heard') })
    await expect(stream.next()).rejects.toMatchObject({ code: 'ROLE_TOO_LOW' })
    expect(seen).toEqual(['open', 'heard'])
  })

  test('that may have been missed are reported as a reopened stream, which resumes from the id that came with it', async () => {
    const { client, sent } = scriptedServer([
      { text: 'id: 9-1\nevent: build\ndata: {"id":"bld_a"}\n\n' },
      { text: ': hello\n\nid: 5-2\nevent: reset\ndata: {}\n\n' },
      { status: 403, json: problemDocument('ROLE_TOO_LOW', 403) },
    ])
    const seen: string[] = []
    const stream = client.events({ signal, onOpen: () => seen.push('open') })
    const follow = async () => {
      for await (const { id } of stream) seen.push(id)
    }
    await expect(follow()).rejects.toMatchObject({ code: 'ROLE_TOO_LOW' })
    expect(seen).toEqual(['open', 'bld_a', 'open', 'open'])
    expect(sent.map((call) => call.headers['last-event-id'])).toEqual([undefined, '9-1', '5-2'])
  })

  test('reopen a stream that has gone silent', async () => {
    const opened: AbortSignal[] = []
    const client = new FairleadClient({
      host: 'https://control.example.com',
      fetch: async (_url, request) => {
        opened.push(request.signal)
        if (opened.length > 1) return { status: 403, headers: new Headers(), body: null }
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => request.signal.addEventListener('abort', () => controller.error(new Error('gone'))),
        })
        return { status: 200, headers: new Headers(), body }
      },
    })
    await expect(client.events({ signal, silenceMs: 20 }).next()).rejects.toMatchObject({
      code: 'CONTROL_PLANE_ANSWER_INVALID',
    })
    expect(opened).toHaveLength(2)
    expect(opened[0]?.aborted).toBe(true)
  })

  test('skip data in another form', async () => {
    const { client } = scriptedServer([
      { text: 'event: build\ndata: {"id":5}\n\nevent: build\ndata: nope\n\n' },
      { status: 403, json: problemDocument('ROLE_TOO_LOW', 403) },
    ])
    await expect(client.events({ signal }).next()).rejects.toMatchObject({ code: 'ROLE_TOO_LOW' })
  })
})
