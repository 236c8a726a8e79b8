/** Where an identity points: to one person, or, for a weak one that changed hands, to several in turn. */
export interface Pointer {
  /** Instants from which each person holds it, ascending; the first is -Infinity in effect. */
  since: number[];
  person: number[];
}
