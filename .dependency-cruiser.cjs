// The arrows between folders. Everything may import model/; beyond that, only what stands here.
const allowed = {
  model: [],
  stats: [],
  random: [],
  spec: [],
  schedule: ['random'],
  workloads: ['random', 'tokenizers'],
  tokenizers: [],
  dialects: [],
  telemetry: [],
  engines: ['reference'],
  report: [],
  load: ['schedule', 'random'],
  store: [],
  metrics: ['stats'],
  analyze: ['metrics', 'stats'],
  audit: ['analyze', 'stats'],
  calibrate: ['analyze', 'stats'],
  reference: ['random'],
}

// A third-party package has one owner folder.
const owners = {
  '@duckdb': 'store',
  zod: 'spec',
  yaml: 'spec',
  'node-llama-cpp': 'engines',
  '@huggingface/tokenizers': 'tokenizers',
  '@huggingface/jinja': 'tokenizers',
  '@grpc': 'dialects|reference',
  'gpt-tokenizer': 'tokenizers',
  commander: 'cli',
  '@bomb.sh/tab': 'cli',
  picocolors: 'cli|report',
}

const tests = '\\.test\\.ts$'

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'web-sees-the-model-only',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^src/', pathNot: '^src/model/' },
    },
    ...Object.entries(allowed).map(([folder, others]) => ({
      name: `${folder}-may-import-${['model', ...others].join('-and-')}`,
      severity: 'error',
      from: { path: `^src/${folder}/`, pathNot: tests },
      to: { path: '^src/', pathNot: `^src/(${[folder, 'model', ...others].join('|')})/` },
    })),
    ...Object.entries(owners).map(([name, folder]) => ({
      name: `${name}-belongs-to-${folder}`,
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${folder})/|${tests}` },
      to: { path: `^node_modules/${name}(/|$)` },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.check.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
}
