/** Debian's containerd 1.6, the oldest that a door is for: it drops what it cannot parse, and shows of a refusal the reason phrase alone. */
import { containerdOn } from '../../testing/tested-engine.ts'
import { describeBypass, describeDoor } from '../engine-door.conformance.ts'
import { testTickets } from './tickets.conformance.ts'

describeDoor('containerd 1.6', {
  engine: (machine) => containerdOn(machine, { binDir: null }),
  refusal({ host, repository, tag }, ours) {
    const image = `${host}/${repository}:${tag}`
    const asked = `pulling from host 127.0.0.1:7464 failed with status code [manifests ${tag}]`
    return `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${asked}: 403 Forbidden: ${ours}`
  },
  down: /127\.0\.0\.1:7464: connect: connection refused$/,
  squatter: /x509: certificate signed by unknown authority$/,
  also: testTickets,
})

describeBypass('containerd 1.6 without a folder of registries', {
  engine: (machine) => containerdOn(machine, { binDir: null, configPath: null }),
  doubt: 'names no folder of registries',
})
