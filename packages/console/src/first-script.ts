/** Runs as soon as the browser has it, while it still loads the console: what cannot wait for that. Imports next to nothing. */
import './theme/first-paint.ts'
import { askEarly } from './session/early-answers.ts'
import { callbackPath } from './session/callback-path.ts'
import { readToken } from './session/token.ts'

const token = readToken()
if (token !== null) {
  askEarly('/api_tokens/me', token)
  if (location.pathname === '/') askEarly('/overview', token)
} else if (location.pathname !== callbackPath) {
  askEarly('/sign_in', null)
}
