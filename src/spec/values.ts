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
  'a whole number of tokens, or {uniform: [from, to]}, or {normal: {mean: m, sd: s, min: a, max: b}}'
const longest = 10_000_000
const above0 = { error: `a number above 0 and up to ${grouped(longest)}` }
const atLeast0 = { error: `a number from 0 to ${grouped(longest)}` }

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
        z.strictObject({
          normal: z.strictObject(
            {
              mean: z.number(above0).gt(0, above0).max(longest, above0),
              sd: z.number(atLeast0).min(0, atLeast0).max(longest, atLeast0),
              min: count(1, longest).optional(),
              max: count(1, longest).optional(),
            },
            { error: '{mean: m, sd: s}, with min and max if you like' },
          ),
        }),
      ],
      { error: lengthPhrase },
    )
    .meta({ title: 'length' })
