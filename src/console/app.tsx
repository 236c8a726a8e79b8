import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router/dom';
import { Problem } from './api/http.ts';
import { router } from './router.tsx';
import { ME_KEY } from './shell/session.tsx';
import { ThemeProvider } from './theme/theme.tsx';

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // A session that ended is noticed wherever it is noticed first; the shell then shows the sign-in page.
    onError: (error, query) => {
      if (error instanceof Problem && error.status === 401 && query.queryKey[0] !== ME_KEY[0])
        void client.invalidateQueries({ queryKey: ME_KEY });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: true,
      retry: (count, error) => count < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
    },
  },
});

export function App() {
  return (
    <QueryClientProvider client={client}>
      <ThemeProvider>
        <RouterProvider router={router} />
      </ThemeProvider>
    </QueryClientProvider>
  );
}
