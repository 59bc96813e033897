import { describe, expect, test } from 'vitest'
import { sampleContainer } from '../testing/sample-container.ts'
import { containerRequest } from './container-request.ts'

const spec = sampleContainer({
  name: 'fairlead-x',
  imageId: `sha256:${'a'.repeat(64)}`,
  command: ['ray', 'start'],
  env: { A: '1' },
  labels: { l: 'v' },
})

describe('a container request', () => {
  test('never asks for more than a workload may have (S14)', () => {
    const { HostConfig } = containerRequest(spec)
    expect(HostConfig).toMatchObject({
      Privileged: false,
      CapDrop: ['NET_RAW', 'NET_ADMIN', 'NET_BIND_SERVICE'],
      RestartPolicy: { Name: 'no' },
    })
    for (const key of [
      'CapAdd',
      'Devices',
      'PidMode',
      'IpcMode',
      'UsernsMode',
      'SecurityOpt',
      'Binds',
      'VolumesFrom',
    ]) {
      expect(HostConfig).not.toHaveProperty(key)
    }
  })

  test.for([
    ['all', { Count: -1 }],
    [2, { Count: 2 }],
    [['GPU-1', 'GPU-2'], { DeviceIDs: ['GPU-1', 'GPU-2'] }],
  ] as const)('GPUs %j', ([gpus, wanted]) => {
    expect(containerRequest({ ...spec, gpus }).HostConfig.DeviceRequests).toEqual([
      { Driver: '', Capabilities: [['gpu']], Options: {}, ...wanted },
    ])
  })

  test('makes mounts binds, read-only where the file says so', () => {
    const mounts = [{ source: '/data', target: '/mnt', readOnly: true }]
    expect(containerRequest({ ...spec, mounts }).HostConfig.Mounts).toEqual([
      { Type: 'bind', Source: '/data', Target: '/mnt', ReadOnly: true },
    ])
  })

  test('S14: names the cgroup of workloads', () => {
    expect(containerRequest({ ...spec, cgroupParent: '/fairlead' }).HostConfig).toMatchObject({
      CgroupParent: '/fairlead',
    })
  })

  test('leaves unset options to the engine', () => {
    expect(containerRequest(spec).HostConfig).not.toHaveProperty('ShmSize')
    expect(containerRequest(spec).HostConfig).not.toHaveProperty('CgroupParent')
    expect(containerRequest({ ...spec, shmBytes: 5 }).HostConfig).toMatchObject({ ShmSize: 5 })
  })
})
