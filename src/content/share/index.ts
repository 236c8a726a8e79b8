export { type ShareCard, shareHead, shareScript } from './card.ts';
export { createShares, type PageSigned, type Shares } from './shares.ts';
