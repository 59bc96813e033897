/** Where the identity provider sends a user back to; registered there. */
export const callbackPath = '/sign-in/callback'
