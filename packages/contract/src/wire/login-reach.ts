/** How far the login of one pull got: where its password went, in the order of the way. Only the node that held it can say so. */
import { z } from 'zod'

export const LoginReach = z.enum([
  'none', // no secret is named
  'unasked', // a secret is named, and the secret manager was not asked for it
  'asked', // the secret manager was asked, and did not give the secret
  'read', // the secret came, and is not known to be a login
  'parsed', // it is a login, and not known to be for the image's registry
  'matched', // it is for the image's registry; nothing of it was sent
  'sent', // it may have been sent to that registry or its token realm
  'unproved', // it was sent, and got an answer that anybody may get
  'accepted', // the registry showed that it knows it
])
export type LoginReach = z.infer<typeof LoginReach>

/** The further of two. */
export function furtherReach(a: LoginReach, b: LoginReach): LoginReach {
  return LoginReach.options.indexOf(a) < LoginReach.options.indexOf(b) ? b : a
}
