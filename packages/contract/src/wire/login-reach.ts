/** How far the login of one pull got, in order: where its password went. Only the node that held it can say so. */
import { z } from 'zod'

export const LoginReach = z.enum([
  'none', // no secret is named
  'unasked', // a secret is named, but the secret manager was not asked for it
  'asked', // the secret manager was asked, but did not return the secret
  'read', // the secret arrived, but is not known to be a login
  'parsed', // it is a login, but not known to be for the image's registry
  'matched', // it is for the image's registry; none of it was sent
  'sent', // it may have been sent to that registry or its token realm
  'unproved', // it was sent, and got an answer that anyone may get
  'accepted', // the registry showed that it knows the login
])
export type LoginReach = z.infer<typeof LoginReach>

/** The further of the two. */
export function furtherReach(a: LoginReach, b: LoginReach): LoginReach {
  return LoginReach.options.indexOf(a) < LoginReach.options.indexOf(b) ? b : a
}
