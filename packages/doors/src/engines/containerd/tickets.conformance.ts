/** What holds for every containerd that pulls for the pods of a kubelet: it shows the door the ticket that the kubelet's provider gave. */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseImageReference } from '@fairlead/contract/names'
import { expect, test } from 'vitest'
import { ticketsOf } from '../../kubelet/give-ticket.ts'
import { ticketUser } from '../../pods/ticket.ts'
import type { DoorWorld } from '../../testing/door-world.ts'

export function testTickets(world: () => DoorWorld): void {
  test('S2: pulls with the ticket of a service account that the owner named, and shows in our words why another gets nothing', async () => {
    const { machine, host, engine, secretName } = world()
    const image = `${host}/team/app:1`
    const map = join(machine.etcDir, 'kubelet-credential-provider.yaml')
    const give = ticketsOf({ policyFile: join(machine.etcDir, 'policy.yaml'), stateDir: machine.stateDir })
    const pullAs = async (namespace: string) => {
      const password = await give(parseImageReference(image), { namespace, name: 'trainer' })
      return engine.pullWith?.(image, { username: ticketUser, password: password ?? '' })
    }
    await writeFile(map, JSON.stringify({ service_accounts: { 'team-a/trainer': { [`${host}/team`]: secretName } } }))
    try {
      await engine.remove(image)
      expect(await engine.pull(image)).toEqual({
        ok: false,
        text: expect.stringMatching(/no basic auth credentials|\(DOOR_NEEDS_TICKET\)/),
      })
      expect(await pullAs('team-a')).toEqual({ ok: true, text: '' })
      const refused = expect.stringContaining(
        `403 Forbidden: the owner of this node gives ${host}/team/app to other service accounts than team-b/trainer (SERVICE_ACCOUNT_NOT_NAMED). fix: `,
      )
      expect(await pullAs('team-b')).toEqual({ ok: false, text: refused })
    } finally {
      await rm(map)
    }
  })
}
