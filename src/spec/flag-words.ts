import type { Path } from './schema-nodes.ts'
import type { Words } from './words.ts'

/** The part of a study that each flag of `assay quick` writes. */
const flagOf: Readonly<Record<string, string>> = {
  'targets.0.urls': 'URL',
  'targets.0.dialect': '--dialect',
  'targets.0.model': '--model',
  'targets.0.headers': '--header',
  'targets.0.apiKeyEnv': '--api-key-env',
  'targets.0.tokenizer': '--tokenizer',
  'targets.0.gpus': '--gpus',
  'targets.0.transport': '--transport',
  'targets.0.connections': '--connections',
  'workloads.0.prompt': '--input-tokens',
  'workloads.0.output': '--output-tokens',
  'workloads.0.sampling.temperature': '--temperature',
  'workloads.0.sampling.topP': '--top-p',
  'workloads.0.tokenizer': '--tokenizer',
  'loads.0.concurrency': '--concurrency',
  'loads.0.users': '--users',
  'loads.0.ramp': '--ramp',
  'loads.0.rate': '--rate',
  'loads.0.arrivals': '--arrivals',
  'loads.0.burst': '--burst',
  'loads.0.requests': '--requests',
  'loads.0.duration': '--duration',
  seed: '--seed',
  capture: '--capture',
  maxTokensTotal: '--max-tokens-total',
  abortOnErrors: '--abort-on-errors',
}

/** The flag that wrote a place of the study. */
export function flagAt(path: Path): string {
  for (let length = path.length; length > 0; length--) {
    const key = path.slice(0, length).join('.')
    const flag = Object.hasOwn(flagOf, key) ? flagOf[key] : undefined
    if (flag !== undefined) return flag
  }
  return 'command line'
}

/** The words of the command line. */
export const flagWords: Words = {
  value: flagAt,
  key: flagAt,
  example(path, value) {
    return typeof value === 'object' ? undefined : `${flagAt(path)} ${String(value)}`
  },
  // Mappings have no form as a flag.
  expectation: (expected) => expected.split(', or {', 1)[0] ?? expected,
  kind: 'flags',
}
