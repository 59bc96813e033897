/** What goes into Kubernetes, checked by KubeRay's own definition of it. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { rayClusterFile } from './kuberay.ts'
import { sampleSubject } from './sample-subject.ts'
import { schemaFaults, type StructuralSchema } from './testing/schema-faults.ts'

const { schema } = JSON.parse(readFileSync(new URL('testing/ray-cluster-schema.json', import.meta.url), 'utf8')) as {
  schema: StructuralSchema
}

describe('the RayCluster', () => {
  test('matches the definition of KubeRay: no field unknown, none missing', () => {
    expect(schemaFaults(rayClusterFile(sampleSubject()).content, schema)).toEqual([])
  })

  test('that check finds mistakes', () => {
    const wrong = {
      spec: { rayVersion: 2, headGroupSpec: {}, workerGroups: [], workerGroupSpecs: [{ groupName: 'a' }] },
    }
    expect(schemaFaults(wrong, schema)).toEqual([
      '/spec/rayVersion: not of type string',
      '/spec/headGroupSpec/template: missing',
      '/spec/workerGroups: unknown',
      '/spec/workerGroupSpecs/0/maxReplicas: missing',
      '/spec/workerGroupSpecs/0/minReplicas: missing',
      '/spec/workerGroupSpecs/0/template: missing',
    ])
  })
})

interface RayCluster {
  spec: { authOptions?: object; workerGroupSpecs: object[] }
}

describe('what has Ray ask for a token', () => {
  const file = (rayVersion: string) => rayClusterFile(sampleSubject({ rayVersion }))

  test('is there for every Ray that knows one, with the KubeRay that it needs', () => {
    expect((file('2.52.0').content as RayCluster).spec.authOptions).toEqual({ mode: 'token' })
    expect(file('2.52.0').head.join('\n')).toContain('KubeRay 1.5.1')
  })

  test('is not there for an older Ray, which KubeRay would refuse with it', () => {
    expect((file('2.51.2').content as RayCluster).spec).not.toHaveProperty('authOptions')
    expect(file('2.51.2').head.join('\n')).not.toContain('KubeRay 1.5.1')
  })
})

test('what the nodes need is a comment, with a reference and no login; a public image needs nothing', () => {
  const door = 'fairlead agent install --door registry.example.com:5000/team/ray=team/registry-login'
  expect(rayClusterFile(sampleSubject()).head.join('\n')).toContain(door)
  expect(rayClusterFile(sampleSubject({ secret: null })).head.join('\n')).not.toContain('--door')
})
