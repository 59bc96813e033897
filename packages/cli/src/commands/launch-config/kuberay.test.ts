/** What goes into Kubernetes, checked by the rules of the programs that read it there. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { kubeRayFiles } from './kuberay.ts'
import { sampleSubject } from './sample-subject.ts'
import { schemaFaults, type StructuralSchema } from './testing/schema-faults.ts'

const { schema } = JSON.parse(readFileSync(new URL('testing/ray-cluster-schema.json', import.meta.url), 'utf8')) as {
  schema: StructuralSchema
}

describe('the RayCluster', () => {
  test('matches the definition of KubeRay: no field unknown, none missing', () => {
    expect(schemaFaults(kubeRayFiles(sampleSubject()).ray_cluster.content, schema)).toEqual([])
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

interface ProviderConfig {
  apiVersion: string
  kind: string
  providers: { name: string; apiVersion: string; matchImages: string[]; defaultCacheDuration: string }[]
}

/** The checks of the kubelet on its file: pkg/credentialprovider/plugin/config.go, validateCredentialProviderConfig. */
test("the kubelet accepts the provider's entry", () => {
  const content = kubeRayFiles(sampleSubject()).credential_provider?.content as ProviderConfig
  expect(content).toMatchObject({ apiVersion: 'kubelet.config.k8s.io/v1', kind: 'CredentialProviderConfig' })
  const [provider] = content.providers
  expect(provider?.name).toMatch(/^(?!\.{1,2}$)[^/\s]+$/)
  expect(provider?.apiVersion).toBe('credentialprovider.kubelet.k8s.io/v1')
  // A registry's host and port, without a scheme, which the kubelet rejects.
  expect(provider?.matchImages).toEqual(['registry.example.com:5000'])
  expect(provider?.defaultCacheDuration).toMatch(/^\d+m$/)
})
