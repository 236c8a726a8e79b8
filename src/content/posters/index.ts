export type { OwnCode, PosterDeps, PosterPoint } from './ports.ts';
export { createPosters, type Posters, type PostersToSend } from './posters.ts';
export type { ReadyPoster } from './ready.ts';
export { posterRoutes } from './routes.ts';
export type { PosterVersion } from './rows.ts';
export type { Layer, NewPoster, Note, NoteWord, Poster, PosterBatch, PosterChange, PosterDoc } from './schema.ts';
