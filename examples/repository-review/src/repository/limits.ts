/** How far a review goes. Each bound that is reached is stated in the notes of the review. */
export const limits = {
  files: 20_000,
  folderDepth: 64,
  fileBytes: 1_000_000,
  lockFileBytes: 30_000_000,
  commits: 5_000,
  /** Of one answer of git that is kept whole. */
  gitListBytes: 64_000_000,
  /** Of the patches read, piece by piece, for secrets of the past. */
  gitPatchBytes: 256_000_000,
  findings: 200,
} as const

export const count = (n: number, noun: string) =>
  `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`
