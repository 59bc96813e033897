import { isProblem, problem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readJson, readResult } from './answer.ts'

const host = 'fairlead.example.com'
const answerOf = (status: number, body: Uint8Array | string) => ({
  status,
  body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  header: () => null,
})

function outcomeOf<Value>(read: () => Value): { read: Value } | { code: string; said: string } {
  try {
    return { read: read() }
  } catch (error) {
    if (!isProblem(error)) throw error
    return { code: error.code, said: `${error.message} ${error.fix}` }
  }
}

describe('an answer of the control plane', () => {
  const anyText = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1'))
  const refusal = fc
    .record({ detail: anyText, fix: anyText, title: anyText, status: fc.integer() })
    .map((said) => JSON.stringify({ ...problem('NODE_REVOKED').toDocument(), ...said }))
  const body = fc.oneof(fc.uint8Array(), anyText, fc.json(), refusal)

  test('S9: of any status and bytes is read, or is a problem without a character that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), body, (status, bytes) => {
        const outcome = outcomeOf(() => readJson(answerOf(status, bytes), host))
        expect('read' in outcome).toBe(status >= 200 && status < 300 && isJson(bytes))
        // oxlint-disable-next-line no-control-regex
        expect(JSON.stringify(outcome)).not.toMatch('said' in outcome ? /[\u0000-\u001F\u007F-\u009F]/ : /^$/)
      }),
    )
  })

  test('S9: has a result only if it is of the schema', () => {
    const schema = z.strictObject({ id: z.string() })
    fc.assert(
      fc.property(fc.jsonValue(), (result) => {
        const outcome = outcomeOf(() => readResult(answerOf(200, JSON.stringify({ result })), schema, host))
        const isOfSchema = schema.safeParse(result).success
        expect(outcome).toMatchObject(isOfSchema ? { read: result } : { code: 'CONTROL_PLANE_ANSWER_INVALID' })
      }),
    )
  })

  test.each([
    [502, 'CONTROL_PLANE_UNREACHABLE'],
    [429, 'CONTROL_PLANE_UNREACHABLE'],
    [404, 'CONTROL_PLANE_ANSWER_INVALID'],
    [302, 'CONTROL_PLANE_ANSWER_INVALID'],
  ])('with the status %i and the page of a proxy is %s', (status, code) => {
    expect(outcomeOf(() => readJson(answerOf(status, '<html>'), host))).toMatchObject({ code })
  })
})

function isJson(body: Uint8Array | string): boolean {
  try {
    JSON.parse(typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true }).decode(body))
    return true
  } catch {
    return false
  }
}
