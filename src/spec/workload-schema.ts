import * as z from 'zod'
import { overContext, promptModes } from '../model/workload.ts'
import { histories, ladderSteps, promptStyles, sourceKinds, takes } from '../model/workload-source.ts'
import { samplingSchema } from './sampling-schema.ts'
import { count, duration, lengths, share, text } from './values.ts'

const key = (description: string, example?: unknown, more: { readonly default?: string | number } = {}) => ({
  description,
  ...(example === undefined ? {} : { examples: [example] }),
  ...more,
})
const path = () => text('a path')
const oneOf = <const T extends readonly string[]>(names: T) => z.enum(names, { error: 'one of these names' })
const tokens = () => count(1, 10_000_000)

const prompt = z.strictObject(
  {
    tokens: lengths()
      .default(128)
      .meta(key('Input length.', { uniform: [64, 256] })),
    style: oneOf([...promptStyles, 'questions'])
      .optional()
      .meta(
        key(
          'How prompts read: English-like sentences, random words, random tokens of the vocabulary (`token-ids`), or, of the ladder, real `questions`.',
          'words',
        ),
      ),
  },
  { error: '{tokens: length}' },
)

const prefixLevel = z.strictObject(
  {
    tokens: tokens().meta(key('Length of this part.', 512)),
    pool: count(1, 1_000_000).default(1).meta(key('Different texts, below each text of the level above.', 4)),
  },
  { error: '{tokens: N, pool: M}' },
)

const cachePhrase = 'cold, warm, or {hitRate: share}'
const cache = z.union(
  [
    z.enum(['cold', 'warm'], { error: cachePhrase }),
    z.strictObject(
      { hitRate: share().meta(key('Share of all prompt tokens.', '60%')) },
      { error: cachePhrase },
    ),
  ],
  { error: cachePhrase },
)

const pair = z.union(
  [
    z.tuple([tokens(), tokens()], { error: 'two or three whole numbers: [input, output, weight]' }),
    z.tuple([tokens(), tokens(), count()], { error: 'two or three whole numbers: [input, output, weight]' }),
  ],
  { error: 'two or three whole numbers: [input, output, weight]' },
)

