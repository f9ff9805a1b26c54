import { milliseconds, type RunCheck } from './run-check.ts'
import { typicalTtftMs } from './typical.ts'

/** Fewer replies of an endpoint make no median worth comparing. */
const leastReplies = 20
/** Medians of equal servers under equal load lie closer together than this ratio. */
const farApart = 1.25

/** Endpoints of one target that should be alike are not. */
export const endpointsDiffer: RunCheck = ({ run, completed }) => {
  const { urls } = run.target
  if (urls.length < 2) return undefined
  const medians = urls.flatMap((url, endpoint) => {
    const own = completed.filter((record) => record.endpoint === endpoint)
    const ms = typicalTtftMs(own)
    return ms === undefined || own.length < leastReplies ? [] : [{ url, ms }]
  })
  const [fastest, ...others] = medians.sort((a, b) => a.ms - b.ms)
  const slowest = others.at(-1)
  if (fastest === undefined || slowest === undefined || slowest.ms <= farApart * fastest.ms) return undefined
  return {
    code: 'endpoints-differ',
    severity: 'warning',
    message: `The endpoints are not alike: median TTFT ${milliseconds(fastest.ms)} at ${fastest.url}, ${milliseconds(slowest.ms)} at ${slowest.url}.`,
    advice:
      'Compare their settings, hardware and other load; the numbers of the target are a mixture. The report has each endpoint by itself.',
  }
}
