/** Reports: coalesced, sent until acknowledged, with the ledger's records. */
import { newId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { type BuildCheckReport, type NodeFacts, type PullRecord, type Report } from '@fairlead/contract/wire'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { samplePullRecord } from '@fairlead/testkit/sample-pull-record'
import { notStarted, toReport } from '../workload/start-progress.ts'
import { ReportQueue } from './report-queue.ts'

/** The queue waits only for the clock, which advances between two looks. */
async function eventually(check: () => void): Promise<void> {
  for (let waited = 0; ; waited += 5) {
    try {
      return check()
    } catch (error) {
      if (waited > 5000) throw error
      await vi.advanceTimersByTimeAsync(5)
    }
  }
}

const facts: NodeFacts = {
  agent_version: '0.1.0',
  engine_version: null,
  platform: 'linux/amd64',
  cpus: 2,
  memory_bytes: 1,
  disk_free_bytes: null,
  advertise_address: '10.0.0.1',
}
const start = { clusterId: newId('ses'), generation: 1 }
const workload = (alive: number) => toReport(start, { ...notStarted, phase: 'running', aliveNodes: alive })

let sent: Report[]
let waiting: PullRecord[]
let send: (report: Report) => Promise<void>
let stop: AbortController
let queue: ReportQueue
let running: Promise<void>

beforeEach(() => {
  vi.useFakeTimers()
  sent = []
  waiting = []
  send = () => Promise.resolve()
  stop = new AbortController()
  queue = new ReportQueue({
    send: async (report) => {
      sent.push(structuredClone(report))
      await send(report)
    },
    facts: () => facts,
    pulls: {
      unacknowledged: (limit) => waiting.slice(0, limit),
      acknowledge: (records) => {
        waiting = waiting.filter((record) => !records.includes(record))
      },
    },
    log: { warn: () => undefined },
    pace: { firstMs: 0, settleMs: 40, unsentMs: 300, heartbeatMs: 1000, early: 0.5, backoff: { baseMs: 5, capMs: 10 } },
  })
  running = queue.run(stop.signal)
  running.catch(() => undefined)
})
afterEach(async () => {
  stop.abort()
  await running.catch(() => undefined)
  vi.useRealTimers()
})

const rest = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('ReportQueue', () => {
  test('sends nothing until it knows what runs here', async () => {
    await rest(200)
    expect(sent).toEqual([])
    queue.setWorkload(null)
    await eventually(() => expect(sent).toHaveLength(1))
  })

  test('sends changes that come together as one, with the newest state only', async () => {
    queue.setWorkload(workload(1))
    await eventually(() => expect(sent).toHaveLength(1))
    for (let alive = 2; alive <= 50; alive++) queue.setWorkload(workload(alive))
    await rest(100)
    expect(sent.length).toBeLessThanOrEqual(3)
    expect(sent.at(-1)?.workload?.alive_nodes).toBe(50)
  })

  test('treats an identical state as no news, but still sends a heartbeat', async () => {
    queue.setWorkload(workload(1))
    await eventually(() => expect(sent).toHaveLength(1))
    queue.setWorkload(workload(1))
    await rest(100)
    expect(sent).toHaveLength(1)
    await eventually(() => expect(sent).toHaveLength(2))
  })

  test('sends what a running container prints a while later, and at once only with other news', async () => {
    queue.setWorkload(workload(1))
    await eventually(() => expect(sent).toHaveLength(1))
    queue.setWorkload({ ...workload(1), last_lines: ['one'] })
    await eventually(() => expect(sent).toHaveLength(2))
    queue.setWorkload({ ...workload(1), last_lines: ['two'] })
    queue.setWorkload({ ...workload(1), last_lines: ['two', 'more'] })
    await rest(250)
    expect(sent).toHaveLength(2)
    await rest(100)
    expect(sent).toHaveLength(3)
    expect(sent.at(-1)?.workload?.last_lines).toEqual(['two', 'more'])
    queue.setWorkload({ ...workload(2), last_lines: ['three'] })
    await rest(100)
    expect(sent.at(-1)?.workload).toMatchObject({ alive_nodes: 2, last_lines: ['three'] })
  })

  test('resends a report unchanged if its answer was lost, and then the newest', async () => {
    let lost = 0
    send = () => (lost++ < 2 ? Promise.reject(problem('CONTROL_PLANE_UNREACHABLE', { host: 'h' })) : Promise.resolve())
    queue.setWorkload(workload(1))
    await eventually(() => expect(sent.length).toBeGreaterThanOrEqual(2))
    queue.setWorkload(workload(2))
    await eventually(() => expect(sent.at(-1)?.workload?.alive_nodes).toBe(2))
    expect(sent[1]).toEqual(sent[0])
    expect(sent[2]).toEqual(sent[0])
    expect(new Set(sent.map((report) => report.report_id)).size).toBe(2)
  })

  test.each([problem('REQUEST_INVALID'), problem('AGENT_TOO_NEW', { version: '0.3.0', expected_version: '0.2.0' })])(
    'does not resend a report that was refused with $code',
    async (refusal) => {
      let refused = 0
      send = () => (refused++ === 0 ? Promise.reject(refusal) : Promise.resolve())
      queue.setWorkload(workload(1))
      await eventually(() => expect(sent).toHaveLength(2))
      expect(sent[1]?.report_id).not.toBe(sent[0]?.report_id)
    },
  )

  test('reports a finished check until it is acknowledged, and not after that', async () => {
    let failing = true
    send = () => (failing ? Promise.reject(problem('CONTROL_PLANE_UNREACHABLE', { host: 'h' })) : Promise.resolve())
    const check: BuildCheckReport = {
      build_id: newId('bld'),
      attempt: 1,
      status: 'succeeded',
      steps: [],
      problem: null,
      digest: null,
      platform: null,
      size_bytes: null,
      advice: [],
    }
    queue.setWorkload(null)
    queue.setCheck(check)
    await eventually(() => expect(sent.length).toBeGreaterThan(2))
    failing = false
    await eventually(() => expect(sent.at(-1)?.checks).toEqual([]))
    expect(sent.slice(0, 3).every((report) => report.checks.length === 1)).toBe(true)
  })

  test('sends all pull records in order, a bounded number at a time', async () => {
    waiting = Array.from({ length: 45 }, (_, index) => samplePullRecord({ sequence: index + 1 }))
    queue.setWorkload(null)
    await eventually(() => expect(waiting).toEqual([]))
    expect(sent.flatMap((report) => report.pulls.map((pull) => pull.sequence))).toEqual(
      Array.from({ length: 45 }, (_, index) => index + 1),
    )
    expect(Math.max(...sent.map((report) => report.pulls.length))).toBeLessThanOrEqual(20)
  })

  test('a pull that was recorded without a word to it is sent a while later', async () => {
    queue.setWorkload(null)
    await eventually(() => expect(sent).toHaveLength(1))
    waiting = [samplePullRecord()]
    await rest(250)
    expect(sent).toHaveLength(1)
    await rest(100)
    expect(sent.at(-1)?.pulls).toHaveLength(1)
    expect(waiting).toEqual([])
  })

  test('sends a change of the node itself at once', async () => {
    queue.setWorkload(null)
    await eventually(() => expect(sent).toHaveLength(1))
    queue.factsChanged()
    await rest(100)
    expect(sent).toHaveLength(2)
  })

  test('sends what is nearly due between two polls', async () => {
    queue.setWorkload(null)
    await eventually(() => expect(sent).toHaveLength(1))
    await rest(160)
    await queue.beat(stop.signal)
    expect(sent).toHaveLength(1)
    waiting = [samplePullRecord()]
    await queue.beat(stop.signal)
    expect(sent).toHaveLength(2)
  })

  test('sends one early heartbeat between two polls', async () => {
    queue.setWorkload(null)
    await eventually(() => expect(sent).toHaveLength(1))
    await queue.beat(stop.signal)
    expect(sent).toHaveLength(1)
    await rest(520)
    await queue.beat(stop.signal)
    await queue.beat(stop.signal)
    expect(sent).toHaveLength(2)
  })

  test('ends when the node is revoked', async () => {
    send = () => Promise.reject(problem('NODE_REVOKED'))
    queue.setWorkload(null)
    await rest(10)
    await expect(running).rejects.toMatchObject({ code: 'NODE_REVOKED' })
  })
})
