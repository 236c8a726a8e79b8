export { type Content, type ContentDeps, createContent } from './content.ts';
export { migrations } from './migrations.ts';
export { contentZh } from './problems.zh.ts';
export { routes } from './routes.ts';
export { type ContentCard, type ContentItem, type ContentLink, type Purpose, purposes } from './schema.ts';
export { type ParsedTemplate, parseTemplate, personScope } from './template.ts';
export type { ReadyContent } from './templates.ts';
