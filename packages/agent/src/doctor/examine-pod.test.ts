/** What `doctor --pod` reports where a metadata service hands out a node's role. */
import { listen, type HttpService } from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { firstProblem } from './doctor-report.ts'
import { examinePod } from './examine-pod.ts'

const never = new AbortController().signal
const role = 'canary-name-of-a-role'

let server: HttpService
beforeAll(async () => {
  server = await listen((request, response) => {
    response.writeHead(request.method === 'GET' ? 200 : 405).end(role)
  })
})
afterAll(() => server.stop())

const examine = (hasOwnIdentity: boolean, signal = never) =>
  examinePod({ hasOwnIdentity, onSteps: () => {}, services: [{ cloud: 'aws', host: server.host }] }, signal)

test('is refused if agents read secrets as the node, without a word of what was answered', async () => {
  const report = await examine(false)
  expect(firstProblem(report)).toMatchObject({ code: 'METADATA_OPEN_TO_PODS', facts: { reason: 'IMDSv1 answered' } })
  expect(firstProblem(report)?.row.exit).toBe(3)
  expect(report).toMatchObject({ warnings: [], policy: null })
  expect(JSON.stringify(report)).not.toContain(role)
})

test('is a warning if agents have an identity of their own', async () => {
  const report = await examine(true)
  expect(firstProblem(report)).toBeNull()
  expect(report.warnings.map(({ code }) => code)).toEqual(['METADATA_OPEN_TO_PODS'])
  expect(report.steps).toMatchObject([{ step: 'metadata', status: 'done', findings: { whose: 'node' } }])
  expect(JSON.stringify(report)).not.toContain(role)
})

test('an end on request is no finding', async () => {
  await expect(examine(false, AbortSignal.abort())).rejects.toMatchObject({ code: 'INTERRUPTED' })
})
