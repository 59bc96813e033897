import { problem } from '@fairlead/contract/problems'
import type { Change } from '@fairlead/sdk'
import { afterEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { TabChannel } from '../tabs/tab-channel.ts'
import { followShared, type SharedStreamOptions } from './shared-stream.ts'

type Opened = Parameters<SharedStreamOptions['open']>[0]

/** A stream that a test writes, and how it was opened. */
class Stream {
  readonly opened: Opened[] = []
  readonly #waiting: (() => void)[] = []
  #changes: Change[] = []

  readonly open = async function* (this: Stream, options: Opened): AsyncGenerator<Change> {
    this.opened.push(options)
    options.onOpen?.()
    for (let next = 0; ; next++) {
      while (next >= this.#changes.length) await this.#more(options.signal ?? never)
      options.onHeard?.()
      yield this.#changes[next] as Change
    }
  }.bind(this)

  add(id: string): void {
    this.#changes = [...this.#changes, change(id)]
    this.#waiting.splice(0).forEach((wake) => wake())
  }

  /** A stream opened now does not repeat earlier changes. */
  forget(): void {
    this.#changes = []
  }

  async #more(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push(resolve)
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
  }
}

interface Tab {
  readonly heard: string[]
  readonly ended: Promise<unknown>
  close(): void
}

const never = new AbortController().signal
const tabs: Tab[] = []
let names = 0

afterEach(async () => {
  for (const tab of tabs.splice(0)) {
    tab.close()
    await tab.ended
  }
})

const change = (id: string): Change => ({ eventId: `at-${id}`, kind: 'cluster', id })

function tab(name: string, open: SharedStreamOptions['open'], patienceMs = 60_000): Tab {
  const leaving = new AbortController()
  const heard: string[] = []
  const ended = followShared({
    name,
    open,
    onOpen: () => heard.push('open'),
    onCut: () => heard.push('cut'),
    onChange: ({ id }) => heard.push(id),
    patienceMs,
    signal: leaving.signal,
  }).catch((error: unknown) => error)
  const opened: Tab = { heard, ended, close: () => leaving.abort() }
  tabs.push(opened)
  return opened
}

const freshName = () => `test-${++names}`

test('tabs with one name share one stream, and each hears every change once', async () => {
  const stream = new Stream()
  const name = freshName()
  const eight = Array.from({ length: 8 }, () => tab(name, stream.open))
  await vi.waitFor(() => eight.forEach(({ heard }) => expect(heard).toEqual(['open'])))
  stream.add('a')
  stream.add('b')
  await vi.waitFor(() => eight.forEach(({ heard }) => expect(heard).toEqual(['open', 'a', 'b'])))
  expect(stream.opened).toHaveLength(1)
})

test('tabs with two names share nothing', async () => {
  const streams = [new Stream(), new Stream()] as const
  const both = streams.map((stream) => tab(freshName(), stream.open))
  await vi.waitFor(() => both.forEach(({ heard }) => expect(heard).toEqual(['open'])))
  streams[0].add('a')
  await vi.waitFor(() => expect(both[0]?.heard).toEqual(['open', 'a']))
  expect(both[1]?.heard).toEqual(['open'])
  expect(streams.map(({ opened }) => opened.length)).toEqual([1, 1])
})

test('when the tab that reads closes, another continues after the last change that it heard', async () => {
  const stream = new Stream()
  const name = freshName()
  const first = tab(name, stream.open)
  await vi.waitFor(() => expect(stream.opened).toHaveLength(1))
  const second = tab(name, stream.open)
  await vi.waitFor(() => expect(second.heard).toEqual(['open']))
  stream.add('a')
  await vi.waitFor(() => expect(second.heard).toEqual(['open', 'a']))
  stream.forget()
  first.close()
  await vi.waitFor(() => expect(stream.opened).toHaveLength(2))
  expect(stream.opened[0]?.signal?.aborted).toBe(true)
  expect(stream.opened[1]?.lastEventId).toBe('at-a')
  stream.add('b')
  await vi.waitFor(() => expect(second.heard).toEqual(['open', 'a', 'open', 'b']))
  expect(first.heard).toEqual(['open', 'a'])
})

test('tells a later tab the state of the stream', async () => {
  const name = freshName()
  const lost = async function* (options: Opened): AsyncGenerator<Change> {
    options.onCut?.()
    yield* new Stream().open({ signal: options.signal })
  }
  const first = tab(name, lost)
  await vi.waitFor(() => expect(first.heard).toEqual(['cut']))
  const second = tab(name, lost)
  await vi.waitFor(() => expect(second.heard).toEqual(['cut']))
})

test('takes the stream from a tab that has it and says nothing, such as one that its browser froze', async () => {
  const stream = new Stream()
  const name = freshName()
  const frozen = async function* ({ signal }: Opened): AsyncGenerator<Change> {
    yield* new Stream().open({ signal })
  }
  const first = tab(name, frozen)
  const second = tab(name, stream.open, 50)
  await vi.waitFor(() => expect(second.heard).toEqual(['cut', 'open']))
  stream.add('a')
  // It thaws, and hears what the others hear.
  await vi.waitFor(() => expect(first.heard).toEqual(['open', 'a']))
})

test('an error that ends the stream ends the tab that met it, and the next one asks again', async () => {
  const name = freshName()
  let asked = 0
  // oxlint-disable-next-line require-yield -- it ends before its first change
  const refused = async function* (): AsyncGenerator<Change> {
    asked++
    throw problem('TOKEN_INVALID')
  }
  const both = [tab(name, refused), tab(name, refused)]
  expect(await Promise.all(both.map(({ ended }) => ended))).toMatchObject([
    { code: 'TOKEN_INVALID' },
    { code: 'TOKEN_INVALID' },
  ])
  expect(asked).toBe(2)
})

test('ignores messages that no tab of this version sends', async () => {
  const stream = new Stream()
  const name = freshName()
  const { heard } = tab(name, stream.open)
  await vi.waitFor(() => expect(heard).toEqual(['open']))
  const channel = new TabChannel<unknown>(name, z.unknown(), () => {})
  for (const said of ['open', null, { kind: 'novel' }, { kind: 'change', change: { id: 5 } }]) channel.say(said)
  stream.add('a')
  await vi.waitFor(() => expect(heard).toEqual(['open', 'a']))
  channel.close()
})
