import type { Request } from '../model/request.ts'
import { makeRng } from '../random/rng.ts'
import { drawLength } from './lengths.ts'
import type { SourceContext, SpecOf } from './source.ts'

/** Chat requests of our own writing, with an output length that suits each. */
export const sampleRequests: readonly (readonly [prompt: string, outputTokens: number])[] = [
  ['Why is the sky blue in the middle of the day and red in the evening?', 160],
  ['Write a polite e-mail that moves a dentist appointment from Tuesday to Friday.', 140],
  ['List five things to check before buying a used bicycle.', 120],
  ['What is the difference between a process and a thread?', 180],
  ['Translate into French: "The last train leaves at half past nine."', 30],
  ['Write a function in Python that returns the n-th prime number, and explain its cost.', 260],
  ['Name three rivers that cross more than two countries.', 60],
  ['Explain compound interest to a twelve-year-old with one example.', 160],
  ['Is 1,001 a prime number? Answer in one sentence.', 30],
  ['Suggest a vegetarian dinner for four that takes less than half an hour.', 200],
  ['What does the SQL keyword HAVING do that WHERE does not?', 140],
  [
    'Summarise in two sentences: A town had two bakers. One rose early and sold warm bread at dawn; the other slept late and sold cake in the afternoon. When the mill closed for a month, the first had no flour and the second had no customers, and so they shared one shop.',
    60,
  ],
  ['Write a haiku about a lighthouse in winter.', 30],
  ['Which planet has the shortest day, and how long is it?', 40],
  ['Give me a regular expression that matches dates such as 2024-02-29, and say what it cannot check.', 150],
  ['How do vaccines train the immune system?', 220],
  ['Rewrite more kindly: "Your report is late again and full of mistakes."', 50],
  ['What should I pack for three days of hiking in the rain?', 180],
  ['Compare quicksort and merge sort in a small table.', 200],
  ['Who invented the printing press, and why did it spread so fast?', 180],
  ['Convert 72 degrees Fahrenheit to Celsius and show the steps.', 70],
  ['Write the opening paragraph of a mystery that takes place in a library.', 160],
  ['What are the arguments for and against a four-day working week?', 240],
  ['Explain what a hash table is without using the word "array".', 150],
  ['A farmer has 17 sheep and all but 9 run away. How many are left? Explain.', 60],
  ['Draft a short product description for a lamp made of recycled glass.', 110],
  ['What causes tides, and why are there two a day?', 170],
  ['Give three tips for sleeping better before an exam.', 110],
  ['What does "idempotent" mean in an HTTP API? Give one example.', 120],
  [
    'Turn this into bullet points: buy paint on Monday, clean the wall on Tuesday, paint on Wednesday, second coat on Friday.',
    60,
  ],
  ['Why do cats purr?', 120],
  ['Write a shell command that finds the ten largest files below the current folder.', 90],
  ['Explain the rules of chess castling.', 150],
  ['What is the capital of Australia, and why is it not Sydney?', 90],
  ['Make a weekly study plan for someone learning Spanish with thirty minutes a day.', 280],
  ['What is photosynthesis? One paragraph, no formulas.', 130],
  ['Find the mistake: "for (int i = 0; i <= n; i++) sum += a[i];" where a has n elements.', 90],
  ['Describe the taste of a lemon to someone who has never eaten one.', 90],
  ['What are the main differences between TCP and UDP?', 200],
  ['Say good morning in five languages.', 50],
]

/** The built-in sample: short, varied chat requests, all of them or the first `size`, in order. */
export function* sample(spec: SpecOf<'sample'>, { seed }: SourceContext): Generator<Request> {
  const root = makeRng(seed).split('workload').split(spec.name)
  const { output } = spec.source
  for (const [id, [content, outputTokens]] of sampleRequests.entries()) {
    const tokens =
      output === undefined ? outputTokens : drawLength(output, root.split(`${id}`).split('output length'))
    yield {
      id,
      input: { kind: 'chat', messages: [{ role: 'user', content }] },
      output: { tokens, mode: spec.outputMode },
      sampling: spec.sampling,
    }
  }
}
