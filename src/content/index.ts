export { type Content, type ContentDeps, createContent, type FoundItem } from './content.ts';
export type { ContentDoc } from './doc.ts';
export type { FileView, Picture } from './files/files.ts';
export { type FileStore, folderStore } from './files/store.ts';
export type { ImportReport } from './import/import.ts';
export { type ContentKind, kinds } from './kinds.ts';
export { migrations } from './migrations.ts';
export {
  createPosters,
  type Layer as PosterLayer,
  type Note as PosterNote,
  type NoteWord as PosterNoteWord,
  type OwnCode,
  type Poster,
  type PosterBatch,
  type PosterDoc,
  type PosterPoint,
  type Posters,
  type PostersToSend,
  type PosterVersion,
  posterRoutes,
  type ReadyPoster,
} from './posters/index.ts';
export { contentZh } from './problems.zh.ts';
export { readingRoutes } from './reading/routes.ts';
export { routes } from './routes.ts';
export {
  type ContentCard,
  type ContentChange,
  type ContentItem,
  type ContentLink,
  type NewContent,
  type Purpose,
  purposes,
  type Rendered,
} from './schema.ts';
export type { FacetKey, Facets } from './search/find.ts';
export type { Piece } from './search/highlight.ts';
export type { Twin, TwinPair } from './search/twins.ts';
export type { ContentNeeds, ContentSettings } from './settings.ts';
export { createShares, type ShareCard, type Shares, shareHead, shareScript } from './share/index.ts';
export { type ParsedTemplate, parseTemplate, personScope, type Scope } from './template.ts';
export { type ContentObstacle, type ReadyContent, refuseObstacle } from './templates.ts';
export { smsParts, type VariantChannel, type Variants, variantChannels } from './variants.ts';
export type { VersionView } from './versions.ts';
