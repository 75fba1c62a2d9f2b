import { IconFlask, IconTableImport, IconTopologyStar3 } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { chooseImport } from '../../api/import-queue.ts'
import { useAction } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { InterruptedImports } from '../../components/InterruptedImports.tsx'
import { useT } from '../../i18n/translate.ts'
import { hrefOf, navigate } from '../../route/use-route.ts'
import { HomeLists } from './HomeLists.tsx'
import classes from './home.module.css'

/** What is going on; for someone who is here for the first time, three ways in. */
export function HomePage(): ReactNode {
  const { t } = useT()
  const started = useApp(state => Object.keys(state.datasets).length > 0 || Object.keys(state.jobs).length > 0)
  const example = useAction(async () => {
    const { datasetId } = await client.datasets.importExample()
    navigate({ page: 'data', id: datasetId })
  })
  return (
    <div style={{ height: '100%', overflow: 'auto' }}>
      <div className={classes.page}>
        <div>
          <h1 style={{ margin: 0, fontSize: 20, fontWeight: 600 }}>{t(started ? 'home.title' : 'home.welcome')}</h1>
          {!started && (
            <p className="muted" style={{ margin: '6px 0 0', fontSize: 14, maxWidth: '70ch' }}>
              {t('home.intro')}
            </p>
          )}
        </div>
        <InterruptedImports />
        {started && <HomeLists />}
        <div className={classes.ways}>
          <button type="button" className={classes.way} onClick={chooseImport}>
            <IconTableImport size={22} color="var(--accent)" aria-hidden />
            <span className={classes.wayTitle}>{t('home.dropTable')}</span>
            <span className="muted">{t('home.dropTableText')}</span>
          </button>
          <button type="button" className={classes.way} disabled={example.busy} onClick={() => example.run()}>
            <IconFlask size={22} color="var(--accent)" aria-hidden />
            <span className={classes.wayTitle}>{t('home.tryExample')}</span>
            <span className="muted">{t('home.tryExampleText')}</span>
          </button>
          <a className={classes.way} href={hrefOf({ page: 'models' })}>
            <IconTopologyStar3 size={22} color="var(--accent)" aria-hidden />
            <span className={classes.wayTitle}>{t('home.openModel')}</span>
            <span className="muted">{t('home.openModelText')}</span>
          </a>
        </div>
        {example.error && <ErrorCard error={example.error} />}
      </div>
    </div>
  )
}
