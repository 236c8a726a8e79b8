import type { PosterPort } from './posters.ts';

/** Posters that are a few bytes, another for each person; `gone` is none, and of person 404 none can be drawn. */
export const fakePosters: PosterPort = async (_workspaceNo, id) =>
  id === 'gone'
    ? undefined
    : {
        title: '我的海报',
        page: (no) => `https://y.example/poster/k/${no}`,
        draw: async (no) => {
          if (no === 404) throw new Error('the painter is out');
          return Buffer.from(`the picture of person ${no}`);
        },
      };
