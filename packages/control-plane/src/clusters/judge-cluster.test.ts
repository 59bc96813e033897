import { type ReportedProblem } from '@fairlead/contract/problems'
import { ClusterState, WorkloadPhase } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeCluster, type JudgedCluster, type JudgedMember } from './judge-cluster.ts'

const failure: ReportedProblem = { code: 'RAY_EXITED', facts: { exit_status: 1 } }
const cluster = (part: Partial<JudgedCluster> = {}): JudgedCluster => ({
  state: 'StartingUp',
  problem: null,
  was_running: false,
  worker_count: 1,
  alive_nodes: 2,
  ...part,
})

interface Member extends JudgedMember {
  readonly released: boolean
}

const member = (part: Partial<Member> = {}): Member => ({
  role: 'worker',
  phase: 'running',
  problem: null,
  released: false,
  lost: false,
  revoked: false,
  nodeName: 'n2',
  ...part,
})

const head = (part: Partial<Member> = {}) => member({ role: 'head', nodeName: 'n1', ...part })

const judge = (given: JudgedCluster, members: readonly Member[]) =>
  judgeCluster(given, {
    count: members.length,
    running: members.filter(({ phase }) => phase === 'running').length,
    odd: members.filter(({ phase, lost, revoked }) => phase === 'failed' || lost || revoked),
    isHeld: members.some(({ released, lost, revoked }) => !released && !lost && !revoked),
  })

describe('a cluster that is starting', () => {
  test('is running when all its nodes run and Ray lists them all', () => {
    expect(judge(cluster(), [head(), member()])).toEqual({ state: 'Running', problem: null })
  })

  test.each([
    ['Ray lists one too few', cluster({ alive_nodes: 1 }), [head(), member()]],
    ['the head has not told yet', cluster({ alive_nodes: null }), [head(), member()]],
    ['a node is still pulling', cluster(), [head(), member({ phase: 'pulling' })]],
    ['a node is missing', cluster(), [head()]],
  ])('is not running while %s', (_, given, members) => {
    expect(judge(given, members).state).toBe('StartingUp')
  })

  test('fails with the first node that fails, and reports the head’s reason before a worker’s', () => {
    const other: ReportedProblem = { code: 'NODE_DISK_FULL', facts: {} }
    const members = [member({ phase: 'failed', problem: other }), head({ phase: 'failed', problem: failure })]
    expect(judge(cluster(), members)).toEqual({ state: 'StartupErrored', problem: failure })
  })

  test('names the lost node, and waits for it', () => {
    expect(judge(cluster(), [head(), member({ lost: true })])).toEqual({
      state: 'StartingUp',
      problem: { code: 'NODE_LOST', facts: { node: 'n2', seconds: 90 } },
    })
  })
})

describe('a cluster that was up', () => {
  const up = cluster({ state: 'Running', was_running: true })

  test('stays up without a worker, and says why it is degraded', () => {
    expect(judge(up, [head(), member({ phase: 'failed', problem: failure })])).toEqual({
      state: 'Running',
      problem: failure,
    })
  })

  test('reports that Ray misses a node before its agent has been silent for long', () => {
    expect(judge({ ...up, alive_nodes: 1 }, [head(), member()])).toEqual({
      state: 'Running',
      problem: { code: 'RAY_NODES_MISSING', facts: { count: 1, needed: 2 } },
    })
  })

  test('reports that its head is lost, whatever its workers report meanwhile', () => {
    const members = [head({ lost: true }), member({ phase: 'failed', problem: failure })]
    expect(judge({ ...up, alive_nodes: null }, members)).toEqual({
      state: 'Running',
      problem: { code: 'HEAD_LOST', facts: { node: 'n1', seconds: 90 } },
    })
  })

  test('is down without its head', () => {
    expect(judge(up, [head({ phase: 'failed', problem: failure }), member()]).state).toBe('StartupErrored')
  })

  test('clears a loss when the node is back', () => {
    const lost = judge(up, [head(), member({ lost: true })])
    expect(lost.state).toBe('Running')
    expect(judge({ ...up, problem: lost.problem }, [head(), member()]).problem).toBeNull()
  })

  test('does not continue with a revoked node', () => {
    expect(judge(up, [head(), member({ revoked: true })])).toMatchObject({
      state: 'StartupErrored',
      problem: { code: 'NODE_REVOKED' },
    })
  })
})

describe('a cluster that is ending', () => {
  test('has ended once every node has stopped, is lost, or is revoked', () => {
    const members = [head({ released: true }), member({ lost: true }), member({ revoked: true })]
    expect(judge(cluster({ state: 'Terminating' }), members).state).toBe('Terminated')
    expect(judge(cluster({ state: 'Terminating' }), [...members, member()]).state).toBe('Terminating')
  })
})

test('judging a cluster a second time gives the same result, whatever nodes report', () => {
  const someMember = fc.record({
    role: fc.constantFrom('head' as const, 'worker' as const),
    phase: fc.constantFrom(...WorkloadPhase.options),
    problem: fc.constantFrom(null, failure),
    released: fc.boolean(),
    lost: fc.boolean(),
    revoked: fc.boolean(),
    nodeName: fc.constant('n'),
  })
  fc.assert(
    fc.property(
      fc.array(someMember, { maxLength: 4 }),
      fc.constantFrom(...ClusterState.options),
      fc.boolean(),
      fc.option(fc.nat(5)),
      (members, state, wasRunning, alive) => {
        const given = cluster({ state, was_running: wasRunning || state === 'Running', alive_nodes: alive })
        const once = judge(given, members)
        const again = judge({ ...given, ...once, was_running: given.was_running || once.state === 'Running' }, members)
        // A cluster that fails during startup may not come up again on its own; otherwise nothing changes twice.
        expect(again).toEqual(once)
      },
    ),
  )
})
