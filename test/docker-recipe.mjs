/** A recipe of the tests: an engine in a container, and the same as a process. */
export const dockerRecipe = {
  name: 'vllm',
  summary: 'test',
  options: Object.fromEntries(
    ['model', 'runtime', 'replicas', 'port', 'gpus', 'startTimeout', 'cores', 'dockerfile'].map((name) => [
      name,
      '',
    ]),
  ),
  batching: ['continuous'],
  required: ['model'],
  install: '',
  verified: { kind: 'not' },
  models: [],
  dialects: ['openai-completions', 'kserve-grpc'],
  ports: ['http', 'grpc', 'metrics'],
  command: (_, { ports, folder }) => ({ words: ['serve', `--grpc=${ports.grpc}`, folder], env: {} }),
  files: ({ model }) => [{ path: 'models/llm/config.txt', text: `model ${model}\n` }],
  container: ({ model }, { ports, folder, gpus }) => ({
    image: 'team/engine:1.2',
    digest: `sha256:${'a'.repeat(64)}`,
    words: ['serve', model],
    env: { HF_TOKEN: 'very-secret' },
    ports: [
      { host: ports.http, container: 8000 },
      { host: ports.grpc, container: 8001 },
      { host: ports.metrics, container: 8002 },
    ],
    mounts: [{ source: folder, target: '/models', readOnly: true }],
    ...(gpus === undefined ? {} : { gpus }),
  }),
  ready: { path: '/health', timeoutS: 20 },
  biases: [],
  patienceS: 1,
}
