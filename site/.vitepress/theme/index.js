/** VitePress's own theme in the colours of the console. */
import DefaultTheme from 'vitepress/theme-without-fonts'
import './colours.css'

export default DefaultTheme
