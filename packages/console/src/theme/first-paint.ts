/** Sets the colour scheme before anything is drawn, so that a dark page does not flash white. Paper is light. */
const kept = localStorage.getItem('fairlead.color-scheme')
const dark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
const { dataset } = document.documentElement
dataset['mantineColorScheme'] = dark ? 'dark' : 'light'

let onScreen: string | undefined
addEventListener('beforeprint', () => {
  onScreen = dataset['mantineColorScheme']
  dataset['mantineColorScheme'] = 'light'
})
addEventListener('afterprint', () => {
  dataset['mantineColorScheme'] = onScreen
})
