/** Starts the console: its theme, its cache of API answers, the signed-in user, and the page that the address names. */
import './without-eval.ts'
import '@fontsource-variable/inter'
import './theme/components.css'
import 'virtual:theme.css'
import './theme/base.css'
import { isProblem } from '@fairlead/contract/problems'
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { router } from './routes.tsx'
import { theme } from './theme/theme.ts'

const queries = new QueryClient({
  defaultOptions: {
    // The browser's offline state says nothing about the path to the control plane. A request that cannot be sent fails at once, and
    // is never kept to be sent later.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      // The stream says when data is stale, and the client retries automatically.
      staleTime: 60_000,
      retry: false,
      refetchOnWindowFocus: false,
      throwOnError: (error) => !isProblem(error),
    },
  },
})

const place = document.getElementById('root')
if (place === null) throw new Error('index.html has no #root')

createRoot(place).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={localStorageColorSchemeManager({ key: 'fairlead.color-scheme' })}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
