import type { Metric } from '../model/metric.ts'
import { connectTime } from './connect-time.ts'
import { e2eLatency } from './e2e-latency.ts'
import { errorRate } from './error-rate.ts'
import { inputTokens } from './input-tokens.ts'
import { inputTokensPerSecondSystem } from './input-tokens-per-second-system.ts'
import { itl } from './itl.ts'
import { itlToken } from './itl-token.ts'
import { ledgerSteps, ledgerTotal } from './ledger.ts'
import { outputTokens } from './output-tokens.ts'
import { outputTokensPerSecondGpu } from './output-tokens-per-second-gpu.ts'
import { outputTokensPerSecondRequest } from './output-tokens-per-second-request.ts'
import { outputTokensPerSecondSystem } from './output-tokens-per-second-system.ts'
import { requestsPerSecond } from './requests-per-second.ts'
import { scheduleDelay } from './schedule-delay.ts'
import { tokensPerEvent } from './tokens-per-event.ts'
import { totalTokensPerSecondSystem } from './total-tokens-per-second-system.ts'
import { tpot } from './tpot.ts'
import { ttft } from './ttft.ts'

/** Every metric, in the order of reports. */
export const metrics: readonly Metric[] = [
  ttft,
  itl,
  itlToken,
  tpot,
  e2eLatency,
  requestsPerSecond,
  outputTokensPerSecondSystem,
  outputTokensPerSecondGpu,
  inputTokensPerSecondSystem,
  totalTokensPerSecondSystem,
  outputTokensPerSecondRequest,
  inputTokens,
  outputTokens,
  tokensPerEvent,
  scheduleDelay,
  connectTime,
  errorRate,
  ...ledgerSteps,
  ledgerTotal,
]
