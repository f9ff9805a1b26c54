import { type Fit, type FitQuestion, fitModel, type Split, type SplitFit } from './fit.ts'
import { type QuantisationName, quantisations } from './number-types.ts'

/** GPUs beyond this are no advice. */
const maxGpus = 64

/** The verdict: one line when it fits, else what is missing and what would help. */
export function fitAdvice(
  question: FitQuestion,
  { splits }: Fit,
  nameOf: (split: Split) => string,
): readonly string[] {
  const fitting = splits.filter(({ state }) => state === 'fits')
  const most = best(fitting, ({ tokensInAll }) => tokensInAll)
  const mostReplicas = Math.max(...fitting.map((split) => split.replicas))
  const replicas = best(
    fitting.filter((split) => split.replicas === mostReplicas),
    ({ tokensInAll }) => tokensInAll,
  )
  if (most === undefined || replicas === undefined) return missing(question, splits, nameOf)
  const ways = `${fitting.length} of ${splits.length} splits`
  const room = (split: SplitFit) => `${split.tokensInAll.toLocaleString('en')} tokens in all`
  return [
    most === replicas
      ? `Verdict: fits, in ${ways}. Most replicas and most KV cache: ${nameOf(most)} (${room(most)}).`
      : `Verdict: fits, in ${ways}. Most KV cache: ${nameOf(most)} (${room(most)}). Most replicas: ${nameOf(replicas)} (${room(replicas)}).`,
  ]
}

function missing(
  question: FitQuestion,
  splits: readonly SplitFit[],
  nameOf: (split: Split) => string,
): readonly string[] {
  const { gpus, context } = question
  const nearest = best(
    splits.filter(({ state }) => state !== 'indivisible'),
    ({ kvGib }) => kvGib,
  )
  const why =
    nearest === undefined
      ? 'no split is possible'
      : nearest.state === 'context'
        ? `${nameOf(nearest)} has room for ${nearest.tokensPerReplica.toLocaleString('en')} tokens, fewer than the ${context.toLocaleString('en')} of one request`
        : `as ${nameOf(nearest)}, ${(-nearest.kvGib).toFixed(1)} GiB are missing on each GPU`
  const helps = [
    ...moreGpus(question),
    ...fewerBits(question),
    ...(nearest?.state === 'context' ? [`--context ${nearest.tokensPerReplica}`] : []),
  ]
  return [
    `Verdict: does not fit on ${gpus.count} x ${gpus.name}: ${why}.`,
    ...(helps.length === 0 ? [] : [`It would with ${helps.join(', or ')}.`]),
  ]
}

function moreGpus(question: FitQuestion): readonly string[] {
  const { gpus } = question
  for (let count = gpus.count * 2; count <= maxGpus; count *= 2) {
    if (fits({ ...question, gpus: { ...gpus, count } })) return [`${count} x ${gpus.name}`]
  }
  return []
}

/** The most bits that fit; a file has those it has. */
function fewerBits(question: FitQuestion): readonly string[] {
  if (question.quantisation !== undefined || question.fileBytes !== undefined) return []
  const names: readonly QuantisationName[] = ['fp8', 'awq']
  const name = names.find((one) => fits({ ...question, quantisation: quantisations[one] }))
  return name === undefined ? [] : [`--quantisation ${name}`]
}

function fits(question: FitQuestion): boolean {
  return fitModel(question).splits.some(({ state }) => state === 'fits')
}

/** The first of those that are within 1 % of the best: splits come with the usual ones first. */
function best<T>(all: readonly T[], score: (one: T) => number): T | undefined {
  const top = Math.max(...all.map(score))
  return all.find((one) => score(one) >= top - Math.abs(top) / 100)
}
