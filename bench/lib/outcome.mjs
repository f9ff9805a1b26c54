// One run of one tool, joined with the server's log: what it says, what was so, and the difference.
import { differences, quantile, sorted } from './statistics.mjs'

/**
 * Joins a tool's stamps with the truth by request id.
 *
 * `stamps`: id → { sentNs, eventNs }, ns of CLOCK_MONOTONIC since the truth's epoch.
 * `measured`: the truth of the requests the tool knows of; `missing`: requests it has and the server has not.
 * All times are in ms; arrays are sorted. ITLs are the gaps between a request's successive token events, pooled.
 */
export function joined(stamps, truth) {
  const ttft = { reported: [], truth: [], error: [] }
  const itl = { reported: [], truth: [] }
  const stampError = []
  const measured = []
  let wrongCounts = 0
  for (const request of truth.requests) {
    const one = request.requestId === undefined ? undefined : stamps.get(request.requestId)
    // A tool's request before its load, to see that there is a model, is no part of it.
    if (one === undefined) continue
    measured.push(request)
    if (request.eventNs.length === 0 || one.eventNs.length === 0) {
      wrongCounts++
      continue
    }
    const { eventNs, arrivalNs } = request
    ttft.reported.push((one.eventNs[0] - one.sentNs) / 1e6)
    ttft.truth.push((eventNs[0] - arrivalNs) / 1e6)
    ttft.error.push((one.eventNs[0] - one.sentNs - (eventNs[0] - arrivalNs)) / 1e6)
    for (let i = 1; i < one.eventNs.length; i++) {
      itl.reported.push((one.eventNs[i] - one.eventNs[i - 1]) / 1e6)
    }
    for (let i = 1; i < eventNs.length; i++) itl.truth.push((eventNs[i] - eventNs[i - 1]) / 1e6)
    // An event that is missing or doubled shifts all after it: such requests are counted, not compared.
    if (one.eventNs.length !== eventNs.length) wrongCounts++
    else for (let i = 0; i < eventNs.length; i++) stampError.push((one.eventNs[i] - eventNs[i]) / 1e6)
  }
  return {
    ttft: { reported: sorted(ttft.reported), truth: sorted(ttft.truth), error: sorted(ttft.error) },
    itl: { reported: sorted(itl.reported), truth: sorted(itl.truth) },
    stampError: sorted(stampError),
    measured: { ...truth, requests: measured },
    missing: stamps.size - measured.length,
    wrongCounts,
  }
}

/** What the server saw by itself, for tools whose requests cannot be joined too. */
export function seen(truth) {
  const { requests } = truth
  const arrivalMs = sorted(requests.map((request) => request.arrivalNs / 1e6))
  const ends = sorted(requests.map((request) => (request.eventNs.at(-1) ?? request.arrivalNs) / 1e6))
  let open = 0
  let most = 0
  for (let begun = 0, ended = 0; begun < arrivalMs.length; begun++) {
    open++
    while (ends[ended] < arrivalMs[begun]) {
      ended++
      open--
    }
    most = Math.max(most, open)
  }
  const events = requests.reduce((sum, request) => sum + request.eventNs.length, 0)
  const spanS = requests.length === 0 ? 0 : (ends.at(-1) - arrivalMs[0]) / 1000
  return {
    requests: requests.length,
    complete: requests.filter((request) => request.complete).length,
    events,
    arrivalMs,
    arrivalSpreadMs: requests.length === 0 ? undefined : arrivalMs.at(-1) - arrivalMs[0],
    openAtOnce: most,
    spanS,
    eventsPerSecond: spanS > 0 ? events / spanS : undefined,
    ttftMs: sorted(
      requests.flatMap((r) => (r.eventNs.length > 0 ? [(r.eventNs[0] - r.arrivalNs) / 1e6] : [])),
    ),
    itlMs: sorted(requests.flatMap((request) => differences(request.eventNs).map((ns) => ns / 1e6))),
  }
}

/** The errors of a run in ms: what the tool reports less what was so, and per event. `said` overrides the stamps. */
export function errorsOf(join, said = {}) {
  const bias = (name, q) => {
    const reported = said[`${name}P${q * 100}`] ?? quantile(join[name].reported, q)
    const truth = quantile(join[name].truth, q)
    return reported === undefined || truth === undefined ? undefined : reported - truth
  }
  return {
    ttftP50: bias('ttft', 0.5),
    ttftP99: bias('ttft', 0.99),
    itlP50: bias('itl', 0.5),
    itlP99: bias('itl', 0.99),
    stampP50: quantile(join.stampError, 0.5),
    stampP99: quantile(join.stampError, 0.99),
    ttftErrorP50: quantile(join.ttft.error, 0.5),
    ttftErrorP99: quantile(join.ttft.error, 0.99),
  }
}
