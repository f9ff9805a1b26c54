/** The parts of an image's name. */
export interface ImageName {
  /** "vllm/vllm-openai", "registry:5000/team/image". */
  readonly repository: string
  readonly tag: string
  readonly digest?: string
}

/** Splits "repository:tag@digest"; the tag is `latest` where none is given, as Docker has it. */
export function imageName(image: string): ImageName {
  const [named = '', digest] = image.split('@')
  // A colon before a slash is a registry's port.
  const colon = named.lastIndexOf(':')
  const hasTag = colon > named.lastIndexOf('/')
  return {
    repository: hasTag ? named.slice(0, colon) : named,
    tag: hasTag ? named.slice(colon + 1) : 'latest',
    ...(digest === undefined ? {} : { digest }),
  }
}

/** What stands for exactly this image: by its digest where there is one. */
export function imageReference(image: string, digest: string | undefined): string {
  const { repository, tag, digest: own } = imageName(image)
  const exact = digest ?? own
  return exact === undefined ? `${repository}:${tag}` : `${repository}@${exact}`
}
