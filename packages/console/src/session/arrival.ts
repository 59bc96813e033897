/** Whoever comes back from the identity provider. Read while the page loads, before the router looks at the address; the answer is sent once. */
import { finishSignIn, readArrival } from './provider-sign-in.ts'

const arrival = readArrival(location, (url) => history.replaceState(null, '', url))

/** Their session; null on every other page. */
export const arrived = arrival === null ? null : finishSignIn(arrival)
// The page shows why it failed, once it is there.
arrived?.catch(() => undefined)
