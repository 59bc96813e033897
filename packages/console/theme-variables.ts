/** Mantine would write its theme's variables into a style element; here they are part of the built CSS, as `virtual:theme.css`. */
import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core'
import type { Plugin } from 'vite'
import { theme } from './src/theme/theme.ts'

const name = 'virtual:theme.css'
const resolved = `\0${name}`

export function themeVariables(): Plugin {
  return {
    name: 'theme-variables',
    resolveId: (id) => (id === name ? resolved : undefined),
    load(id) {
      if (id !== resolved) return undefined
      const merged = mergeMantineTheme(DEFAULT_THEME, theme)
      return convertCssVariables(defaultCssVariablesResolver(merged), ':root')
    },
  }
}
