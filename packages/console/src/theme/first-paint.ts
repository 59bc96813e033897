/** Sets the colour scheme before anything is drawn, so that a dark page does not flash white. */
const kept = localStorage.getItem('fairlead.color-scheme')
const dark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
document.documentElement.dataset['mantineColorScheme'] = dark ? 'dark' : 'light'
