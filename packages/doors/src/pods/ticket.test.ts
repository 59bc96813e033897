/** Tickets: who can make one, and what it is good for. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outcomeOf } from '@fairlead/credential-path/testing/refusals'
import { formatTicket, ticketHolder, ticketUser, type Ticket } from './ticket.ts'

const key = Buffer.from('what only root can read')
const now = Date.parse('2026-11-30T12:00:00Z')
const trainer = { namespace: 'team-a', name: 'trainer' }
const usual: Ticket = { registry: 'r.test', repository: 'team-a/app', account: trainer, expires: now + 60_000 }
const check = { registry: 'r.test', repository: 'team-a/app', key, now }
const header = (ticket: string, user = ticketUser) => `Basic ${Buffer.from(`${user}:${ticket}`).toString('base64')}`
const shown = (ticket: Ticket = usual) => header(formatTicket(ticket, key))

describe('a ticket', () => {
  test('says whose pod pulls', () => {
    expect(ticketHolder(shown(), check)).toEqual(trainer)
    expect(ticketHolder(shown({ ...usual, account: null }), check)).toBeNull()
  })

  test.each([
    ['another repository', { repository: 'team-b/app' }],
    ['a repository below its own', { repository: 'team-a/app/x' }],
    ['another registry', { registry: 'r.test:5000' }],
    ['another node, which has another key', { key: Buffer.from('another') }],
    ['longer than it lasts', { now: usual.expires }],
  ])('S2: is of no use for %s', (_, other) => {
    expect(outcomeOf(() => ticketHolder(shown(), { ...check, ...other }))).toBe('DOOR_NEEDS_TICKET')
  })

  test('S2: that somebody wrote, or changed, is none', () => {
    const own = formatTicket(usual, key)
    const [content = '', seal = ''] = own.split('.')
    const changed = Buffer.from(JSON.stringify({ ...usual, account: { namespace: 'team-b', name: 'trainer' } }))
    const made = [
      content,
      `${content}.`,
      `${changed.toString('base64url')}.${seal}`,
      formatTicket(usual, Buffer.alloc(0)),
      `${own}.x`,
    ]
    expect(made.map((ticket) => outcomeOf(() => ticketHolder(header(ticket), check)))).toEqual(
      made.map(() => 'DOOR_NEEDS_TICKET'),
    )
  })

  test('S9: whatever an engine sends, it is a ticket of ours or none', () => {
    const parts = fc.constantFrom('Basic ', 'Bearer ', ticketUser, ':', '.', shown().slice(6), '\n')
    const sent = fc.oneof(
      fc.string(),
      fc.string({ unit: parts }),
      fc.string().map((text) => header(text)),
    )
    fc.assert(
      fc.property(fc.option(sent, { nil: undefined }), (authorization) => {
        const found = outcomeOf(() => ticketHolder(authorization, check))
        expect(found).toBe(authorization === shown() ? 'read' : 'DOOR_NEEDS_TICKET')
      }),
    )
  })
})
