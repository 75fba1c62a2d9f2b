import { type ReactNode, useEffect, useState } from 'react'
import { useImportQueue } from '../api/import-queue.ts'
import { intakeKindOf, useModelIntake } from '../api/model-intake.ts'
import { useT } from '../i18n/translate.ts'
import classes from './frame.module.css'

/** A file dropped anywhere goes to the import wizard or, where it is a model, to the dialog that takes it in, unless something on the page has taken it. */
export function DropTarget(): ReactNode {
  const { t } = useT()
  const [over, setOver] = useState(false)

  useEffect(() => {
    const aborter = new AbortController()
    const listen = <K extends keyof WindowEventMap>(type: K, handle: (event: WindowEventMap[K]) => void): void =>
      window.addEventListener(type, handle, { signal: aborter.signal })
    listen('dragover', event => {
      if (!event.dataTransfer?.types.includes('Files') || event.defaultPrevented) return setOver(false)
      event.preventDefault()
      setOver(true)
    })
    listen('dragleave', event => {
      if (event.relatedTarget === null) setOver(false)
    })
    listen('drop', event => {
      setOver(false)
      if (event.defaultPrevented) return
      event.preventDefault()
      const tables: File[] = []
      for (const file of event.dataTransfer?.files ?? []) {
        const kind = intakeKindOf(file)
        if (kind === null) tables.push(file)
        else useModelIntake.getState().ask(kind, file)
      }
      if (tables.length > 0) useImportQueue.getState().add(tables)
    })
    return () => aborter.abort()
  }, [])

  if (!over) return null
  return <div className={classes.dropping}>{t('frame.drop')}</div>
}
