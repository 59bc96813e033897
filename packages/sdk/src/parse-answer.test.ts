import { problems } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAnswer } from './parse-answer.ts'
import { readProblem } from './read-problem.ts'

const isKnown = (code: string) => Object.hasOwn(problems, code)

describe('the body of an answer', () => {
  test('of any text is its JSON, or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const plain = JSON.stringify(parseAnswer(text)) ?? ''
        expect(JSON.stringify(parseAnswer(plain)) ?? '').toBe(plain)
      }),
    )
  })

  test('of any JSON without the code of a problem is what JSON says', () => {
    const key = fc.string().filter((name) => !['who', 'decision', 'warnings', '__proto__'].includes(name))
    const value = fc.object({ key, values: [fc.string(), fc.double(), fc.boolean(), fc.constant(null)] })
    fc.assert(
      fc.property(value, (document) => {
        const text = JSON.stringify(document)
        expect(parseAnswer(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  test('of a newer control plane keeps the text of a problem, under a code that this client knows', () => {
    const code = fc.oneof(fc.stringMatching(/^[A-Z_]{1,40}$/), fc.constantFrom('toString', '__proto__', 'USAGE'))
    fc.assert(
      fc.property(code, fc.string(), (said, detail) => {
        const document = { type: 't', title: 't', status: 400, detail, code: said, fix: 'f', who: 'you' }
        const found = readProblem(parseAnswer(JSON.stringify(document)))
        expect([found?.code, found?.message]).toEqual([isKnown(said) ? said : 'PROBLEM_UNKNOWN', detail])
      }),
    )
  })

  test('that holds no problem has none', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(readProblem(parseAnswer(JSON.stringify(value)))).toBeNull()
      }),
    )
  })
})
