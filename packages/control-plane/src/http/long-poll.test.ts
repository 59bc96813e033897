import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { newId, type NodeId } from '@fairlead/contract/names'
import { expect, test } from 'vitest'
import { Waiters } from '../events/waiters.ts'
import { LongPoll, returnSpreadMs } from './long-poll.ts'

test('a fleet returns over two milliseconds for each node, half a second at least and a minute at most', () => {
  expect([0, 100, 2_000, 10_000, 60_000, 1_000_000].map(returnSpreadMs)).toEqual([
    500, 500, 4_000, 20_000, 60_000, 60_000,
  ])
})

test('nobody waits for a node that hung up while its signature was checked', () => {
  const waiters = new Waiters<NodeId>()
  const notAsked = () => {
    throw new Error('nobody is there to be told')
  }
  const states = { isNewest: () => true, read: notAsked }
  const longPoll = new LongPoll({ waiters, states, onFault: notAsked, onAnswer: notAsked, fleet: notAsked })
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  response.destroy()
  const nodeId = newId('node')
  longPoll.answer(response, { nodeId, known: 'x', waitSeconds: 60, requestId: 'req' })
  expect(waiters.size).toBe(0)
})
