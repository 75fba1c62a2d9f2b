/** A job's progress in words and as a share. */
import type { Job } from '../../shared/contract/jobs.ts'
import { formatCount, formatRemaining } from '../format/quantities.ts'
import type { Language, Translate } from '../i18n/translate.ts'

/** 0–1, or `null` where nobody knows. */
export function progressShare(job: Job): number | null {
  const progress = job.progress
  if (!progress?.total) return null
  return Math.min(1, progress.done / progress.total)
}

/** `dmpnn #14` */
export function jobTitle(job: Job): string {
  return `${job.name} #${job.number}`
}

/** `training · epoch 31 of 80 · 2 min left` */
export function progressText(job: Job, t: Translate, language: Language): string {
  const progress = job.progress
  if (!progress) return t(`state.${job.state}`)
  const parts = [t(`stage.${progress.stage}`)]
  if (progress.epoch !== null && progress.epochs !== null) {
    parts.push(t('progress.epoch', { epoch: progress.epoch, epochs: progress.epochs }))
  } else if (progress.total !== null && progress.total > 1) {
    const done = formatCount(Math.round(progress.done), language)
    parts.push(t('progress.of', { done, total: formatCount(Math.round(progress.total), language) }))
  }
  if (progress.etaMs !== null) parts.push(t('progress.left', { time: formatRemaining(progress.etaMs, language) }))
  return parts.join(' · ')
}
