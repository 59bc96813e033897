import { describe, expect, test } from 'vitest'
import { SharedWork } from './shared-work.ts'

const never = new AbortController().signal
const nobody = (): void => {}

/** Work that ends on request, or when it is abandoned. */
function controlled() {
  const { promise, resolve } = Promise.withResolvers<string>()
  let starts = 0
  let tell: (progress: number) => void = nobody
  const ended: string[] = []
  const start = (signal: AbortSignal, onProgress: (progress: number) => void): Promise<string> => {
    starts += 1
    tell = onProgress
    const { promise: gone, reject } = Promise.withResolvers<never>()
    const giveUp = (): void => {
      ended.push('given up')
      reject(signal.reason as Error)
    }
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp)
    return Promise.race([promise, gone])
  }
  return { start, resolve, ended, starts: () => starts, tell: (progress: number) => tell(progress) }
}

describe('shared work', () => {
  test('starts once for all callers, and all see its progress', async () => {
    const shared = new SharedWork<string, number>()
    const work = controlled()
    const seen: number[][] = [[], []]
    const one = shared.join('a', never, (progress) => seen[0]?.push(progress), work.start)
    await Promise.resolve()
    work.tell(1)
    const two = shared.join('a', never, (progress) => seen[1]?.push(progress), work.start)
    work.tell(2)
    work.resolve('done')
    expect(await Promise.all([one, two])).toEqual(['done', 'done'])
    expect(seen).toEqual([
      [1, 2],
      [1, 2],
    ])
    expect(work.starts()).toBe(1)
  })

  test('with another key is separate work, and so is the same key later', async () => {
    const shared = new SharedWork<string, number>()
    const work = controlled()
    work.resolve('done')
    await Promise.all([shared.join('a', never, nobody, work.start), shared.join('b', never, nobody, work.start)])
    await shared.join('a', never, nobody, work.start)
    expect(work.starts()).toBe(3)
  })

  test('continues while one caller still waits, and is abandoned with the last', async () => {
    const shared = new SharedWork<string, number>()
    const work = controlled()
    const [first, last] = [new AbortController(), new AbortController()]
    const one = shared.join('a', first.signal, nobody, work.start)
    const two = shared.join('a', last.signal, nobody, work.start)
    first.abort()
    await expect(one).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(work.ended).toEqual([])
    last.abort()
    await expect(two).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(work.ended).toEqual(['given up'])
  })

  test('that was abandoned starts again for the next caller', async () => {
    const shared = new SharedWork<string, number>()
    const [old, work] = [controlled(), controlled()]
    const leaving = new AbortController()
    const one = shared.join('a', leaving.signal, nobody, old.start)
    leaving.abort()
    work.resolve('new')
    expect(await shared.join('a', never, nobody, work.start)).toBe('new')
    await expect(one).rejects.toMatchObject({ code: 'INTERRUPTED' })
  })

  test('does not start for a caller that has already left', async () => {
    const work = controlled()
    const shared = new SharedWork<string, number>()
    await expect(shared.join('a', AbortSignal.abort(), nobody, work.start)).rejects.toMatchObject({
      code: 'INTERRUPTED',
    })
    expect(work.starts()).toBe(0)
  })
})
