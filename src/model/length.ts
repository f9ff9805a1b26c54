/** A length in tokens: drawn once per request, seeded. */
export type LengthDistribution =
  | { readonly kind: 'fixed'; readonly tokens: number }
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  | ({ readonly kind: 'normal'; readonly mean: number; readonly sd: number } & Bounds)
  | ({ readonly kind: 'lognormal'; readonly median: number; readonly sigma: number } & Bounds)
  | ({ readonly kind: 'exponential'; readonly mean: number } & Bounds)
  | ({ readonly kind: 'capped-exponential'; readonly mean: number } & Bounds)
  | ({ readonly kind: 'gamma'; readonly shape: number; readonly mean: number } & Bounds)
  /** Measured shares: a bin is drawn by its weight, then a length in it, both ends included. */
  | { readonly kind: 'histogram'; readonly bins: readonly LengthBin[] }

interface Bounds {
  readonly min: number
  readonly max: number
}

export type LengthBin = readonly [from: number, to: number, weight: number]
