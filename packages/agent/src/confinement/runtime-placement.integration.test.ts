/** Engines whose runtime ignores the requested cgroup of workloads: none of them may run a workload. */
import { expect, test } from 'vitest'
import { get, metadata, openMetadataMachine, over } from '../testing/metadata-machine.ts'

test('S14: with version 2 of cgroups mounted where no version 1 runtime looks for it, nothing starts or is reported as confined', async () => {
  // As Cilium does on Red Hat Enterprise Linux 8 and Amazon Linux 2, where it is mounted nowhere else.
  const beforeEngine =
    'umount -q /sys/fs/cgroup/unified || true; mkdir -p /run/cilium/cgroupv2; mount -t cgroup2 none /run/cilium/cgroupv2'
  await using cloudy = await openMetadataMachine({ beforeEngine })
  const became = await cloudy.live({}, ['prepare', 'assert', 'doctor', 'start'])
  const isVersion2 = (await cloudy.engine.cgroups(new AbortController().signal))?.version === 2
  const refused =
    'METADATA_EXPOSED: the engine uses cgroups of version 1, and version 2 is not also mounted at /sys/fs/cgroup/unified'
  expect(became).toEqual(
    isVersion2 ? ['done', 'done', 'true', 'running', 'done'] : [refused, refused, 'false', 'created', refused],
  )
  // This refuses exactly what a workload would get.
  const got = isVersion2 ? 'nothing' : metadata
  expect([await cloudy.inWorkload(get('v4'), 'host'), await cloudy.inWorkload(get('v6'), 'host')]).toEqual([got, got])
})

test('S14: if a runtime puts a container elsewhere, that container is killed and nothing else starts in this life of the agent', async () => {
  await using cloudy = await openMetadataMachine({
    beforeEngine: `cat > /etc/docker/elsewhere <<'END'\n${placingElsewhere}END\nchmod 755 /etc/docker/elsewhere`,
    config: { runtimes: { elsewhere: { path: '/etc/docker/elsewhere' } }, 'default-runtime': 'elsewhere' },
  })
  // The workload's own process gets through, not the probe that runs in the right place.
  expect(await cloudy.live({}, ['prepare', 'assert'])).toEqual(['done', 'done'])
  expect(await cloudy.inWorkload(get('v4'), 'host')).toBe(metadata)
  const refused =
    'METADATA_EXPOSED: a container was not in the cgroup of the workloads: the engine’s runtime did not put it there'
  expect(await cloudy.live(over('host'), ['start', 'assert', 'start'])).toEqual([
    'no container',
    refused,
    refused,
    'created',
    refused,
  ])
  expect(await cloudy.live(over('bridge'), ['start'])).toEqual(['no container', refused])
  // The owner's permission is enough for it to run.
  expect(await cloudy.live({ workload_metadata: 'allow' }, ['start'])).toEqual(['running', 'done'])
})

/** It passes everything to runc with a different cgroup. */
const placingElsewhere = `#!/bin/sh
sed -i 's#"cgroupsPath":"/fairlead/#"cgroupsPath":"/#' config.json 2>/dev/null
exec runc "$@"
`
