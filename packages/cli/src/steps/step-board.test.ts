import type { StepReport } from '@fairlead/contract/wire'
import { describe, expect, test } from 'vitest'
import type { CliContext } from '../context.ts'
import { showSteps, stepBoard } from './step-board.ts'

const started = '2026-11-24T12:00:00.000Z'

function step(name: StepReport['step'], status: StepReport['status'], more: Partial<StepReport> = {}): StepReport {
  return { step: name, status, started_at: started, duration_ms: status === 'running' ? null : 1200, ...more }
}

function boardOn(isTTY: boolean) {
  let written = ''
  let ticks = 0
  const output = {
    isTTY,
    columns: 80,
    rows: 24,
    getColorDepth: () => 1,
    write: (text: string) => {
      written += text
    },
  }
  const clock = {
    now: () => Date.parse(started) + 3000,
    every: () => {
      ticks++
      return { stop: () => ticks-- }
    },
  }
  const context = { stdout: output, env: {}, clock } as unknown as CliContext
  return { context, board: stepBoard(context), written: () => written, ticking: () => ticks }
}

describe('where lines cannot be redrawn', () => {
  test('prints one line when a step ends, and for long steps another when they begin', () => {
    const { board, written } = boardOn(false)
    const pull = (status: StepReport['status'], bytes: number) =>
      step('pull', status, { bytes, total_bytes: 1_000_000 })
    board.show([{ title: null, steps: [], waiting: 'waiting for a node' }])
    board.show([{ title: null, steps: [step('secret', 'running')] }])
    board.show([{ title: null, steps: [step('secret', 'done'), pull('running', 10)] }])
    board.show([{ title: null, steps: [step('secret', 'done'), pull('running', 500_000)] }])
    board.show([{ title: null, steps: [step('secret', 'done'), pull('done', 1_000_000), step('ray', 'failed')] }])
    board[Symbol.dispose]()
    expect(written()).toBe(
      [
        '  waiting for a node',
        "  secret     done     secret read with the node's own identity  1.2 s",
        '  pull       running    0 %  10 B of 1.0 MB',
        '  pull       running   50 %  500 kB of 1.0 MB',
        '  pull       done     pulled 1.0 MB  1.2 s',
        '  ray        failed   waiting for Ray  1.2 s',
        '',
        '',
      ].join('\n'),
    )
  })

  test('each line names its node', () => {
    const { board, written } = boardOn(false)
    board.show([
      { title: 'head a', steps: [step('start', 'done')] },
      { title: 'worker b', steps: [step('start', 'done')] },
    ])
    expect(written()).toBe(
      '  head a: start      done     container started  1.2 s\n  worker b: start      done     container started  1.2 s\n',
    )
  })
})

describe('on a terminal', () => {
  test('redraws the region in place, and shows the cursor again', () => {
    const { board, written, ticking } = boardOn(true)
    board.show([{ title: 'head a', steps: [step('pull', 'running', { bytes: 25, total_bytes: 100 })] }])
    expect(ticking()).toBe(1)
    board.show([{ title: 'head a', steps: [step('pull', 'done', { bytes: 100 })] }])
    board[Symbol.dispose]()
    expect(ticking()).toBe(0)
    expect(written()).toContain('━━━━━───────────────  25 %  25 B of 100 B')
    expect(written()).toContain('\u001B[2A')
    expect(written().endsWith('\u001B[?25h\n')).toBe(true)
  })
})

test('shortens what does not fit on the screen, so that it can be redrawn', () => {
  const { board, written } = boardOn(true)
  const steps = [step('secret', 'done'), step('pull', 'running')]
  const groups = (count: number) => Array.from({ length: count }, (_, index) => ({ title: `node ${index}`, steps }))
  board.show(groups(20))
  expect(written().split('\n')).toHaveLength(21)
  board.show(groups(50))
  expect(written()).toContain('and 29 more')
  expect(written()).toContain('\u001B[20A')
  board.show(groups(1))
  expect(written()).toContain('\u001B[22A')
})

test('wraps a long sentence instead of cutting it', () => {
  const { board, written } = boardOn(true)
  board.show([{ title: 'AwaitingStartup', steps: [], waiting: 'join more nodes, or terminate a cluster; '.repeat(4) }])
  expect(written()).not.toContain('…')
  expect(written().match(/terminate/g)).toHaveLength(4)
  board[Symbol.dispose]()
  expect(written()).toContain('\u001B[4A')
})

test('draws nothing with JSON', async () => {
  const { context, written } = boardOn(true)
  const before = written()
  await showSteps(context, { json: true }, async (show) => show([{ title: null, steps: [step('secret', 'done')] }]))
  expect(written()).toBe(before)
})
