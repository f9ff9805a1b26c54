import * as z from 'zod'
import { longestS, secondsOf, shareOf } from './quantities.ts'

// Each `error` completes the sentence "expected …".

// Not `Intl`: it costs milliseconds at every start.
const grouped = (value: number) => String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',')

/** A text that is not empty. */
export const text = (what = 'a text') => z.string({ error: what }).min(1, { error: what })

/** A whole number from `min` to `max`. */
export function count(min = 1, max = 1_000_000_000) {
  const low = `a whole number of at least ${min}`
  return z
    .int({ error: low })
    .min(min, { error: low })
    .max(max, { error: `a whole number of at most ${grouped(max)}` })
}

/** Any whole number that a double holds exactly. */
export const integer = () =>
  z.int({
    error: (issue) =>
      issue.code === 'invalid_type' ? 'a whole number' : 'a whole number between -2^53 and 2^53',
  })

const timePhrase = 'seconds, or a text such as "90s" or "2m"'

/** A time above 0 and up to a week; `zero`: 0 is a time as well. */
export function duration({ zero = false } = {}) {
  const phrase = `a time ${zero ? 'of 0' : 'above 0 and up'} to 7 days: ${timePhrase}`
  return z
    .union([z.number(), z.string()], { error: phrase })
    .refine(
      (written) => {
        const seconds = secondsOf(written)
        return seconds !== undefined && (seconds > 0 || (zero && seconds === 0)) && seconds <= longestS
      },
      { error: phrase },
    )
    .meta({ title: 'time' })
}

const sharePhrase = 'a share: a text such as "20%", or a number from 0 to 1'

/** A share from 0 to 1. */
export const share = () =>
  z
    .union([z.number(), z.string()], { error: sharePhrase })
    .refine(
      (written) => {
        const value = shareOf(written)
        return value !== undefined && value >= 0 && value <= 1
      },
      { error: sharePhrase },
    )
    .meta({ title: 'share' })

const lengthPhrase =
  'a whole number of tokens, or {uniform: [from, to]}, {normal: {mean: m, sd: s, min: a, max: b}}, lognormal, exponential, capped-exponential, gamma or histogram'
const longest = 10_000_000
const above0 = { error: `a number above 0 and up to ${grouped(longest)}` }
const atLeast0 = { error: `a number from 0 to ${grouped(longest)}` }
const sigma = { error: 'a number above 0 and up to 10' }

const positive = () => z.number(above0).gt(0, above0).max(longest, above0)
const bounds = { min: count(1, longest).optional(), max: count(1, longest).optional() }

/** One form of a length, under its name. */
const form = <const N extends string, S extends z.core.$ZodLooseShape>(name: N, shape: S, phrase: string) =>
  z.strictObject({ [name]: z.strictObject(shape, { error: phrase }) } as {
    readonly [K in N]: z.ZodObject<S, z.core.$strict>
  })

/** A length in tokens, or a distribution of lengths. */
export const lengths = () =>
  z
    .union(
      [
        z.int({ error: lengthPhrase }).min(1, { error: lengthPhrase }).max(longest, { error: lengthPhrase }),
        z.strictObject({
          uniform: z.tuple([count(1, longest), count(1, longest)], {
            error: 'two whole numbers: [from, to]',
          }),
        }),
        form(
          'normal',
          {
            mean: positive(),
            sd: z.number(atLeast0).min(0, atLeast0).max(longest, atLeast0),
            ...bounds,
          },
          '{mean: m, sd: s}, with min and max if you like',
        ),
        form(
          'lognormal',
          { median: positive(), sigma: z.number(sigma).gt(0, sigma).max(10, sigma), ...bounds },
          '{median: m, sigma: s}, with min and max if you like',
        ),
        form('exponential', { mean: positive(), ...bounds }, '{mean: m}, with min and max if you like'),
        form(
          'capped-exponential',
          { mean: positive(), min: bounds.min, max: count(1, longest) },
          '{mean: m, max: cap}, with min if you like',
        ),
        form(
          'gamma',
          { shape: positive(), mean: positive(), ...bounds },
          '{shape: k, mean: m}, with min and max if you like',
        ),
        z.strictObject({
          histogram: z
            .array(
              z.tuple([count(1, longest), count(1, longest), count(1, longest)], {
                error: 'three whole numbers: [from, to, weight]',
              }),
              { error: 'a list of bins [from, to, weight]' },
            )
            .min(1, { error: 'a list of at least one bin [from, to, weight]' }),
        }),
      ],
      { error: lengthPhrase },
    )
    .meta({ title: 'length' })
