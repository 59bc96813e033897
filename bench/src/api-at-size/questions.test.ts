import { newId, type CloudId } from '@fairlead/contract/names'
import { documentOfThisVersion } from '@fairlead/control-plane'
import { expect, test } from 'vitest'
import { questionsOf } from './questions.ts'
import type { Landmarks } from './records.ts'

const named = { id: 'id', name: 'name' }
const landmarks: Landmarks = {
  cloud: newId('cld'),
  otherClouds: [newId('cld'), newId('cld')] satisfies CloudId[],
  environment: named,
  build: newId('bld'),
  cluster: named,
  node: named,
  pull: { id: newId('pull'), key: newId('pull') },
  podOwner: 'team/RayCluster/train',
  auditEvent: newId('aud'),
  token: newId('tok'),
}

test('every route that reads is asked, with a value for each of its parameters', () => {
  const document = documentOfThisVersion()
  const questions = questionsOf(document, landmarks)
  const asked = new Set(questions.map((path) => path.replace(/\?.*/, '')))
  const routes = Object.values(document.paths).filter((operations) => 'get' in operations)
  // Nodes alone ask for their desired state.
  expect(asked.size).toBe(routes.length - 1)
  expect(questions.join(' ')).not.toMatch(/[{}]|=(?:&|$| )/)
})
