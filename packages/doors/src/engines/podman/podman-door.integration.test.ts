/** Debian's podman through its door, and buildah and skopeo, which read the same files. */
import { expect, test } from 'vitest'
import { buildahOn, podmanOn, skopeoOn } from '../../testing/tested-engine.ts'
import { describeDoor } from '../engine-door.conformance.ts'

describeDoor('podman', {
  engine: (machine) => podmanOn(machine),
  refusal({ host, repository, tag }, ours) {
    const place = `127.0.0.1:7464/${host.replace(':', '_')}/${repository}`
    return `Error: initializing source docker://${host}/${repository}:${tag}: reading manifest ${tag} in ${place}: denied: ${ours}`
  },
  down: /127\.0\.0\.1:7464: connect: connection refused$/,
  squatter: /x509: certificate signed by unknown authority$/,
  also(world) {
    test.each([
      ['buildah', buildahOn],
      ['skopeo', skopeoOn],
    ])('%s pulls through the same door, and is refused in our words', async (_, start) => {
      const { machine, host, login } = world()
      const engine = await start(machine)
      await engine.remove(`${host}/team/app:1`)
      expect(await engine.pull(`${host}/team/app:1`)).toEqual({ ok: true, text: '' })
      expect(await engine.digestOf(`${host}/team/app:1`)).toMatch(/^sha256:/)
      const { ok, text } = await engine.pull(`${host}/mismatch/app:1`)
      expect({ ok, text }).toEqual({ ok: false, text: expect.stringContaining('(CREDENTIAL_SERVER_MISMATCH)') })
      expect(text).not.toContain(login.password)
    })
  },
})
