/** The newest containerd, built from source, with one folder of registries; its own default is a list, which it cannot read. */
import { join } from 'node:path'
import { enginePrograms, eventually, makeImage, startKubelet, type KubeletPod } from '@fairlead/testkit'
import { expect, test } from 'vitest'
import { containerdOn } from '../../testing/tested-engine.ts'
import { describeBypass, describeDoor } from '../engine-door.conformance.ts'
import { testTickets } from './tickets.conformance.ts'

describeDoor('containerd 2', {
  engine: async (machine, host) =>
    containerdOn(machine, { binDir: await enginePrograms(), pauseImage: `${host}/team/pod:1` }),
  refusal({ host, repository, tag }, ours) {
    const url = `https://127.0.0.1:7464/v2/${host.replace(':', '_')}/${repository}/manifests/${tag}?ns=${encodeURIComponent(host)}`
    const failed = `failed to pull and unpack image "${host}/${repository}:${tag}": failed to resolve image`
    return `${failed}: unexpected status from HEAD request to ${url}: 403 Forbidden: ${ours}\ndenied: ${ours}`
  },
  down: /127\.0\.0\.1:7464: connect: connection refused$/,
  squatter: /x509: certificate signed by unknown authority$/,
  also(world) {
    testTickets(world)
    test('a kubelet runs a pod from a private image, and shows a refusal where `kubectl describe` finds it', async () => {
      const { machine, host, registry, door } = world()
      const pauseImage = `${host}/team/pod:1`
      await registry.push('team/pod', await makeImage({ config: { Cmd: ['sleep', 'infinity'] } }))
      const containerd = { socket: door.found.way, logFile: join(machine.dir, 'containerd.log') }
      await using kubelet = await startKubelet(machine, { binDir: await enginePrograms(), pauseImage, containerd })
      const stateOf = (pod: KubeletPod | undefined) => pod?.status.containerStatuses?.[0]?.state
      await kubelet.addPod('private', pauseImage)
      const running = async () => stateOf(await kubelet.pod('private'))?.running
      await eventually(running, { what: 'the pod runs', timeoutMs: 60_000 })
      await kubelet.addPod('refused', `${host}/mismatch/app:1`)
      const refusal = async () => stateOf(await kubelet.pod('refused'))?.waiting?.message
      const message = await eventually(refusal, { what: 'the pod has no image', timeoutMs: 60_000 })
      expect(message).toContain('(CREDENTIAL_SERVER_MISMATCH). fix: ')
      for (const pod of ['private', 'refused']) await kubelet.removePod(pod)
    })
  },
})

describeBypass('containerd 2 with its default folders of registries', {
  engine: async (machine) => containerdOn(machine, { binDir: await enginePrograms(), configPath: null }),
  doubt: 'is a list of folders',
})
