/** What a node does now, in one line: the current step and its progress, else how long all its steps took. Pure. */
import type { ClusterNode } from '@fairlead/contract/wire'
import { stepWords } from '../../steps/step-words.ts'
import { formatDuration } from '../../ui/units.ts'
import { isOver } from './cluster-words.ts'

export function nowText({ role, phase, steps }: Pick<ClusterNode, 'role' | 'phase' | 'steps'>): string {
  const running = steps.find(({ status }) => status === 'running')
  if (running !== undefined && isOver(phase)) return `cut short at ${stepWords[running.step].name}`
  if (running !== undefined) {
    const { bytes, total_bytes: total } = running
    const share = bytes !== undefined && total ? ` ${Math.floor(Math.min(bytes / total, 1) * 100)} %` : ''
    return `${stepWords[running.step].name}${share}`
  }
  const failed = steps.findLast(({ status }) => status === 'failed')
  if (failed !== undefined) return `at ${stepWords[failed.step].name}`
  const [first] = steps
  const last = steps.at(-1)
  if (first === undefined || last === undefined) return ''
  if (last.step !== 'ray' && phase !== 'running') {
    if (isOver(phase)) return `ended after ${stepWords[last.step].name}`
    // A worker has the image before there is a head that it can join.
    return role === 'worker' && last.step === 'pull' ? 'waits for the head' : ''
  }
  const ms = Date.parse(last.started_at) + (last.duration_ms ?? 0) - Date.parse(first.started_at)
  return `${isOver(phase) ? 'was ' : ''}up in ${formatDuration(Math.max(ms, 0))}`
}
