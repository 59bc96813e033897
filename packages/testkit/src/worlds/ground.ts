/** What all parts of one lab share: where to listen, whom to trust, one login, and when they end. */
import { randomBytes } from 'node:crypto'
import type { Login } from '../basic-login.ts'
import { createNetwork, type TestNetwork } from '../machines/network.ts'
import { createCa, type TestCa } from '../servers/test-ca.ts'

export interface Ground<Network extends TestNetwork | null = TestNetwork | null> {
  /** Null on loopback, where there are no machines. */
  readonly network: Network
  /** Servers that others must reach listen here. */
  readonly host: string
  readonly ca: TestCa
  /** For the private registry. Its password is new, so that a search for it finds nothing else. */
  readonly login: Login
  /** The name under which the login is kept. */
  readonly secretName: string
  /** Ends with the lab, before whatever was used earlier. */
  readonly use: <Part extends AsyncDisposable>(part: Part) => Part
}

/** Where a lab is: its address, and its network if it has one. */
export type Site<Network extends TestNetwork | null> = (
  use: Ground['use'],
) => Promise<{ readonly host: string; readonly network: Network }>

export const onNetwork: Site<TestNetwork> = async (use) => {
  const network = use(await createNetwork())
  return { host: network.hostAddress, network }
}

export const onLoopback: Site<null> = () => Promise.resolve({ host: '127.0.0.1', network: null })

export interface GroundOptions<Network extends TestNetwork | null> {
  readonly on: Site<Network>
  readonly login?: Login
  readonly secretName?: string
}

export async function layGround<Network extends TestNetwork | null>(
  { on, login = newLogin(), secretName = 'login' }: GroundOptions<Network>,
  parts: AsyncDisposableStack,
): Promise<Ground<Network>> {
  const use: Ground['use'] = (part) => parts.use(part)
  return { ...(await on(use)), ca: await createCa(), login, secretName, use }
}

const newLogin = (): Login => ({ username: 'puller', password: `canary-${randomBytes(12).toString('hex')}` })
