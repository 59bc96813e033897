/** The text of an API token. Imports nothing: the console checks a token before the rest of it is loaded. */
export const apiTokenPattern = /^flt_[A-Za-z0-9_-]{43}$/
