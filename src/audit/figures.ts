/** One figure that an audit compares: how tables head it, how `--reported` names it, what it is measured in. */
export interface FigureInfo {
  readonly title: string
  readonly flag: string
  readonly unit: 'ms' | 'requests' | 'tokens' | 'tokens/s' | 'requests/s'
}

/** Every figure that an audit compares, in the order of its table. */
export const figures = {
  ttftP50Ms: { title: 'TTFT p50', flag: 'ttft_p50', unit: 'ms' },
  ttftP99Ms: { title: 'TTFT p99', flag: 'ttft_p99', unit: 'ms' },
  itlP50Ms: { title: 'ITL p50', flag: 'itl_p50', unit: 'ms' },
  itlP99Ms: { title: 'ITL p99', flag: 'itl_p99', unit: 'ms' },
  tpotP50Ms: { title: 'TPOT p50', flag: 'tpot_p50', unit: 'ms' },
  tpotP99Ms: { title: 'TPOT p99', flag: 'tpot_p99', unit: 'ms' },
  e2eP50Ms: { title: 'end to end p50', flag: 'e2e_p50', unit: 'ms' },
  e2eP99Ms: { title: 'end to end p99', flag: 'e2e_p99', unit: 'ms' },
  requestsPerSecond: { title: 'requests/s', flag: 'requests_per_second', unit: 'requests/s' },
  outputTokensPerSecond: { title: 'output tok/s', flag: 'output_tokens_per_second', unit: 'tokens/s' },
  requests: { title: 'requests completed', flag: 'requests', unit: 'requests' },
  outputTokens: { title: 'output tokens', flag: 'output_tokens', unit: 'tokens' },
} as const satisfies Record<string, FigureInfo>

export type FigureName = keyof typeof figures

/** The names, in the order of the table. */
export const figureNames = Object.keys(figures) as FigureName[]

/** Some of the figures of one run: the server's, or a tool's. Absent: not known. */
export type Figures = { readonly [name in FigureName]?: number }

/** Only the figures that are finite numbers. */
export function knownFigures(all: { readonly [name in FigureName]?: unknown }): Figures {
  const known: { [name in FigureName]?: number } = {}
  for (const name of figureNames) {
    const value = all[name]
    if (typeof value === 'number' && Number.isFinite(value)) known[name] = value
  }
  return known
}
