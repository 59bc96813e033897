/** Knows a product's logins and the tokens that its realm issued. */
import { randomBytes } from 'node:crypto'
import { basicLogin, type Login } from '../../basic-login.ts'
import type { Caller, Product } from './product.ts'

export class TokenBook {
  readonly #tokens = new Map<string, { product: Product; caller: Caller }>()

  issue(product: Product, caller: Caller, prefix = ''): string {
    const token = `${prefix}canary-token-${randomBytes(18).toString('base64url')}`
    this.#tokens.set(token, { product, caller })
    return token
  }

  tokensOf(product: Product): readonly string[] {
    return [...this.#tokens].filter(([, known]) => known.product === product).map(([token]) => token)
  }

  /** By a login, as read by a realm, or by a registry that speaks Basic. */
  byLogin({ logins }: Product, authorization: string | undefined): Caller {
    if (authorization === undefined) return 'nobody'
    const given = basicLogin(authorization)
    if (given === null) return 'unknown'
    const isGiven = (login: Login | undefined): boolean =>
      login?.username === given.username && login.password === given.password
    if (isGiven(logins.reader)) return 'reader'
    if (isGiven(logins.outsider)) return 'outsider'
    return isGiven(logins.expired) ? 'expired' : 'unknown'
  }

  /** By what is presented to a registry; one realm may serve several. */
  byAuthorization(product: Product, authorization: string | undefined): Caller {
    if (product.realm === null || authorization === undefined) return this.byLogin(product, authorization)
    const known = this.#tokens.get(authorization.replace(/^Bearer /, ''))
    return known?.product.realm?.host === product.realm.host ? known.caller : 'unknown'
  }
}
