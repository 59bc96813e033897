/** Mantine would write its theme's variables into a style element; here they are part of the built CSS, as `virtual:theme.css`. */
import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core'
import type { Plugin } from 'vite'
import { theme } from './src/theme/theme.ts'

const name = 'virtual:theme.css'
const resolved = `\0${name}`

/** Everything else is an accent that nothing here has. */
const colours = new Set(['dark', 'gray', 'red', 'sea'])
const unused = Object.keys(DEFAULT_THEME.colors).filter((colour) => !colours.has(colour))
const ofUnused = new RegExp(`^--mantine-color-(?:${unused.join('|')})-`)

export function themeVariables(): Plugin {
  return {
    name: 'theme-variables',
    resolveId: (id) => (id === name ? resolved : undefined),
    load(id) {
      if (id !== resolved) return undefined
      const merged = mergeMantineTheme(DEFAULT_THEME, theme)
      const { variables, light, dark } = defaultCssVariablesResolver(merged)
      return convertCssVariables({ variables: used(variables), light: used(light), dark: used(dark) }, ':root')
    },
  }
}

function used(variables: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([variable]) => !ofUnused.test(variable)))
}
