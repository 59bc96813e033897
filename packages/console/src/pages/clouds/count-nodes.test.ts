import { describe, expect, test } from 'vitest'
import { countNodes } from './count-nodes.ts'

describe('the nodes of a cloud', () => {
  test('are counted by state, without states that no node has', () => {
    const nodes = [{ state: 'lost' }, { state: 'online' }, { state: 'online' }] as const
    expect(countNodes(nodes)).toEqual([
      ['online', 2],
      ['lost', 1],
    ])
    expect(countNodes([])).toEqual([])
  })
})
