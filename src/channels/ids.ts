/** The id of a message outside. */
export const outboxId = (no: number): string => `msg_${no.toString(36).padStart(9, '0')}`;

/** The number of a message id; 0 (none) when the text is not one. */
export const outboxNo = (id: string): number => (/^msg_[0-9a-z]{9,11}$/.test(id) ? Number.parseInt(id.slice(4), 36) : 0);
