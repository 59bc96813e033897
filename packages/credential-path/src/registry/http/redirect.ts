/** Which answers are redirects. The other statuses from 300 on name no other address: 304 answers a question that is never asked here. */

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

export const isRedirect = (status: number): boolean => redirects.has(status)
