import type { OptionRule } from '../model/dialect.ts'

/** Option of dialects whose servers also answer in one piece. */
export const replyRule = { oneOf: ['stream', 'whole'] } as const satisfies OptionRule
