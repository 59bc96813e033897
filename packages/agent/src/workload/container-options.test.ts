import { describe, expect, test } from 'vitest'
import { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { containerSpec } from './container-options.ts'
import { sampleWorkload } from '../testing/sample-workload.ts'

const makers = ['NVIDIA', 'HABANA', 'ASCEND', 'AMD', 'MTHREADS']
const allDevices = Object.fromEntries(
  [...makers.map((maker) => `${maker}_VISIBLE_DEVICES`), 'DOCKER_RESOURCE_GPU'].map((name) => [name, 'all']),
)

const workload = sampleWorkload({ env_vars: { A: '1', ...allDevices } })
const envWith = (containers: object) =>
  containerSpec(
    workload,
    { id: 'an image', digest: `sha256:${'a'.repeat(64)}` },
    { nodeId: 'n', cloudId: 'c', advertiseAddress: '10.0.0.1' },
    NodePolicy.parse({ containers }).containers,
    null,
  ).env

test('tells Docker whether Ray asks for a token, but not which token', () => {
  const ray_token = `frt_${'A'.repeat(43)}`
  const spec = containerSpec(
    { ...workload, ray_token },
    { id: 'an image', digest: `sha256:${'a'.repeat(64)}` },
    { nodeId: 'n', cloudId: 'c', advertiseAddress: '10.0.0.1' },
    NodePolicy.parse({}).containers,
    null,
  )
  expect(spec.labels['dev.fairlead.ray-token']).toBe('asked')
  expect(JSON.stringify(spec)).not.toContain(ray_token)
})

describe('S7: only the node gives out GPUs', () => {
  test('if its file gives none, neither an image nor an order makes the engine’s runtime give any', () => {
    expect(envWith({})).toMatchObject({
      A: '1',
      NVIDIA_VISIBLE_DEVICES: 'void',
      HABANA_VISIBLE_DEVICES: 'none',
      ASCEND_VISIBLE_DEVICES: '',
      AMD_VISIBLE_DEVICES: '',
      DOCKER_RESOURCE_GPU: '',
      MTHREADS_VISIBLE_DEVICES: 'void',
    })
  })

  test('if it gives some, the engine says which', () => {
    expect(envWith({ gpus: ['0'] })).toMatchObject({ NVIDIA_VISIBLE_DEVICES: 'all', AMD_VISIBLE_DEVICES: 'all' })
  })

  test('if it gives some, the accelerators of makers that the engine does not know are not among them', () => {
    expect(envWith({ gpus: 'all' })).toMatchObject({
      HABANA_VISIBLE_DEVICES: 'none',
      ASCEND_VISIBLE_DEVICES: '',
      MTHREADS_VISIBLE_DEVICES: 'void',
    })
  })
})
