/** A version 4 UUID; without the platform's generator from plain randomness, which serves to tell messages apart. */
export function newId(): string {
  const source: Partial<Crypto> | undefined = typeof crypto === 'undefined' ? undefined : crypto;
  if (source?.randomUUID) return source.randomUUID();
  const bytes = source?.getRandomValues?.(new Uint8Array(16));
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (c, i: number) => {
    const n = bytes ? bytes[(i * 7) % 16]! >> (i & 4) : Math.random() * 16;
    return ((n & 15 & (c === 'x' ? 15 : 3)) | (c === 'x' ? 0 : 8)).toString(16);
  });
}
