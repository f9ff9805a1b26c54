import { expect, test } from 'vitest'
import type { ServerFacts, ServerPages } from '../../model/server-kind.ts'
import { parseMetrics } from '../../telemetry/server-metrics/parse.ts'
import { recogniseServer, serverKinds } from './index.ts'

/** Pages as servers give them: objects stand for JSON. */
function pages(
  bodies: Readonly<Record<string, unknown>>,
  more: { readonly metrics?: string; readonly host?: string; readonly server?: string } = {},
): ServerPages {
  const headers: Record<string, string> = more.server === undefined ? {} : { server: more.server }
  const entries = Object.entries(bodies).map(([path, body]) => [
    path,
    { status: 200, headers, body: typeof body === 'string' ? body : JSON.stringify(body) },
  ])
  return {
    url: new URL(`http://${more.host ?? '127.0.0.1:8000'}`),
    pages: Object.fromEntries(entries),
    metrics: parseMetrics(more.metrics ?? ''),
  }
}

function owned(by: string, card: Readonly<Record<string, unknown>> = {}) {
  return { '/v1/models': { object: 'list', data: [{ id: 'm', object: 'model', owned_by: by, ...card }] } }
}

test.each<[name: string, seen: ServerPages, facts: Partial<ServerFacts>]>([
  [
    'vllm',
    pages(
      { ...owned('vllm', { max_model_len: 4096 }), '/version': { version: '0.26.0' } },
      {
        metrics:
          'vllm:cache_config_info{block_size="16",cache_dtype="auto",enable_prefix_caching="True",gpu_memory_utilization="0.9",num_gpu_blocks="100"} 1.0',
      },
    ),
    {
      version: '0.26.0',
      models: [{ name: 'm', contextTokens: 4096 }],
      settings: {
        contextTokens: 4096,
        prefixCache: true,
        kvTokens: 1600,
        kvDtype: 'auto',
        gpuMemoryShare: 0.9,
      },
    },
  ],
  [
    'sglang',
    pages({
      ...owned('sglang', { max_model_len: 8192 }),
      '/get_server_info': {
        version: '0.5.4',
        disable_radix_cache: true,
        tp_size: 2,
        internal_states: [{ effective_max_running_requests_per_dp: 64 }],
      },
    }),
    {
      version: '0.5.4',
      models: [{ name: 'm', contextTokens: 8192 }],
      settings: { contextTokens: 8192, maxSequences: 64, prefixCache: false, tensorParallel: 2 },
    },
  ],
  [
    'tgi',
    pages({
      '/info': {
        model_id: 'm',
        version: '3.3.6',
        router: 'text-generation-router',
        max_concurrent_requests: 128,
        max_input_tokens: 4095,
        max_total_tokens: 4096,
      },
    }),
    {
      version: '3.3.6',
      models: [{ name: 'm', contextTokens: 4096 }],
      settings: { contextTokens: 4096, maxInputTokens: 4095, maxConcurrentRequests: 128 },
    },
  ],
  [
    'llamacpp',
    pages(
      {
        ...owned('llamacpp', { meta: { n_ctx: 2048, ftype: 'Q4_K - Medium' } }),
        '/props': {
          total_slots: 2,
          build_info: 'b6500-abc',
          default_generation_settings: { n_ctx: 1024, params: { temperature: 0.800000011920929 } },
        },
      },
      { server: 'llama.cpp' },
    ),
    {
      version: 'b6500-abc',
      models: [{ name: 'm', contextTokens: 1024 }],
      settings: {
        maxSequences: 2,
        contextTokens: 1024,
        quantisation: 'Q4_K - Medium',
        defaultTemperature: 0.8,
      },
    },
  ],
  [
    'ollama',
    pages({
      '/': 'Ollama is running',
      '/api/version': { version: '0.12.6' },
      '/api/tags': { models: [{ name: 'm:latest', details: { quantization_level: 'Q4_0' } }] },
      '/api/ps': { models: [{ name: 'm:latest', context_length: 4096 }] },
    }),
    {
      version: '0.12.6',
      models: [{ name: 'm:latest', contextTokens: 4096 }],
      settings: { contextTokens: 4096 },
    },
  ],
  [
    'lmdeploy',
    pages(owned('lmdeploy'), {
      metrics: 'lmdeploy:backend_config{session_len="2048",max_batch_size="128",dtype="float16",tp="1"} 1',
    }),
    {
      models: [{ name: 'm' }],
      settings: { contextTokens: 2048, maxSequences: 128, dtype: 'float16', tensorParallel: 1 },
    },
  ],
  [
    'lightllm',
    pages({ ...owned('lightllm'), '/token_load': { current_load: [0], logical_max_load: [0] } }),
    { models: [{ name: 'm' }] },
  ],
  [
    'trtllm-serve',
    pages({ ...owned('tensorrt_llm'), '/version': { version: '1.2.0' } }),
    { version: '1.2.0', models: [{ name: 'm' }] },
  ],
  ['mlc', pages(owned('MLC-LLM')), { models: [{ name: 'm' }] }],
  [
    'tabbyapi',
    pages({
      ...owned('tabbyAPI'),
      '/v1/model': { id: 'm', parameters: { max_seq_len: 4096, cache_size: 8192 } },
    }),
    { models: [{ name: 'm', contextTokens: 4096 }], settings: { contextTokens: 4096, kvTokens: 8192 } },
  ],
  ['triton', pages({ '/v2': { name: 'triton', version: '2.60.0' } }), { version: '2.60.0', models: [] }],
  ['openvino-model-server', pages({ '/v2': { name: 'OpenVINO Model Server', version: '2025.3' } }), {}],
  [
    'llama-cpp-python',
    pages({ ...owned('me'), '/openapi.json': { paths: { '/extras/tokenize': {}, '/v1/completions': {} } } }),
    { models: [{ name: 'm' }] },
  ],
  [
    'transformers-serve',
    pages({ ...owned('x'), '/openapi.json': { paths: { '/load_model': {}, '/v1/chat/completions': {} } } }),
    { models: [{ name: 'm' }] },
  ],
  ['vllm-legacy', pages({ '/openapi.json': { paths: { '/generate': {}, '/health': {} } } }), { models: [] }],
  ['reference', pages(owned('assay-reference')), { models: [{ name: 'm' }] }],
  ['embedded', pages(owned('assay')), { models: [{ name: 'm' }] }],
  [
    'fastapi-front-end',
    pages({
      ...owned('llm-assay', { max_model_len: 512 }),
      '/version': {
        version: '0.32.0',
        settings: { dtype: 'float32', maxSequences: 4, batching: 'static', prefixCache: false },
      },
    }),
    {
      version: '0.32.0',
      models: [{ name: 'm', contextTokens: 512 }],
      settings: {
        contextTokens: 512,
        maxSequences: 4,
        dtype: 'float32',
        batching: 'static',
        prefixCache: false,
      },
    },
  ],
  ['azure-openai', pages({}, { host: 'name.openai.azure.com' }), {}],
  ['azure-inference', pages({}, { host: 'name.services.ai.azure.com' }), {}],
])('%s is known by its pages, and what they say is read', (name, seen, facts) => {
  const found = recogniseServer(seen)
  expect(found?.kind.name).toBe(name)
  expect(found?.kind.facts(seen)).toMatchObject(facts)
})

test('a server that says nothing known is recognised as nothing', () => {
  expect(recogniseServer(pages({ ...owned('someone'), '/info': { hello: 1 } }))).toBeUndefined()
  expect(recogniseServer(pages({}))).toBeUndefined()
})

/** What a page may hold instead of what it should. */
const absurd: readonly unknown[] = [
  '',
  'not json',
  '[]',
  'null',
  '{"data": null}',
  '{"data": [null, 3, {"id": 7}]}',
  '{"models": {"a": 1}, "internal_states": 3, "paths": []}',
  JSON.stringify({ data: [{ id: 'x'.repeat(10_000), owned_by: 'vllm' }], version: { a: 1 } }),
]

test.each(serverKinds.map((kind) => [kind.name, kind] as const))('%s survives absurd pages', (_, kind) => {
  for (const body of absurd) {
    const seen = pages(Object.fromEntries(kind.pages.map((path) => [path, body])), {
      metrics: 'vllm:cache_config_info{block_size="x"} NaN',
    })
    expect(() => kind.recognise(seen)).not.toThrow()
    for (const { name } of kind.facts(seen).models) expect(name.length).toBeLessThanOrEqual(300)
  }
})
