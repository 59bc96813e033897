/** The forms of names that people and machines give, for those who ask without a schema: a command that loads one takes 15 ms longer. */
export const digestForm = /^sha256:[0-9a-f]{64}$/
export const platformForm = /^[a-z0-9]{1,20}\/[a-z0-9]{1,20}(\/[a-z0-9.]{1,20})?$/
export const versionForm = /^[A-Za-z0-9.+_-]{1,64}$/

export const isDigest = (text: string): boolean => digestForm.test(text)
