import { nsPerMs } from '../../metrics/instants.ts'
import { measuredPhase } from '../../metrics/measured-phase.ts'
import type { Finding } from '../../model/finding.ts'
import type { HealthRow } from '../../model/health.ts'
import { milliseconds, outOf, type RunCheck, type RunView } from './run-check.ts'

/** A connect longer than this (ms) waited for a SYN to be sent again: the first timeout is 1 s (RFC 6298). */
const synRetransmitMs = 900

function countedBy(rows: readonly HealthRow[], counter: 'synRetransmits' | 'listenOverflows'): number {
  return rows.reduce((sum, row) => sum + (row[counter] ?? 0), 0)
}

/** The server's listen queue was full when connections were made. */
export const synRetransmit: RunCheck = ({ records, healthRows }) => {
  const slow = records.filter(
    ({ connectedNs, dispatchedNs }) =>
      connectedNs !== undefined &&
      dispatchedNs !== undefined &&
      connectedNs - dispatchedNs > synRetransmitMs * nsPerMs,
  ).length
  const counted = countedBy(healthRows, 'synRetransmits')
  if (slow === 0 && counted === 0) return undefined
  const host = counted === 0 ? '' : ` This host sent ${counted} SYN segments again.`
  return {
    code: 'syn-retransmit',
    // The host's counter is everybody's: by itself it says that something on this machine met a full queue.
    severity: slow === 0 ? 'note' : 'warning',
    message:
      slow === 0
        ? `This host sent ${counted} SYN segments again during the run, but no request waited for one.`
        : `${outOf(slow, records.length)} requests waited more than ${synRetransmitMs} ms for a connection: most likely a SYN was lost because the listen queue of the server was full.${host}`,
    advice: 'Raise the backlog of the server and net.core.somaxconn of its host, or keep connections open.',
  }
}

function isLoopback(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : ''
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.')
}

/** A full accept queue on this host refused connections. */
export const listenOverflow: RunCheck = ({ run, healthRows }) => {
  const counted = countedBy(healthRows, 'listenOverflows')
  if (counted === 0) return undefined
  const isTarget = run.target.urls.some(isLoopback)
  return {
    code: 'listen-overflow',
    severity: isTarget ? 'warning' : 'note',
    message: `A full accept queue on this host refused ${counted} connections during the run${isTarget ? ': most likely the target, which runs here, did not take them up fast enough' : ', in some server that is not the target'}.`,
    advice: 'Raise the backlog of the server and net.core.somaxconn, or keep connections open.',
  }
}

/** Up to this share (0..1) of requests may wait for a connection of their own: the pool grows with the load. */
const grownShare = 0.1

/** Kept-alive connections were asked for, but many requests found none that was free. */
export const connectionsMade: RunCheck = ({ run, measured }) => {
  if (run.target.connections === 'fresh') return undefined
  const sent = measured.filter(({ sentNs }) => sentNs !== undefined)
  const own = sent.filter(({ connectedNs }) => connectedNs !== undefined)
  if (own.length === 0) return undefined
  const most = own.reduce(
    (ns, { connectedNs = 0, dispatchedNs = connectedNs }) => Math.max(ns, connectedNs - dispatchedNs),
    0,
  )
  return {
    code: 'connections-made',
    severity: own.length > grownShare * sent.length ? 'warning' : 'note',
    message: `${outOf(own.length, sent.length)} requests found no free connection and made one first, which took up to ${milliseconds(most / nsPerMs)}: more were in flight than connections had been opened ahead.`,
    advice:
      'TTFT from "sent" does not hold that time, TTFT from "intended" does. Add a warm-up of the same load, or measure longer.',
  }
}

/** The server closed idle connections as requests were written to them. */
export const staleConnection: RunCheck = ({ records }) => {
  const n = records.filter(
    ({ outcome }) => outcome.kind === 'failed' && outcome.error === 'stale-connection',
  ).length
  if (n === 0) return undefined
  return {
    code: 'stale-connection',
    severity: 'warning',
    message: `${outOf(n, records.length)} requests met a connection that the server was just closing. Assay never sends a request twice, so they failed.`,
    advice:
      'Raise the keep-alive timeout of the server above the time connections are idle, or use fresh connections.',
  }
}

/** Requests that failed because this host had no more of something, told by the transport's sentence. */
function exhausted(
  { records }: RunView,
  sentence: string,
  words: Pick<Finding, 'code' | 'advice'> & { readonly lack: string },
): Omit<Finding, 'run'> | undefined {
  const failed = records.filter(
    ({ outcome }) => outcome.kind === 'failed' && outcome.message.includes(sentence),
  )
  if (failed.length === 0) return undefined
  const isMeasured = failed.some(({ phase }) => phase === measuredPhase)
  return {
    code: words.code,
    severity: isMeasured ? 'invalid' : 'warning',
    message: `${outOf(failed.length, records.length)} requests failed because the client had no ${words.lack} left${isMeasured ? '' : ', all of them in the warm-up'}: these failures are not the target's.`,
    advice: words.advice,
  }
}

/** The client ran out of local ports. */
export const clientPorts: RunCheck = (view) =>
  exhausted(view, 'No local port is free for another connection', {
    code: 'client-ports',
    lack: 'local port',
    advice:
      'Keep connections open (connections: reuse), widen net.ipv4.ip_local_port_range, give the target several addresses, or use several client machines.',
  })

/** The client ran out of descriptors. */
export const clientDescriptors: RunCheck = (view) =>
  exhausted(view, 'This process may not open more connections (descriptor limit)', {
    code: 'client-descriptors',
    lack: 'descriptor',
    advice:
      'Raise the hard limit of open files (ulimit -Hn, or LimitNOFILE of the service), or lower the load.',
  })
