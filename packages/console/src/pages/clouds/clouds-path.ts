/** Where the pages about clouds are. */
export const cloudsPath = [{ text: 'Machines' }, { text: 'Clouds', link: { to: '/clouds' } }] as const