/** An entry of `workloads`. */
export const workloadSchema = z.strictObject(
  {
    name: text().optional().meta(key('What tables call it. Absent: its source.', 'chat')),
    source: oneOf(sourceKinds)
      .default('synthetic')
      .meta(key('Where requests come from; docs/workloads.md tells of each.', 'jsonl')),
    prompt: prompt.optional().meta(key('Input of requests that Assay makes up.', { tokens: 512 })),
    output: z
      .strictObject(
        {
          tokens: lengths()
            .optional()
            .meta(
              key('Output length. Absent: the source’s own, 64 for synthetic requests.', {
                normal: { mean: 200, sd: 50, min: 16, max: 400 },
              }),
            ),
          mode: oneOf(['exact', 'up-to'])
            .default('exact')
            .meta(key('Force the length (ignore_eos), or let the model stop before it.', 'up-to')),
        },
        { error: '{tokens: length, mode: exact | up-to}' },
      )
      .optional()
      .meta(key('Output of each request.', { tokens: 64, mode: 'up-to' })),
    pairs: z
      .array(pair, { error: 'a list of [input, output] or [input, output, weight]' })
      .min(1, { error: 'a list of at least one [input, output]' })
      .optional()
      .meta(
        key('Input and output lengths that belong together, instead of two drawn apart.', [
          [512, 64],
          [64, 512, 3],
        ]),
      ),
    path: path().optional().meta(key('File or folder of a source that reads one.', 'prompts.jsonl')),
    columns: z
      .partialRecord(
        oneOf(['prompt', 'messages', 'system', 'output_tokens', 'temperature', 'top_p', 'seed', 'stop']),
        text('the name of a column'),
        { error: 'names of columns, such as {prompt: question}' },
      )
      .optional()
      .meta(key('Columns of a file that are called otherwise.', { prompt: 'question' })),
    split: text().optional().meta(key('Of a folder: files whose names begin with it.', 'validation')),
    take: oneOf(takes)
      .optional()
      .meta(
        key(
          'Of sharegpt: every turn of the user by itself, the first turn with its answer’s length, or whole conversations.',
          'turns',
          { default: 'first-turn' },
        ),
      ),
    pick: count()
      .optional()
      .meta(key('Of sharegpt: so many conversations, drawn at random from the file. Absent: all.', 500)),
    instruction: z
      .string({ error: 'a text' })
      .optional()
      .meta(key('Of cnn-dailymail: goes before each article.', 'Summarize: ', { default: 'Summarize: ' })),
    bands: z
      .array(z.tuple([count(0), tokens()], { error: 'two whole numbers: [from, to]' }), {
        error: 'a list of [from, to]',
      })
      .min(1, { error: 'a list of at least one [from, to]' })
      .optional()
      .meta(
        key('Of longbench: lengths in tokens that are kept.', [
          [1, 500],
          [500, 1000],
        ]),
      ),
    turns: lengths()
      .optional()
      .meta(
        key('Of synthetic-conversations: turns of the user in each.', { uniform: [2, 6] }, { default: 4 }),
      ),
    steps: z
      .array(oneOf(ladderSteps), { error: 'a list of steps' })
      .min(1, { error: 'a list of at least one step' })
      .optional()
      .meta(key('Of the ladder: its steps, sent in turn. Absent: all.', ['25', '1k'])),
    prefix: z
      .union([prefixLevel, z.array(prefixLevel).min(1)], {
        error: '{tokens: N, pool: M}, or a list of these',
      })
      .optional()
      .meta(
        key('Of shared-prefix: the shared beginning, or the levels of a tree of beginnings.', {
          tokens: 512,
          pool: 4,
        }),
      ),
    cache: cache
      .optional()
      .meta(
        key(
          'Of shared-prefix: what is promised about the prefix cache.',
          { hitRate: '60%' },
          { default: 'warm' },
        ),
      ),
    salt: text()
      .optional()
      .meta(key('Of shared-prefix: opens every beginning. Another salt, another cache.', 'monday')),
    system: z
      .boolean({ error: 'true or false' })
      .optional()
      .meta(key('Of shared-prefix: send the beginning as the system message of a chat.', true)),
    history: oneOf(histories)
      .optional()
      .meta(
        key(
          'Of conversations: go on from the recorded answers, or from those the server just gave (`live`, not replayable).',
          'live',
          { default: 'recorded' },
        ),
      ),
    thinkTime: duration({ zero: true })
      .optional()
      .meta(key('Of conversations: wait of a user before the next turn, where the file states none.', '2s')),
    window: z
      .strictObject(
        {
          from: duration({ zero: true })
            .default(0)
            .meta(key('Start, after the trace’s first request.', '1h')),
          to: duration().optional().meta(key('End. Absent: the trace’s own.', '2h')),
        },
        { error: '{from: time, to: time}' },
      )
      .optional()
      .meta(key('Of a trace: the part that is replayed.', { from: 0, to: '10m' })),
    timeScale: z
      .number({ error: 'a number above 0' })
      .gt(0, { error: 'a number above 0' })
      .optional()
      .meta(key('Of a trace: factor on all gaps between arrivals. 0.5 replays twice as fast.', 0.5)),
    context: z
      .strictObject(
        {
          tokens: tokens().meta(key('Longest input and output together.', 2048)),
          over: oneOf(overContext)
            .default('refuse')
            .meta(key('What becomes of longer ones: an error, left out, or cut outputs.', 'skip')),
        },
        { error: '{tokens: N, over: refuse | skip | cut}' },
      )
      .optional()
      .meta(key('Context that every request has to fit into.', { tokens: 2048, over: 'cut' })),
    sampling: samplingSchema
      .optional()
      .meta(key('Sent with every request. Absent: temperature 0.', { temperature: 0.7, seed: 1 })),
    promptMode: oneOf(promptModes)
      .optional()
      .meta(
        key(
          'What a request holds: `chat` messages, a text with the model’s chat template `templated` around it, the text ' +
            '`raw`, or `token-ids`. Absent: what the source gives.',
          'templated',
        ),
      ),
    promptsPerRequest: count(1, 1024)
      .optional()
      .meta(key('Prompts that one request carries, where the dialect can. Absent: 1.', 8)),
    tokenizer: path()
      .optional()
      .meta(
        key(
          'Makes lengths exact, renders chat templates and makes token ids: a folder or tokenizer.json, a GGUF file, ' +
            '`tiktoken:o200k_base`, or the URL of a server with /tokenize.',
          'tokenizer.json',
        ),
      ),
    size: count()
      .optional()
      .meta(
        key('Requests to freeze. Absent: as many as the loads need, and all of a file or the sample.', 1000),
      ),
  },
  { error: 'a workload, such as {source: sample}' },
)

export type WorkloadFields = z.output<typeof workloadSchema>
