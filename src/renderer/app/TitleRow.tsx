import { spotlight } from '@mantine/spotlight'
import { IconChevronRight, IconSearch } from '@tabler/icons-react'
import { type ReactNode, useEffect } from 'react'
import { useApp } from '../api/app-store.ts'
import { jobTitle } from '../components/job-progress.ts'
import { useT } from '../i18n/translate.ts'
import { useRoute } from '../route/use-route.ts'
import classes from './frame.module.css'

/** Where am I, and how do I get elsewhere. */
export function TitleRow(): ReactNode {
  const { t } = useT()
  const { page, id } = useRoute()
  const selected = useApp(state => {
    if (!id) return null
    if (page === 'training' && id === 'new') return 'new'
    if (page === 'data') return state.datasets[id]?.name ?? null
    if (page === 'models' || page === 'predict') return state.models[id]?.name ?? null
    const job = state.jobs[id]
    return job ? jobTitle(job) : null
  })
  const pageName = t(`page.${page}`)
  const name = selected === 'new' ? t('training.new') : selected
  useEffect(() => {
    document.title = name ? `${name} · ${pageName} · Bindery` : `${pageName} · Bindery`
  }, [name, pageName])
  return (
    <section className={classes.title} aria-label={t('frame.where')}>
      <div className={classes.crumbs}>
        {name ? (
          <>
            <a href={`#/${page}`}>{pageName}</a>
            <IconChevronRight size={14} aria-hidden />
            <h1 className="truncate">{name}</h1>
          </>
        ) : (
          <h1>{pageName}</h1>
        )}
      </div>
      <button type="button" className={classes.search} onClick={() => spotlight.open()}>
        <IconSearch size={14} aria-hidden />
        <span className="truncate">{t('frame.search')}</span>
        <kbd>Ctrl+Shift+P</kbd>
      </button>
    </section>
  )
}
