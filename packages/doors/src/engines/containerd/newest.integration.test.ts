/** The newest containerd, built from source, with one folder of registries; its own default is a list, which it cannot read. */
import { enginePrograms } from '@fairlead/testkit'
import { containerdOn } from '../../testing/tested-engine.ts'
import { describeBypass, describeDoor } from '../engine-door.conformance.ts'

describeDoor('containerd 2', {
  engine: async (machine) => containerdOn(machine, { binDir: await enginePrograms() }),
  refusal({ host, repository, tag }, ours) {
    const url = `https://127.0.0.1:7464/v2/${host.replace(':', '_')}/${repository}/manifests/${tag}?ns=${encodeURIComponent(host)}`
    const failed = `failed to pull and unpack image "${host}/${repository}:${tag}": failed to resolve image`
    return `${failed}: unexpected status from HEAD request to ${url}: 403 Forbidden: ${ours}\ndenied: ${ours}`
  },
  down: /127\.0\.0\.1:7464: connect: connection refused$/,
  squatter: /x509: certificate signed by unknown authority$/,
})

describeBypass('containerd 2 with its default folders of registries', {
  engine: async (machine) => containerdOn(machine, { binDir: await enginePrograms(), configPath: null }),
  doubt: 'is a list of folders',
})
