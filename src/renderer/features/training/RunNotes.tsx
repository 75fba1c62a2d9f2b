import { TagsInput, Textarea } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useAction } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { useT } from '../../i18n/translate.ts'

const MOST_TAGS = 20

/** What people write on a run; kept when the field is left. */
export function RunNotes({ job }: { job: Job }): ReactNode {
  const { t } = useT()
  const jobs = useApp(state => state.jobs)
  const known = useMemo(() => [...new Set(Object.values(jobs).flatMap(each => each.tags))].sort(), [jobs])
  const [notes, setNotes] = useState(job.notes)
  const save = useAction((changes: { tags?: string[]; notes?: string }) =>
    client.jobs.update({ id: job.id, ...changes }),
  )
  return (
    <>
      {save.error && <ErrorCard error={save.error} />}
      <TagsInput
        label={t('training.tags')}
        placeholder={job.tags.length === 0 ? t('training.tagsExample') : ''}
        data={known}
        value={job.tags}
        maxTags={MOST_TAGS}
        maxLength={50}
        onChange={tags => save.run({ tags })}
      />
      <Textarea
        label={t('training.notes')}
        placeholder={t('training.notesExample')}
        autosize
        minRows={2}
        maxRows={12}
        maxLength={10_000}
        value={notes}
        onChange={event => setNotes(event.currentTarget.value)}
        onBlur={() => notes !== job.notes && save.run({ notes })}
      />
    </>
  )
}
