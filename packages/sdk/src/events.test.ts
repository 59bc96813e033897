import { describe, expect, test } from 'vitest'
import { problemDocument } from './scripted-resources.ts'
import { scriptedServer } from './scripted-server.ts'

const signal = new AbortController().signal

describe('events', () => {
  test('are told as changes, and a cut stream goes on where it ended', async () => {
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

  test('data that is not ours is passed over', async () => {
    const { client } = scriptedServer([
      { text: 'event: build\ndata: {"id":5}\n\nevent: build\ndata: nope\n\n' },
      { status: 403, json: problemDocument('ROLE_TOO_LOW', 403) },
    ])
    await expect(client.events({ signal }).next()).rejects.toMatchObject({ code: 'ROLE_TOO_LOW' })
  })
})
