/** Signing in without a token; it ends with a session, whose token is for a client of its own. */
import type {
  BrowserSignIn,
  CreatedApiToken,
  DeviceSignIn,
  DeviceSignInProgress,
  FinishBrowserSignIn,
  SignInOffer,
} from '@fairlead/contract/wire'
import { single } from './answer.ts'
import { createdApiToken } from './api-tokens.ts'
import { signalOf, type CallOptions, type Transport } from './transport.ts'

const browserSignIn = async () => (await import('@fairlead/contract/wire/sign-in')).BrowserSignIn
const deviceSignIn = async () => (await import('@fairlead/contract/wire/sign-in')).DeviceSignIn
const deviceSignInProgress = async () => (await import('@fairlead/contract/wire/sign-in')).DeviceSignInProgress
const signInOffer = async () => (await import('@fairlead/contract/wire/sign-in')).SignInOffer

/** RFC 8628, section 3.5. */
const slowDownSeconds = 5

export class SignInCalls {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Which ways there are, besides a token. */
  async offer(options?: CallOptions): Promise<SignInOffer> {
    return this.#transport.get('/sign_in', single(signInOffer), options)
  }

  /** Where to send the browser; the tab keeps the rest of the answer until it comes back. */
  async startBrowser(options?: CallOptions): Promise<BrowserSignIn> {
    return this.#transport.post('/sign_in/browser', {}, single(browserSignIn), options)
  }

  /** With what the tab kept, and the query it came back with. */
  async finishBrowser(body: FinishBrowserSignIn, options?: CallOptions): Promise<CreatedApiToken> {
    return this.#transport.post('/sign_in/browser/finish', body, single(createdApiToken), options)
  }

  /** The code that the user enters, and where. */
  async startDevice(options?: CallOptions): Promise<DeviceSignIn> {
    return this.#transport.post('/sign_in/device', {}, single(deviceSignIn), options)
  }

  /** Asks once whether the code was entered. */
  async finishDevice(deviceCode: string, options?: CallOptions): Promise<DeviceSignInProgress> {
    const body = { device_code: deviceCode }
    return this.#transport.post('/sign_in/device/finish', body, single(deviceSignInProgress), options)
  }

  /** Asks until the code was entered, as often as the provider allows; throws the problem if the code expires or the user declines. */
  async awaitDevice(
    { device_code: code, interval }: Pick<DeviceSignIn, 'device_code' | 'interval'>,
    options?: CallOptions,
  ): Promise<CreatedApiToken> {
    for (let seconds = interval; ;) {
      await this.#transport.sleep(seconds * 1000, signalOf(options))
      const { status, session } = await this.finishDevice(code, options)
      if (session !== null) return session
      if (status === 'slow_down') seconds += slowDownSeconds
    }
  }

  /** With the ID token of a CI job, whose audience is the address of the control plane. */
  async asProgram(idToken: string, options?: CallOptions): Promise<CreatedApiToken> {
    const body = { id_token: idToken }
    return this.#transport.post('/sign_in/program', body, single(createdApiToken), options)
  }
}
