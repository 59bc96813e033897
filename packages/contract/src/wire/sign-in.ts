/** Signing in with an identity provider, which only the control plane talks to (ADR 61). A sign-in ends with a session: a token that expires. */
import { z } from 'zod'
import { CreatedApiToken } from './token.ts'

/** How people and programs may sign in here, besides with a token. */
export const SignInOffer = z.object({
  /** The host of their identity provider; null if people need a token. */
  people: z.object({ provider: z.string() }).nullable(),
  /** Whether a CI job may sign in with the ID token of its platform. */
  programs: z.boolean(),
})
export type SignInOffer = z.infer<typeof SignInOffer>

/** Kept by the browser tab that began: the control plane keeps nothing of a sign-in. */
const keptByTab = {
  state: z.string().min(16).max(256),
  nonce: z.string().min(16).max(256),
  code_verifier: z.string().regex(/^[A-Za-z0-9._~-]{43,128}$/),
}

export const BrowserSignIn = z.object({
  /** Where the tab goes next. */
  authorization_url: z.string(),
  ...keptByTab,
})
export type BrowserSignIn = z.infer<typeof BrowserSignIn>

export const FinishBrowserSignIn = z.strictObject({
  /** The query with which the identity provider sent the tab back, unchanged. */
  callback: z.string().max(8192),
  ...keptByTab,
})
export type FinishBrowserSignIn = z.infer<typeof FinishBrowserSignIn>

/** RFC 8628: the user enters the code in a browser, on any device. */
export const DeviceSignIn = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  /** With the code in it; not every identity provider has one. */
  verification_uri_complete: z.string().nullable(),
  /** In seconds. */
  expires_in: z.int().positive(),
  /** Seconds between two questions whether it is done. */
  interval: z.int().positive(),
})
export type DeviceSignIn = z.infer<typeof DeviceSignIn>

export const FinishDeviceSignIn = z.strictObject({ device_code: z.string().min(1).max(4096) })
export type FinishDeviceSignIn = z.infer<typeof FinishDeviceSignIn>

export const DeviceSignInProgress = z.object({
  /** `slow_down`: still pending; ask five seconds less often from now on. */
  status: z.enum(['pending', 'slow_down', 'signed_in']),
  /** Once signed in. */
  session: CreatedApiToken.nullable(),
})
export type DeviceSignInProgress = z.infer<typeof DeviceSignInProgress>

export const ProgramSignIn = z.strictObject({
  /** Its audience must be the origin of the control plane. */
  id_token: z.string().min(1).max(8192),
})
export type ProgramSignIn = z.infer<typeof ProgramSignIn>
