import { expect, test } from 'vitest'
import { prefetchedText } from './prefetched-text.ts'

const counted = (idle_nodes: number, ready_nodes: number, failed_nodes = 0) => ({
  prefetch_progress: { idle_nodes, ready_nodes, failed_nodes },
})

test.for([
  [{ prefetch: false }, null],
  [{ status: 'pending' }, 'by idle nodes, once it is checked'],
  [{}, 'no longer: newer builds took its place'],
  [counted(0, 0), 'by each node once it is idle; none is now'],
  [counted(1, 0), 'by 0 of 1 idle node'],
  [counted(5, 2), 'by 2 of 5 idle nodes'],
  [counted(5, 2, 1), 'by 2 of 5 idle nodes; 1 could not'],
] as const)('%j is prefetched: %s', ([part, expected]) => {
  expect(prefetchedText({ prefetch: true, status: 'succeeded', ...part })).toBe(expected)
})
