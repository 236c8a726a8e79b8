/** The package's own types are not in its `exports`. */
declare module 'cephes' {
  /** Resolves when the functions can be called. */
  export const compiled: Promise<void>;
  export function ndtr(z: number): number;
  export function ndtri(p: number): number;
  export function erfc(x: number): number;
  export function igamc(a: number, x: number): number;
  export function incbet(a: number, b: number, x: number): number;
  export function incbi(a: number, b: number, p: number): number;
  export function lbeta(a: number, b: number): number;
  export function lgam(x: number): number;
}
